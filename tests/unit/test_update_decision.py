"""What an update of a model does next, decided from what Get has shown, without an AWS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from arns import ARN, MODEL, OTHER_MODEL
from pulumi_bedrock.aws.model_update import STALE_GRACE, Seen, Step, decide
from pulumi_bedrock.aws.resources import Deployment, ModelUpdate
from pulumi_bedrock.errors import AnswerLost, ValidationFailed

WANTED, THEIRS = OTHER_MODEL, f"{MODEL[:-12]}uvwxyz567890"
CALLED_AT, EARLY, LATE = 100.0, 100.0 + STALE_GRACE - 1, 100.0 + STALE_GRACE
REFUSED, LOST = ValidationFailed("Not now."), AnswerLost("The connection broke.")


def shown(
    *update: str, status: str = "Active", model_arn: str = MODEL, updated_at: str = "12:00", to: str = WANTED
) -> Deployment:
    """A deployment as Get shows it, with the status of its newest update."""
    newest = ModelUpdate(to, *update) if update else None
    return Deployment(ARN, "bot", model_arn, status, "11:00", last_updated_at=updated_at, update=newest)


def after_call(found: Deployment, before: Deployment | None = None, **known: Any) -> Seen:
    return Seen(found, before or shown(), CALLED_AT, **known)


OLD = shown()
FAILED_BEFORE = shown("UpdateFailed")
MOVED = replace(FAILED_BEFORE, last_updated_at="12:30")
UNDER_WAY = shown("Updating")
UNDER_WAY_TO_THEIRS = shown("Updating", to=THEIRS)


@pytest.mark.parametrize(
    ("seen", "now", "step"),
    [
        # what Get shows before any call
        pytest.param(Seen(OLD), 0, Step.CALL, id="old model"),
        pytest.param(Seen(shown(model_arn=WANTED)), 0, Step.DONE, id="wanted model"),
        pytest.param(Seen(shown("UpdateCompleted", model_arn=WANTED)), 0, Step.DONE, id="completed"),
        pytest.param(Seen(shown("UpdateCompleted")), 0, Step.DONE, id="completed, the model is shown late"),
        pytest.param(Seen(shown("UpdateFailed", model_arn=WANTED)), 0, Step.CALL, id="failed, though it has the model"),
        pytest.param(Seen(FAILED_BEFORE), LATE, Step.CALL, id="an earlier failure"),
        pytest.param(Seen(shown("UpdateFailed", to=THEIRS)), 0, Step.CALL, id="the failure of another update"),
        pytest.param(Seen(shown("UpdateCompleted", to=THEIRS)), 0, Step.CALL, id="another update completed"),
        pytest.param(Seen(UNDER_WAY), 0, Step.WAIT, id="under way"),
        pytest.param(Seen(UNDER_WAY_TO_THEIRS), 0, Step.WAIT, id="another update under way"),
        pytest.param(Seen(shown("Updating", model_arn=WANTED, to=THEIRS)), 0, Step.WAIT, id="the model is leaving"),
        pytest.param(Seen(shown(status="Creating")), 0, Step.WAIT, id="Creating"),
        pytest.param(Seen(shown(status="Brooding")), 0, Step.WAIT, id="unknown status"),
        pytest.param(Seen(shown(status="Creating", model_arn=WANTED)), 0, Step.DONE, id="Creating with the model"),
        pytest.param(Seen(shown(status="Failed")), 0, Step.DEPLOYMENT_FAILED, id="Failed"),
        # after a call that AWS has accepted
        pytest.param(after_call(OLD), EARLY, Step.WAIT, id="accepted, not shown yet"),
        pytest.param(after_call(OLD), LATE, Step.CALL, id="accepted, never shown"),
        pytest.param(after_call(shown("UpdateCompleted")), EARLY, Step.DONE, id="accepted, completed"),
        pytest.param(after_call(shown("Postponed")), LATE, Step.WAIT, id="accepted, unknown update status"),
        pytest.param(after_call(shown("UpdateFailed")), EARLY, Step.UPDATE_FAILED, id="accepted, a new failure"),
        pytest.param(after_call(FAILED_BEFORE, FAILED_BEFORE), EARLY, Step.WAIT, id="accepted, the failure of before"),
        pytest.param(after_call(MOVED, FAILED_BEFORE), EARLY, Step.WAIT, id="lastUpdatedAt moved without an update"),
        pytest.param(after_call(MOVED, FAILED_BEFORE), LATE, Step.UPDATE_FAILED, id="accepted, failed again"),
        pytest.param(after_call(shown(status="Failed")), LATE, Step.DEPLOYMENT_FAILED, id="accepted, then Failed"),
        # after Get has shown the update
        pytest.param(Seen(FAILED_BEFORE, joined=True), 0, Step.UPDATE_FAILED, id="joined, then failed"),
        pytest.param(
            after_call(FAILED_BEFORE, FAILED_BEFORE, joined=True), EARLY, Step.UPDATE_FAILED, id="seen to fail"
        ),
        pytest.param(Seen(OLD, joined=True), 0, Step.CALL, id="joined, then gone"),
        pytest.param(after_call(OLD, joined=True), EARLY, Step.WAIT, id="shown, then a stale read"),
        # after a call that AWS has refused
        pytest.param(after_call(OLD, doubt=REFUSED), EARLY, Step.WAIT, id="refused"),
        pytest.param(after_call(OLD, doubt=REFUSED), LATE, Step.ANSWER, id="refused, and nothing explains it"),
        pytest.param(after_call(shown(status="Creating"), doubt=REFUSED), LATE, Step.WAIT, id="refused while Creating"),
        pytest.param(after_call(shown(model_arn=WANTED), doubt=REFUSED), LATE, Step.DONE, id="refused as done"),
        # after a call whose answer was lost
        pytest.param(after_call(OLD, doubt=LOST), EARLY, Step.ANSWER, id="lost"),
        pytest.param(after_call(OLD, doubt=LOST), LATE, Step.CALL, id="lost, and never shown"),
        pytest.param(after_call(shown("UpdateFailed"), doubt=LOST), EARLY, Step.UPDATE_FAILED, id="lost, then failed"),
        pytest.param(after_call(FAILED_BEFORE, FAILED_BEFORE, doubt=LOST), LATE, Step.CALL, id="lost, failed before"),
        pytest.param(after_call(MOVED, FAILED_BEFORE, doubt=LOST), EARLY, Step.CALL, id="lost, lastUpdatedAt moved"),
    ],
)
def test_decision_follows_from_what_was_seen(seen: Seen, now: float, step: Step) -> None:
    assert decide(WANTED, seen, now) is step


@pytest.mark.parametrize(
    ("seen", "found", "then"),
    [
        pytest.param(Seen(OLD), UNDER_WAY, Seen(UNDER_WAY, joined=True), id="an update to the model is joined"),
        pytest.param(
            after_call(OLD, doubt=LOST),
            UNDER_WAY,
            after_call(UNDER_WAY, joined=True),
            id="an update that is shown was accepted",
        ),
        pytest.param(after_call(OLD), UNDER_WAY_TO_THEIRS, Seen(UNDER_WAY_TO_THEIRS), id="another one ends the call"),
        pytest.param(after_call(OLD), FAILED_BEFORE, after_call(FAILED_BEFORE), id="an end is shown"),
        pytest.param(after_call(OLD, doubt=REFUSED), OLD, after_call(OLD, doubt=REFUSED), id="a refusal stands"),
        pytest.param(
            after_call(OLD, doubt=REFUSED), shown(status="Creating"), Seen(shown(status="Creating")), id="it is over"
        ),
        pytest.param(after_call(OLD, doubt=LOST), MOVED, after_call(MOVED, doubt=LOST), id="a lost answer stays lost"),
    ],
)
def test_next_get_changes_what_is_known(seen: Seen, found: Deployment, then: Seen) -> None:
    assert seen.then(found, WANTED) == then


@pytest.mark.parametrize(
    ("seen", "accepted"),
    [
        (Seen(OLD), False),
        (Seen(OLD, joined=True), True),
        (after_call(OLD), True),
        (after_call(OLD, doubt=REFUSED), False),
        (after_call(OLD, doubt=LOST), False),
    ],
)
def test_call_without_doubt_was_accepted(seen: Seen, accepted: bool) -> None:
    assert seen.accepted is accepted
