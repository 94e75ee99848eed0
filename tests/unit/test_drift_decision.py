"""Whether AWS has another model than the state, decided from what the list and Get have shown."""

from __future__ import annotations

from typing import Any

import pytest
from arns import ARN, MODEL, OTHER_MODEL
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.resources import Deployment, ModelUpdate
from pulumi_bedrock.lifecycle.drift import describe, has_moved, is_checked

STATE = {"modelArn": MODEL, "updateInPlace": True, "lastUpdatedAt": "12:00"}
THIRD_MODEL = f"{MODEL[:-12]}uvwxyz567890"


def deployment(
    model_arn: str = MODEL, *, updated_at: str | None = "12:00", status: str = "Active", **known: Any
) -> Deployment:
    return Deployment(ARN, "bot", model_arn, status, "11:00", last_updated_at=updated_at, **known)


@pytest.mark.parametrize(
    ("old", "new", "checked"),
    [
        ({}, {}, True),
        ({}, {"timeouts": {"update": "5m"}}, True),
        ({}, {"tagsAll": {"team": "support"}}, True),
        ({"updateInPlace": None}, {}, False),
        ({}, {"updateInPlace": None}, False),
        ({}, {"updateInPlace": UNKNOWN}, False),
        ({}, {"modelArn": OTHER_MODEL}, False),
        ({}, {"modelArn": UNKNOWN}, False),
        ({"updateStatus": "Updating"}, {}, False),
    ],
)
def test_same_model_in_place_is_checked(old: dict[str, Any], new: dict[str, Any], checked: bool) -> None:
    assert is_checked({**STATE, **old}, {"modelArn": MODEL, "updateInPlace": True, **new}) is checked


@pytest.mark.parametrize(
    ("old", "listed", "moved"),
    [
        (STATE, deployment(is_summary=True), False),
        (STATE, deployment(updated_at="12:30", is_summary=True), True),
        (STATE, deployment(updated_at=None, is_summary=True), True),
        (STATE, deployment(OTHER_MODEL, is_summary=True), True),
        ({"modelArn": MODEL}, deployment(is_summary=True), True),
        (STATE, deployment(OTHER_MODEL, updated_at="12:30"), False),
    ],
)
def test_list_that_differs_from_the_state_needs_a_get(old: dict[str, Any], listed: Deployment, moved: bool) -> None:
    assert has_moved(old, listed) is moved


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, ""),
        (deployment(), ""),
        (deployment(update=ModelUpdate(OTHER_MODEL, "UpdateFailed")), ""),
        (deployment(OTHER_MODEL, status="Failed"), ""),
        (deployment(OTHER_MODEL), f"serves {OTHER_MODEL}"),
        (deployment(OTHER_MODEL, update=ModelUpdate(OTHER_MODEL, "UpdateCompleted")), f"serves {OTHER_MODEL}"),
        (deployment(update=ModelUpdate(OTHER_MODEL, "Updating")), f"is updating it to {OTHER_MODEL}"),
        (
            deployment(OTHER_MODEL, update=ModelUpdate(THIRD_MODEL, "Updating")),
            f"is updating it to {THIRD_MODEL}",
        ),
        (deployment(OTHER_MODEL, update=ModelUpdate(MODEL, "Updating")), f"serves {OTHER_MODEL}"),
    ],
)
def test_other_model_that_serves_or_comes_is_named(found: Deployment | None, said: str) -> None:
    told = describe(STATE, found)
    assert told.startswith(f"AWS {said}, but the state has {MODEL}. ") if said else told == ""
