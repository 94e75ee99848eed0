"""The invariant itself: it fails where it must."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import pytest
from arns import ARN
from scenarios.invariant import MARK, lost

IDENTITY, NAME = "6a0f", "support-bot-1a2b3c4"
DIGEST = sha256(f"{IDENTITY}::{NAME}".encode()).hexdigest()[:16]


@dataclass
class Known:
    """A stack as the invariant sees it."""

    identity: str | None = IDENTITY
    recorded: frozenset[str] = frozenset()
    screen: str = ""


def deployment(mark: str | None = None, name: str = NAME) -> dict[str, object]:
    tags = {} if mark is None else {MARK: mark}
    return {"customModelDeploymentArn": ARN, "modelDeploymentName": name, "tags": tags}


@pytest.mark.parametrize(
    ("stack", "mark"),
    [
        pytest.param(Known(), None, id="known to no stack"),
        pytest.param(Known(), "no", id="its mark was written over"),
        pytest.param(Known(), "project/dev/support-bot:0000000000000000:1111111111111111", id="another's mark"),
        pytest.param(Known(identity=None), f"project/dev/support-bot:{DIGEST}:1111111111111111", id="no identity"),
        pytest.param(Known(screen=f"{ARN}: Creating"), None, id="named, without what to do"),
    ],
)
def test_lost_deployment_is_detected(stack: Known, mark: str | None) -> None:
    assert lost([deployment(mark)], [stack]) == [ARN]


def test_deployment_with_copied_mark_is_detected() -> None:
    mark = f"project/dev/support-bot:{DIGEST}:1111111111111111"

    assert lost([deployment(mark), deployment(mark, name="support-bot-5d6e7f8")], [Known()]) == [ARN]


@pytest.mark.parametrize(
    ("stack", "mark"),
    [
        pytest.param(Known(recorded=frozenset({ARN})), None, id="in the state"),
        pytest.param(Known(), f"project/dev/support-bot:{DIGEST}:1111111111111111", id="marked"),
        pytest.param(Known(screen=f'run again with import_="{ARN}" in'), None, id="how to adopt it is said"),
        pytest.param(
            Known(screen=f"delete it: aws … --custom-model-deployment-identifier {ARN}"), None, id="how to delete it"
        ),
    ],
)
def test_recorded_deployment_is_not_lost(stack: Known, mark: str | None) -> None:
    assert lost([deployment(mark)], [stack]) == []
