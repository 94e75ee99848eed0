"""The stack in the repo's root with `publish` on, as on AWS: the local stack and the demo run it without."""

from __future__ import annotations

from collections.abc import Callable

from engine.stack import INVOCATION
from engine.witness import Witness
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock

PARAMETER = "/bedrock-deployment/dev/custom-model-deployment-arn"


def test_root_stack_deploys_replaces_and_destroys(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str], witness: Witness
) -> None:
    iam = local.client("iam")

    def published() -> str:
        """The ARN of the one deployment, of which everyone has been told."""
        (deployment,) = local.deployments()
        arn = str(deployment["customModelDeploymentArn"])
        (policy,) = iam.list_policies(Scope="Local")["Policies"]
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        assert version["PolicyVersion"]["Document"]["Statement"] == [
            {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": arn}
        ]
        assert parameter(PARAMETER) == arn == stack.exports()["customModelDeploymentArn"]
        return arn

    stack = projects.root(modelArn=local.create_custom_model("tickets-v1"))
    stack.up()
    first = published()
    stack.up("--expect-no-changes")

    stack.config["bedrock-deployment:modelArn"] = local.create_custom_model("tickets-v2")
    steps = {name: step["op"] for name, step in stack.steps().items()}
    assert steps == {
        "support-bot": "replace",
        "smoke-test": "replace",
        "support-bot-arn": "update",
        "invoke-support-bot": "update",
    }
    stack.up()
    assert published() != first
    assert witness.events == ["create", "create", "delete"]
    (invocation,) = stack.resources(INVOCATION)
    assert "serves tickets-v2" in invocation["outputs"]["outputText"]

    stack.destroy()
    assert local.deployments() == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert local.client("ssm").describe_parameters()["Parameters"] == []
