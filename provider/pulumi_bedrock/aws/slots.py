"""The queue of creates that AWS refused for its quota, and what its first one does next.

AWS has two quotas of custom model deployments, one of those in progress and one of all. Only looking tells which of
them refused a create: while a deployment is being created or deleted, room may come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from threading import BoundedSemaphore, Lock

from pulumi_bedrock import errors

from .pacing import MAX_CONCURRENT_CALLS
from .resources import DELETING

__all__ = ["REPEAT_AFTER", "SETTLED_AFTER", "Occupancy", "Slots", "Step", "decide"]

SETTLED_AFTER = 5.0
"""Seconds in which a list may lack a new deployment, and a quota may still count one that has ended."""

REPEAT_AFTER = 600.0
"""Seconds after which AWS is asked again although the list shows no room: a quota may have been raised."""


@dataclass(frozen=True)
class Occupancy:
    """What a list of all deployments shows.

    :param statuses: Those of the deployments that AWS is at work on, by ARN; for one that is deleted, `Deleting`.
    :param total: The number of all deployments.
    :param has_own: Whether one of those in progress is this run's own.
    """

    statuses: tuple[tuple[str, str], ...]
    total: int
    has_own: bool = False

    @property
    def busy(self) -> frozenset[str]:
        """The ARNs of the deployments that AWS is at work on. When one of them ends, room may come."""
        return frozenset(arn for arn, _ in self.statuses)

    @property
    def in_progress(self) -> int:
        """The number of deployments that are being created."""
        return sum(1 for _, status in self.statuses if status != DELETING)

    def joined(self, later: Occupancy) -> Occupancy:
        """Return what either shows."""
        statuses = {**dict(self.statuses), **dict(later.statuses)}
        return Occupancy(tuple(statuses.items()), max(self.total, later.total))


class Step(Enum):
    """What the first create of the queue does next."""

    CALL = "call AWS"
    WAIT = "wait until a deployment is no longer in progress"
    LAST_CALL = "call AWS once more: nothing is in progress, so if it refuses again, the total is full"


def decide(refused: bool, before: Occupancy | None, now: Occupancy, *, idle_for: float, since_call: float) -> Step:
    """Decide what the first create of the queue does next.

    :param refused: Whether AWS refused the newest call.
    :param before: What lists have shown since shortly before that call; None when nobody looked.
    :param idle_for: Seconds for which the lists have shown nothing in progress.
    :param since_call: Seconds since that call.
    """
    if not refused:
        return Step.CALL
    if before is not None and (before.busy - now.busy or now.total < before.total):
        return Step.CALL
    if now.busy:
        return Step.CALL if since_call >= REPEAT_AFTER else Step.WAIT
    if before is None:
        return Step.CALL
    return Step.LAST_CALL if idle_for >= SETTLED_AFTER else Step.WAIT


class Slots:
    """The queue of one account and Region, for all creates of a run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._queue: list[object] = []
        self._gate = BoundedSemaphore(MAX_CONCURRENT_CALLS)
        self.refused: errors.ServiceQuotaExceeded | None = None
        """AWS's answer to the newest call, if it refused it."""
        self.allowed = 0
        """The largest number of deployments in progress beside which AWS refused another one; 0 if it isn't known."""
        self.has_own = True
        """Whether one of this run's own was in progress at the newest look; before the first look it may be."""
        self._before: Occupancy | None = None
        self._called_at = 0.0
        self._idle_since: float | None = None

    @contextmanager
    def entering(self) -> Iterator[bool]:
        """Yield whether a create may call AWS without a place in the queue: then nobody waits there.

        Only a few creates are inside at a time, so that those that follow a refused one go to the queue.
        """
        with self._gate:
            yield not self._queue

    @contextmanager
    def place(self) -> Iterator[object]:
        """Inside the block, a create has a place in the queue."""
        place = object()
        with self._lock:
            self._queue.append(place)
        try:
            yield place
        finally:
            with self._lock:
                self._queue.remove(place)

    def ahead(self, place: object) -> int:
        """Return the number of creates that come first."""
        with self._lock:
            return self._queue.index(place)

    def answered(self, before: Occupancy | None, at: float, *, refused: errors.ServiceQuotaExceeded | None) -> None:
        """Note AWS's answer to a create.

        :param before: What a list showed before the call; None when nobody looked.
        :param at: The time of the answer.
        """
        with self._lock:
            self.refused, self._called_at = refused, at
            if before is not None or refused is None or not self._queue:
                self._before = before  # otherwise, what the queue has seen still tells when one ends
            if before is None:
                self._idle_since = None

    def next_step(self, now: Occupancy, at: float) -> Step:
        """Note what a list shows, and return what the first create of the queue does next.

        :param at: The time of the look.
        """
        with self._lock:
            self.has_own = now.has_own
            if now.busy:
                self._idle_since = None
            elif self._idle_since is None:
                self._idle_since = at
            idle_for = 0.0 if self._idle_since is None else at - self._idle_since
            is_refused = self.refused is not None
            step = decide(is_refused, self._before, now, idle_for=idle_for, since_call=at - self._called_at)
            if is_refused:
                self._before = self._before.joined(now) if self._before else now
                self.allowed = max(self.allowed, now.in_progress)
            return step
