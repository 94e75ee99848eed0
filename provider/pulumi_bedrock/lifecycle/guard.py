"""What a run has learned of the state, so that no delete takes a deployment that the state still needs.

The engine shows the state one resource at a time: `diff` tells a resource's ARN. A forced replacement calls no `diff`,
and two resources, or a resource and its replaced self, can have one ID. So a delete is judged by all that this run has
seen: the deployments that its creates returned, those that a `diff` has shown to stay, and the creates that failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from threading import Lock
from typing import Any

from pulumi_bedrock import errors

from .unfinished import place

__all__ = ["Guard", "Verdict"]


class Verdict(Enum):
    """What becomes of a deployment that the engine wants to delete."""

    DELETE = "nothing needs it"
    CREATED = "a create of this run returned it; the state holds it as the new resource"
    HELD = "another resource of this stack manages it"
    CREATE_FAILED = "a create of this resource failed in this run"
    """The state keeps it, and a later run judges again."""


class Guard:
    """The deployments of one run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.created: set[str] = set()
        """ARNs that this run's creates returned to the engine. A forced replacement may return what it replaces."""
        self.recorded: set[str] = set()
        """ARNs that the engine has shown to be in the state. They are finished, even if they still have the mark."""
        self._declared: set[str | None] = set()
        self._shown: dict[str, str | None] = {}
        self._holders: dict[str, str | None] = {}
        self._replaced: dict[str, str | None] = {}
        self._failed: set[str | None] = set()

    def checked(self, props: Mapping[str, Any], *, will_create: bool) -> None:
        """Note a `check`: the program declares this resource.

        :param will_create: Whether the engine is about to create it, also as a replacement that no `diff` asked for:
            it then checks the resource without old inputs.
        """
        key = _key(props)
        with self._lock:
            self._declared.add(key)
            if will_create:
                self._holders = {arn: holder for arn, holder in self._holders.items() if holder != key}

    def shown(self, arn: str, props: Mapping[str, Any], *, keeps: bool) -> bool:
        """Note a `diff`: the state holds a deployment for a resource. Return whether the program declares the resource.

        A refresh calls `diff` too, with the inputs in the state: the program may not declare that resource any more,
        or by another name, with an alias.

        :param props: The new inputs.
        :param keeps: Whether the resource keeps its deployment, as far as `diff` can tell.
        :raises ImportMismatch: when another resource of the program has it.
        """
        key = _key(props)
        with self._lock:
            self.recorded.add(arn)
            if key not in self._declared:
                return False
            other = self._shown.setdefault(arn, key)
            if other == key:
                (self._holders if keeps else self._replaced)[arn] = key
        if other != key:
            raise errors.ImportMismatch(
                f"two resources of this stack manage {arn}, and only one can. Remove one of them from the program, "
                "which deletes nothing, since the other one keeps it."
            )
        return True

    @contextmanager
    def creating(self, props: Mapping[str, Any]) -> Iterator[None]:
        """Inside the block a resource's deployment is created; note whether that fails."""
        key = _key(props)
        with self._lock:
            self._failed.discard(key)
        try:
            yield
        except BaseException:
            if key is not None:
                with self._lock:
                    self._failed.add(key)
            raise

    def is_replacing(self, props: Mapping[str, Any]) -> bool:
        """Return whether a `diff` of this run has shown what a resource's create replaces."""
        with self._lock:
            return _key(props) in self._replaced.values()

    def judge(self, arn: str, props: Mapping[str, Any]) -> Verdict:
        """Return whether a deployment may be deleted, or else why not.

        :param props: What the state holds.
        """
        with self._lock:
            if arn in self.created:
                return Verdict.CREATED
            if arn in self._holders:
                return Verdict.HELD
            # The engine deletes what was replaced also with --continue-on-error; the resource may still have it.
            if {_key(props), self._replaced.get(arn)} & self._failed:
                return Verdict.CREATE_FAILED
            return Verdict.DELETE


def _key(props: Mapping[str, Any]) -> str | None:
    owner = props.get("owner")
    if not isinstance(owner, Mapping) or not isinstance(owner.get("logicalName"), str):
        return None
    return place(owner)
