"""Creates that AWS refuses for its quota wait for a slot, in the order in which they came.

AWS has two quotas of custom model deployments, one of those in progress and one of all. Only looking tells which of
them refused a create: while a deployment is being created or deleted, room may come. One create asks for all that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
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


def decide(
    refused: bool, before: Occupancy | None, now: Occupancy, *, idle_for: float = 0.0, since_call: float = 0.0
) -> Step:
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
            self.refused, self._before, self._called_at = refused, before, at
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


def create_in_slot(deployments: Deployments, attempt: Callable[[], str], deadline: Deadline) -> str:
    """Make the call of a create. When AWS refuses it for its quota, wait for a slot while there is hope for one.

    The deadline doesn't count the time in which a deployment of this run's own is in progress.

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
                slots.answered(None, deployments.clock.now(), refused=refused)
                return None

    arn = deployments.retrying_create(enter, deadline)
    if arn is not None:
        return arn
    with slots.place() as place:
        _wait_for_turn(deployments, place, deadline)
        return _call_when_free(deployments, attempt, deadline)


class _Row:
    """The row of a create that waits for a slot: a changed line at once, and an unchanged one every 30 s."""

    def __init__(self, deployments: Deployments) -> None:
        self._deployments, self._line, self._at = deployments, "", 0.0

    def show(self, ahead: int) -> None:
        deployments = self._deployments
        line, now = _waiting(deployments.poller.slots, ahead), deployments.clock.now()
        if line != self._line or now - self._at >= PROGRESS_EVERY:
            deployments.progress(f"{line}: {deployments.name}")
            self._line, self._at = line, now


def _wait_for_turn(deployments: Deployments, place: object, deadline: Deadline) -> None:
    slots, row = deployments.poller.slots, _Row(deployments)
    while ahead := slots.ahead(place):
        if deadline.remaining <= 0:
            raise _no_slot(deployments, deadline)
        row.show(ahead)
        with deadline.excluding() if slots.has_own else nullcontext():
            deployments.clock.sleep(QUEUE_PAUSE)


def _call_when_free(deployments: Deployments, attempt: Callable[[], str], deadline: Deadline) -> str:
    """Wait as the first of the queue, and call."""
    clock, slots, row = deployments.clock, deployments.poller.slots, _Row(deployments)
    wait = deployments.wait(deadline, "a slot", answered=True)
    for _ in wait:
        now: Occupancy | None = None
        with wait.retry_transient():
            now = _look(deployments, wait)
        if now is None:
            continue
        step = slots.next_step(now, clock.now())
        if step is not Step.WAIT:
            try:
                arn = deployments.retrying_create(attempt, deadline)
            except errors.ServiceQuotaExceeded as refused:
                slots.answered(now, clock.now(), refused=refused)
                if step is Step.LAST_CALL:
                    raise _full(deployments, now, refused) from refused
            else:
                slots.answered(None, clock.now(), refused=None)
                return arn
        wait.excludes = now.has_own
        row.show(0)
    raise _no_slot(deployments, deadline, wait.last_failure())


def _look(deployments: Deployments, wait: Wait) -> Occupancy:
    """Return which deployments are in progress. Without the list, nothing tells whether there is hope for a slot."""
    try:
        snapshot = deployments.poller.occupancy(max_age=wait.max_age)
    except errors.AccessDenied as denied:
        refused = deployments.poller.slots.refused
        if refused is None:  # the newest create was accepted, so this one needs no list yet
            return Occupancy((), 0)
        raise refused.about(deployments.subject).with_advice(
            f"This run can't wait for room, because it can't list deployments ({denied.message})"
        ) from denied
    wait.polled(snapshot)
    return snapshot.value


def _waiting(slots: Slots, ahead: int) -> str:
    parts = [f"AWS allows {slots.allowed} at a time"] if slots.allowed else []
    parts += [f"{ahead} before this one"] if ahead else []
    return f"waiting for a slot ({', '.join(parts)})" if parts else "waiting for a slot"


def _no_slot(deployments: Deployments, deadline: Deadline, last_failure: str = "") -> errors.WaitTimeout:
    return errors.WaitTimeout(
        f"no slot was free within {format_duration(deadline.timeout)}: other deployments of this account are in "
        f"progress, and AWS has a quota for them, {IN_PROGRESS_QUOTA}. Nothing was created. Run `pulumi up` again, "
        f"with a longer custom_timeouts create.{last_failure}",
        subject=deployments.subject,
    )


def _full(
    deployments: Deployments, now: Occupancy, refused: errors.ServiceQuotaExceeded
) -> errors.ServiceQuotaExceeded:
    there = f"custom model deployments in {deployments.region}"
    if not now.total:
        return refused.with_advice(
            f"There are no {there}, so a quota is 0: {IN_PROGRESS_QUOTA} or {TOTAL_QUOTA}. Nothing was created."
        )
    return refused.with_advice(
        f"There are {now.total} {there}, and none is being created. So the quota {TOTAL_QUOTA} is full, and not "
        f"{IN_PROGRESS_QUOTA}. Nothing was created. A replacement that has no room for a second deployment works with "
        "delete_before_replace=True in the options: then nothing serves until the new deployment is Active."
    )
