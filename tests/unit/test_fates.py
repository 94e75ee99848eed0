"""What becomes of an unfinished deployment, and what a wait for a new one does next: decided from what AWS showed."""

from __future__ import annotations

import pytest
from arns import ARN, MODEL
from pulumi_bedrock.aws.calls import Activation, decide_activation
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.lifecycle.resume import Fate, Seen, decide

STATUSES = ("Creating", "Active", "Failed", "Deleting", "Rebalancing")


def deployment(status: str, name: str = "bot-1") -> Deployment:
    return Deployment(ARN, name, MODEL, status, created_at="2026-11-23T12:00:00+00:00")


def fate(status: str | None, *, matches: bool = True, needed: str = "", is_resumed: bool = False) -> Fate:
    found = deployment(status) if status else None
    return decide(Seen(found, matches), needed_name=needed, is_resumed=is_resumed)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Creating", Fate.RESUME),
        ("Active", Fate.RESUME),
        ("Rebalancing", Fate.RESUME),  # not known here: it may become Active
        ("Failed", Fate.DELETE),
        ("Deleting", Fate.DELETE),
        (None, Fate.IGNORE),
    ],
)
def test_matching_deployment_is_resumed_unless_it_never_serves(status: str | None, expected: Fate) -> None:
    assert fate(status) is expected


@pytest.mark.parametrize("status", STATUSES)
def test_deployment_that_does_not_match_is_deleted_in_the_end(status: str) -> None:
    assert fate(status, matches=False) is Fate.DELETE


@pytest.mark.parametrize("status", STATUSES)
def test_second_match_is_deleted_in_the_end(status: str) -> None:
    assert fate(status, is_resumed=True) is Fate.DELETE


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("matches", [True, False])
def test_needed_name_is_cleared_at_once(status: str, matches: bool) -> None:
    is_resumable = matches and status not in ("Failed", "Deleting")

    assert fate(status, matches=matches, needed="bot-1") is (Fate.RESUME if is_resumable else Fate.CLEAR_NAME)
    assert fate(status, matches=matches, needed="bot-1", is_resumed=True) is Fate.CLEAR_NAME
    assert fate(status, matches=False, needed="bot") is Fate.DELETE, "a part of a name isn't the name"


@pytest.mark.parametrize("matches", [True, False])
@pytest.mark.parametrize("needed", ["", "bot-1"])
@pytest.mark.parametrize("is_resumed", [True, False])
def test_deployment_that_is_gone_is_ignored(matches: bool, needed: str, is_resumed: bool) -> None:
    assert fate(None, matches=matches, needed=needed, is_resumed=is_resumed) is Fate.IGNORE


# The wait for a new one


@pytest.mark.parametrize("waited", [0.0, 30.0, 31.0, 3600.0])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Active", Activation.DONE),
        ("Failed", Activation.FAILED),
        ("Creating", Activation.WAIT),
        ("Deleting", Activation.WAIT),
        ("Rebalancing", Activation.WAIT),
        ("active", Activation.WAIT),
        ("", Activation.WAIT),
    ],
)
def test_wait_ends_with_a_status_that_is_an_end(status: str, waited: float, expected: Activation) -> None:
    assert decide_activation(deployment(status), waited) is expected


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0.0, Activation.WAIT), (30.0, Activation.WAIT), (30.1, Activation.GONE)],
)
def test_deployment_that_is_not_visible_is_gone_after_30_seconds(waited: float, expected: Activation) -> None:
    assert decide_activation(None, waited) is expected
