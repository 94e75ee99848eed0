"""A replacement that fails keeps the old deployment."""

from __future__ import annotations

import pytest
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")


@scenario(
    "A replacement fails",
    "The old deployment still serves and is still in the state. The failed one is deleted. The next `up` tries again.",
)
def test_failed_replacement_keeps_old_deployment_serving(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    (old,) = stack.recorded
    stack.declare(model_arn=other_model)
    local.add_fault(kind="activation", operation="CreateCustomModelDeployment", message="No capacity.", count=1)
    failed = stack.up(fails=True)
    assert failed.error.startswith("DeploymentFailed: ")
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [old]
    assert stack.recorded == {old}
    assert _serves(local, old)

    stack.up()
    (new,) = stack.recorded
    assert new != old
    assert [item["modelArn"] for item in local.deployments()] == [other_model]
    assert _serves(local, new)


def _serves(local: LocalBedrock, arn: str) -> bool:
    answer = local.client("bedrock-runtime").converse(
        modelId=arn, messages=[{"role": "user", "content": [{"text": "Say hello."}]}]
    )
    return bool(answer["output"]["message"]["content"][0]["text"])
