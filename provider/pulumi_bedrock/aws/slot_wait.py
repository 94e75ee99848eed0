"""Creates that AWS refuses for its quota wait for a slot, in the order in which they came.

One create asks for all that wait.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import format_duration

from .slots import Occupancy, Slots, Step
from .waiting import PROGRESS_EVERY, Deadline, Wait

if TYPE_CHECKING:
    from .deployments import Deployments

__all__ = ["IN_PROGRESS_QUOTA", "TOTAL_QUOTA", "create_in_slot"]

IN_PROGRESS_QUOTA = '"(Model customization) In-progress custom model deployments" (L-430C95DD)'
TOTAL_QUOTA = '"(Model customization) Total number of custom model deployments" (L-1EF80F3E)'
"""The quotas as Service Quotas names them."""

QUEUE_PAUSE = 0.5
"""Seconds between two looks at the queue of this process, which are no calls."""


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
        snapshot = deployments.poller.occupancy(max_age=wait.max_age, until=wait.until)
    except errors.AccessDenied as denied:
        refused = deployments.poller.slots.refused
        if refused is None:  # the newest create was accepted, so this one needs no list yet
            return Occupancy((), 0)
        # The refused create may be another one, so the error gets this one's subject.
        raise errors.ServiceQuotaExceeded(
            f"{refused.message} This run can't wait for room, because it can't list deployments ({denied.message})",
            subject=deployments.subject,
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
