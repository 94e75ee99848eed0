"""Creates that AWS refuses for its quota wait for a slot, in the order in which they came.

One create asks for all that wait.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import format_duration
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT

from .slots import Occupancy, Slots, Step
from .waiting import PROGRESS_EVERY, Deadline, Wait

if TYPE_CHECKING:
    from .calls import Calls

__all__ = ["QUOTAS", "create_in_slot"]


class _Quotas(NamedTuple):
    """The two quotas of a kind.

    :param counted: What they count.
    :param gap: What a replacement that deletes first means.
    """

    in_progress: str
    total: str
    counted: str
    gap: str


QUOTAS = {
    DEPLOYMENT: _Quotas(
        '"(Model customization) In-progress custom model deployments" (L-430C95DD)',
        '"(Model customization) Total number of custom model deployments" (L-1EF80F3E)',
        "custom model deployments",
        "nothing serves until the new deployment is Active",
    ),
    CUSTOM_MODEL: _Quotas(
        "that of custom models that are being created",
        '"Custom models per account" (L-CB5B847D)',
        "custom models",
        "the deployments that use it are deleted too, and nothing serves until the new ones are Active",
    ),
}
"""The quotas as Service Quotas names them; no source names that of models in progress."""

QUEUE_PAUSE = 0.5
"""Seconds between two looks at the queue of this process, which are no calls."""


def create_in_slot(calls: Calls[Any], attempt: Callable[[], str], deadline: Deadline) -> str:
    """Make the call of a create. When AWS refuses it for its quota, wait for a slot while there is hope for one.

    The deadline doesn't count the time in which a resource of this run's own is in progress.

    Calls List too; where IAM denies it, there is no wait.

    :param attempt: Makes one attempt of the call, and returns the ARN. Transient errors are retried.
    :raises ServiceQuotaExceeded: when nothing is in progress, so that the total is full.
    :raises WaitTimeout: when no slot was free until the deadline; then nothing was created.
    """
    slots = calls.poller.slots

    def enter() -> str | None:
        with slots.entering() as may_call:
            if not may_call:
                return None
            try:
                return attempt()
            except errors.ServiceQuotaExceeded as refused:
                if calls.poller.is_list_denied:
                    raise
                slots.answered(None, calls.clock.now(), refused=refused)
                return None

    arn = calls.retrying_create(enter, deadline)
    if arn is not None:
        return arn
    with slots.place() as place:
        _wait_for_turn(calls, place, deadline)
        return _call_when_free(calls, attempt, deadline)


class _Row:
    """The row of a create that waits for a slot: a changed line at once, and an unchanged one every 30 s."""

    def __init__(self, calls: Calls[Any]) -> None:
        self._calls, self._line, self._at = calls, "", 0.0

    def show(self, ahead: int) -> None:
        calls = self._calls
        line, now = _waiting(calls.poller.slots, ahead), calls.clock.now()
        if line != self._line or now - self._at >= PROGRESS_EVERY:
            calls.progress(f"{line}: {calls.name}")
            self._line, self._at = line, now


def _wait_for_turn(calls: Calls[Any], place: object, deadline: Deadline) -> None:
    slots, row = calls.poller.slots, _Row(calls)
    while ahead := slots.ahead(place):
        if deadline.remaining <= 0:
            raise _no_slot(calls, deadline)
        row.show(ahead)
        with deadline.excluding() if slots.has_own else nullcontext():
            calls.clock.sleep(QUEUE_PAUSE)


def _call_when_free(calls: Calls[Any], attempt: Callable[[], str], deadline: Deadline) -> str:
    """Wait as the first of the queue, and call."""
    clock, slots, row = calls.clock, calls.poller.slots, _Row(calls)
    wait = calls.wait(deadline, "a slot", answered=True)
    for _ in wait:
        now: Occupancy | None = None
        with wait.retry_transient():
            now = _look(calls, wait)
        if now is None:
            continue
        step = slots.next_step(now, clock.now())
        if step is not Step.WAIT:
            try:
                arn = calls.retrying_create(attempt, deadline)
            except errors.ServiceQuotaExceeded as refused:
                slots.answered(now, clock.now(), refused=refused)
                if step is Step.LAST_CALL:
                    raise _full(calls, now, refused) from refused
            else:
                slots.answered(None, clock.now(), refused=None)
                return arn
        wait.excludes = now.has_own
        row.show(0)
    raise _no_slot(calls, deadline, wait.last_failure())


def _look(calls: Calls[Any], wait: Wait) -> Occupancy:
    """Return which resources are in progress. Without the list, nothing tells whether there is hope for a slot."""
    try:
        snapshot = calls.poller.occupancy(max_age=wait.max_age, until=wait.until)
    except errors.AccessDenied as denied:
        refused = calls.poller.slots.refused
        if refused is None:  # the newest create was accepted, so this one needs no list yet
            return Occupancy((), 0)
        # The refused create may be another one, so the error gets this one's subject.
        raise errors.ServiceQuotaExceeded(
            f"{refused.message} This run can't wait for room, because it can't list {calls.kind.noun}s "
            f"({denied.message})",
            subject=calls.subject,
        ) from denied
    wait.polled(snapshot)
    return snapshot.value


def _waiting(slots: Slots, ahead: int) -> str:
    parts = [f"AWS allows {slots.allowed} at a time"] if slots.allowed else []
    parts += [f"{ahead} before this one"] if ahead else []
    return f"waiting for a slot ({', '.join(parts)})" if parts else "waiting for a slot"


def _no_slot(calls: Calls[Any], deadline: Deadline, last_failure: str = "") -> errors.WaitTimeout:
    return errors.WaitTimeout(
        f"no slot was free within {format_duration(deadline.timeout)}: other {calls.kind.noun}s of this account are in "
        f"progress, and AWS has a quota for them, {QUOTAS[calls.kind].in_progress}. Nothing was created. Run `pulumi "
        f"up` again, with a longer custom_timeouts create.{last_failure}",
        subject=calls.subject,
    )


def _full(calls: Calls[Any], now: Occupancy, refused: errors.ServiceQuotaExceeded) -> errors.ServiceQuotaExceeded:
    quotas = QUOTAS[calls.kind]
    there = f"{quotas.counted} in {calls.region}"
    if not now.total:
        return refused.with_advice(
            f"There are no {there}, so a quota is 0: {quotas.in_progress} or {quotas.total}. Nothing was created."
        )
    noun = calls.kind.noun
    return refused.with_advice(
        f"There are {now.total} {there}, and none is being created. So the quota {quotas.total} is full, and not "
        f"{quotas.in_progress}. Nothing was created. A replacement that has no room for a second {noun} works with "
        f"delete_before_replace=True in the options: then {quotas.gap}."
    )
