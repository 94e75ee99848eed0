"""A replacement that fails keeps the old deployment or custom model."""

from __future__ import annotations

import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import CUSTOM_MODEL
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")


@scenario(
    "A replacement fails",
    "The old deployment still serves and is still in the state. The failed one is deleted. The next `up` tries again.",
)
@both
def test_failed_replacement_keeps_old_one(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack)
    stack.up()
    (old,) = stack.recorded
    subject.declare(stack, other=True)
    subject.fail_next_create()
    failed = stack.up(fails=True)
    assert failed.error.startswith(f"{subject.failed}: ")
    assert subject.statuses() == {old: "Active"}
    assert stack.recorded == {old}
    assert subject.kind is CUSTOM_MODEL or _serves(local, old)

    stack.up()
    (new,) = stack.recorded
    assert new != old
    assert subject.statuses() == {new: "Active"}
    assert subject.is_of(subject.only(), other=True)
    assert subject.kind is CUSTOM_MODEL or _serves(local, new)


def _serves(local: LocalBedrock, arn: str) -> bool:
    answer = local.client("bedrock-runtime").converse(
        modelId=arn, messages=[{"role": "user", "content": [{"text": "Say hello."}]}]
    )
    return bool(answer["output"]["message"]["content"][0]["text"])
