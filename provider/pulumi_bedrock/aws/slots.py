"""Creates that AWS refuses for its quota wait for a slot, in the order in which they came.

AWS has two quotas of custom model deployments, one of those in progress and one of all. Only looking tells which of
them refused a create: while a deployment is being created or deleted, room may come. One create asks for all that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import format_duration

from .pacing import MAX_CONCURRENT_CALLS
from .resources import DELETING
from .waiting import PROGRESS_EVERY, Deadline, Wait

if TYPE_CHECKING:
    from .deployments import Deployments

__all__ = ["IN_PROGRESS_QUOTA", "TOTAL_QUOTA", "Occupancy", "Slots", "Step", "create_in_slot", "decide"]

IN_PROGRESS_QUOTA = '"(Model customization) In-progress custom model deployments" (L-430C95DD)'
TOTAL_QUOTA = '"(Model customization) Total number of custom model deployments" (L-1EF80F3E)'
"""The quotas as Service Quotas names them."""

QUEUE_PAUSE = 0.5
"""Seconds between two looks at the queue of this process, which are no calls."""


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


class Step(Enum):
    """What the first create of the queue does next."""

    CALL = "call AWS"
    WAIT = "wait until a deployment is no longer in progress"
    FULL = "nothing is in progress, and AWS refuses: the total is full"


def decide(refused: bool, before: Occupancy | None, now: Occupancy) -> Step:
    """Decide what the first create of the queue does next.

    :param refused: Whether AWS refused the newest call.
    :param before: What a list showed before that call; None when nobody looked.
    """
    if not refused:
        return Step.CALL
    if before is None:
        return Step.WAIT if now.busy else Step.CALL
    if before.busy - now.busy or now.total < before.total:
        return Step.CALL
    return Step.WAIT if now.busy else Step.FULL


class Slots:
    """The queue of one account and Region, for all creates of a run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._queue: list[object] = []
        self._gate = BoundedSemaphore(MAX_CONCURRENT_CALLS)
        self.refused: errors.ServiceQuotaExceeded | None = None
        """AWS's answer to the newest call, if it refused it."""
        self.before: Occupancy | None = None
        """What a list showed before that call."""
        self.allowed = 0
        """The largest number of deployments in progress beside which AWS refused another one; 0 if it isn't known."""

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

    def answered(self, before: Occupancy | None, *, refused: errors.ServiceQuotaExceeded | None) -> None:
        """Note AWS's answer to a create."""
        with self._lock:
            self.refused, self.before = refused, before

    def saw(self, now: Occupancy) -> None:
        """Note what a list showed after a call was refused."""
        with self._lock:
            self.allowed = max(self.allowed, now.in_progress)
            if self.before is None:
                self.before = now


def create_in_slot(deployments: Deployments, attempt: Callable[[], str], deadline: Deadline) -> str:
    """Make the call of a create. When AWS refuses it for its quota, wait for a slot while there is hope for one.

    The deadline doesn't count the time in which this create waits behind others of this run.

    IAM: that of the call, and bedrock:ListCustomModelDeployments; without the list there is no wait.

    :param attempt: Makes one attempt of the call, and returns the ARN. Transient errors are retried.
    :raises ServiceQuotaExceeded: when nothing is in progress, so that the total is full.
    :raises WaitTimeout: when no slot was free until the deadline; then nothing was created.
    """
    slots = deployments.poller.slots

    def enter() -> str | None:
        with slots.entering() as may_call:
            if not may_call:
                return None
            try:
                return attempt()
            except errors.ServiceQuotaExceeded as refused:
                if deployments.poller.is_list_denied:
                    raise
                slots.answered(None, refused=refused)
                return None

    arn = deployments.retrying_create(enter, deadline)
    if arn is not None:
        return arn
    with slots.place() as place:
        _wait_for_turn(deployments, place, deadline)
        return _call_when_free(deployments, attempt, deadline)


def _wait_for_turn(deployments: Deployments, place: object, deadline: Deadline) -> None:
    clock, slots = deployments.clock, deployments.poller.slots
    shown, shown_at = "", 0.0
    while ahead := slots.ahead(place):
        line = _waiting(slots, ahead)
        if line != shown or clock.now() - shown_at >= PROGRESS_EVERY:
            deployments.progress(f"{line}: {deployments.name}")
            shown, shown_at = line, clock.now()
        with deadline.excluding():
            clock.sleep(QUEUE_PAUSE)


def _call_when_free(deployments: Deployments, attempt: Callable[[], str], deadline: Deadline) -> str:
    """Wait as the first of the queue, and call."""
    slots, line = deployments.poller.slots, ""
    wait = deployments.wait(deadline, "a slot", answered=True)
    for _ in wait:
        now: Occupancy | None = None
        with wait.retry_transient():
            now = _look(deployments, wait)
        if now is None:
            continue
        step = decide(slots.refused is not None, slots.before, now)
        if step is Step.FULL:
            raise _full(deployments, now, slots.refused)
        if step is Step.CALL:
            try:
                arn = deployments.retrying_create(attempt, deadline)
            except errors.ServiceQuotaExceeded as refused:
                slots.answered(now, refused=refused)
            else:
                slots.answered(None, refused=None)
                return arn
        slots.saw(now)
        wait.excludes = now.has_own
        if line != _waiting(slots, 0):
            line = _waiting(slots, 0)
            deployments.progress(f"{line}: {deployments.name}")
    raise errors.WaitTimeout(
        f"no slot was free within {format_duration(deadline.timeout)}: other deployments of this account are in "
        f"progress, and AWS has a quota for them, {IN_PROGRESS_QUOTA}. Nothing was created. Run `pulumi up` again, "
        f"with a longer custom_timeouts create.{wait.last_failure()}",
        subject=deployments.subject,
    )


def _look(deployments: Deployments, wait: Wait) -> Occupancy:
    """Return which deployments are in progress. Without the list, nothing tells whether there is hope for a slot."""
    try:
        snapshot = deployments.poller.occupancy(max_age=wait.max_age)
    except errors.AccessDenied as denied:
        refused = deployments.poller.slots.refused
        assert refused is not None
        raise refused.about(deployments.subject).with_advice(
            f"This run can't wait for room, because it can't list deployments ({denied.message})"
        ) from denied
    wait.polled(snapshot)
    return snapshot.value


def _waiting(slots: Slots, ahead: int) -> str:
    parts = [f"AWS allows {slots.allowed} at a time"] if slots.allowed else []
    parts += [f"{ahead} before this one"] if ahead else []
    return f"waiting for a slot ({', '.join(parts)})" if parts else "waiting for a slot"


def _full(
    deployments: Deployments, now: Occupancy, refused: errors.ServiceQuotaExceeded | None
) -> errors.ServiceQuotaExceeded:
    said = f"{refused.message} " if refused else ""
    return errors.ServiceQuotaExceeded(
        f"{said}There are {now.total} custom model deployments in {deployments.region}, and none is being created. So "
        f"the quota {TOTAL_QUOTA} is full, and not {IN_PROGRESS_QUOTA}. Nothing was created. A replacement that has no "
        "room for a second deployment works with delete_before_replace=True in the options: then nothing serves until "
        "the new deployment is Active.",
        subject=deployments.subject,
    )
