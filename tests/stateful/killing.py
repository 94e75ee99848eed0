"""Kills a run at one of its points: around each call to AWS, and around each call of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dynamic_host import Diffed, DynamicHost, Stored

__all__ = ["Killed", "Killer", "MortalHost"]


class Killed(BaseException):
    """The run's process is no more. No handler of the provider's takes it, and nothing that follows reaches AWS."""


class Killer:
    """Counts the points of a run, and kills it at one of them.

    A call to AWS has two: before it is made, and when AWS has carried it out but the run has not heard of it. A call of
    the engine has two: when the steps before it are in the state, and when the provider has returned but the state is
    not written.
    """

    def __init__(self) -> None:
        self._point: int | None = None
        self._is_dead = self._is_armed = False
        self.passed: list[str] = []
        """The points of the last run."""
        self.look: Callable[[], object] | None = None
        """Shows what a kill leaves, at each point; then `seen` has it."""
        self.seen: list[object] = []

    def arm(self, point: int | None = None) -> None:
        """Begin a run, and kill it at that point, counted from 1; None for never."""
        self._point, self._is_dead, self._is_armed = point, False, True
        self.passed, self.seen = [], []

    def disarm(self) -> None:
        """End the run: what follows has no points."""
        self._is_armed = False

    def watch(self, client: Any) -> None:
        """Hear of a client's calls."""
        client.meta.events.register("before-call.bedrock", lambda model, **_: self.reach(f"before {model.name}"))
        client.meta.events.register("response-received.bedrock", self._answered)

    def _answered(self, **_: Any) -> None:
        called = self.passed[-1].partition(" ")[2] if self._is_armed else ""
        self.reach(f"after {called}")

    def reach(self, point: str) -> None:
        """Take note of a point, and kill the run if it is the one."""
        if not self._is_armed:
            return
        if not self._is_dead:
            self.passed.append(point)
            if self.look is not None:
                self._is_armed = False
                self.seen.append(self.look())
                self._is_armed = True
            self._is_dead = len(self.passed) == self._point
        if self._is_dead:
            raise Killed


class MortalHost(DynamicHost):
    """A host process whose calls are points of the killer's."""

    killer: Killer

    def diff(self, olds: Any, news: Any, *, resource_id: str = "an-id") -> Diffed:
        """Diff."""
        self.killer.reach("before Diff")
        return super().diff(olds, news, resource_id=resource_id)

    def create(self, news: Any) -> Stored:
        """Create."""
        self.killer.reach("before Create")
        created = super().create(news)
        self.killer.reach("after Create")
        return created

    def read(self, resource_id: str, outputs: Any = None, *inputs: Any) -> Stored:
        """Read."""
        self.killer.reach("before Read")
        read = super().read(resource_id, outputs, *inputs)
        self.killer.reach("after Read")
        return read

    def update(self, resource_id: str, olds: Any, news: Any) -> Stored:
        """Update."""
        self.killer.reach("before Update")
        updated = super().update(resource_id, olds, news)
        self.killer.reach("after Update")
        return updated

    def delete(self, resource_id: str, outputs: Any) -> None:
        """Delete."""
        self.killer.reach("before Delete")
        super().delete(resource_id, outputs)
        self.killer.reach("after Delete")
