"""The invariant itself: it fails where it must."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import pytest
from arns import ARN
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from scenarios.invariant import lost
from scenarios.live import MARK, Live

MODEL = CUSTOM_MODEL.example
IDENTITY, NAME = "6a0f", "support-bot-1a2b3c4"
DIGEST = sha256(f"{IDENTITY}::{NAME}".encode()).hexdigest()[:16]
OF_DEPLOYMENT = f"project/dev/support-bot:{DIGEST}:1111111111111111"
OF_MODEL = f"{OF_DEPLOYMENT}:2222222222222222"


@dataclass
class Known:
    """A stack as the invariant sees it."""

    identity: str | None = IDENTITY
    recorded: frozenset[str] = frozenset()
    screen: str = ""


def found(mark: str | None = None, *, kind: Kind = DEPLOYMENT, name: str = NAME) -> Live:
    shown = {kind.arn: MODEL if kind is CUSTOM_MODEL else ARN, kind.name: name}
    return Live(kind, {**shown, "tags": {} if mark is None else {MARK: mark}})


@pytest.mark.parametrize(
    ("stack", "mark"),
    [
        pytest.param(Known(), None, id="known to no stack"),
        pytest.param(Known(), "no", id="its mark was written over"),
        pytest.param(Known(), "project/dev/support-bot:0000000000000000:1111111111111111", id="another's mark"),
        pytest.param(Known(), OF_MODEL, id="a mark as a custom model has it"),
        pytest.param(Known(identity=None), OF_DEPLOYMENT, id="no identity"),
        pytest.param(Known(screen=f"{ARN}: Creating"), None, id="named, without what to do"),
        pytest.param(Known(screen=f"delete it: aws … --model-identifier {ARN}"), None, id="with a wrong command"),
    ],
)
def test_lost_deployment_is_detected(stack: Known, mark: str | None) -> None:
    assert lost([found(mark)], [stack]) == [ARN]


def test_deployment_with_copied_mark_is_detected() -> None:
    assert lost([found(OF_DEPLOYMENT), found(OF_DEPLOYMENT, name="support-bot-5d6e7f8")], [Known()]) == [ARN]


@pytest.mark.parametrize(
    ("stack", "mark"),
    [
        pytest.param(Known(recorded=frozenset({ARN})), None, id="in the state"),
        pytest.param(Known(), OF_DEPLOYMENT, id="marked"),
        pytest.param(Known(screen=f'run again with import_="{ARN}" in'), None, id="how to adopt it is said"),
        pytest.param(
            Known(screen=f"delete it: aws … --custom-model-deployment-identifier {ARN}"), None, id="how to delete it"
        ),
    ],
)
def test_recorded_deployment_is_not_lost(stack: Known, mark: str | None) -> None:
    assert lost([found(mark)], [stack]) == []


def test_lost_custom_model_is_detected() -> None:
    without_source = found(OF_DEPLOYMENT, kind=CUSTOM_MODEL)

    assert lost([found(kind=CUSTOM_MODEL), without_source], [Known()]) == [MODEL, MODEL]


@pytest.mark.parametrize(
    ("stack", "mark"),
    [
        pytest.param(Known(recorded=frozenset({MODEL})), None, id="in the state"),
        pytest.param(Known(), OF_MODEL, id="marked"),
        pytest.param(Known(screen=f"delete it: aws … --model-identifier {MODEL}"), None, id="how to delete it"),
    ],
)
def test_recorded_custom_model_is_not_lost(stack: Known, mark: str | None) -> None:
    assert lost([found(mark, kind=CUSTOM_MODEL)], [stack]) == []
