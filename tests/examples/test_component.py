"""A component of a platform team's: deployment, policy and parameter live, change and go together."""

from __future__ import annotations

from collections.abc import Callable

from engine.stack import DEPLOYMENT, Stack
from engine.witness import Witness
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock

COMPONENT = "acme:bedrock:PublishedModel"
PARAMETER = "/models/dev/support-bot"


def test_example_deploys_and_destroys(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str], witness: Witness
) -> None:
    iam = local.client("iam")

    def allowed(policy_arn: str) -> list[dict[str, str]]:
        version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
        return list(document["Statement"])

    def consumers_know(stack: Stack) -> str:
        (deployment,) = local.deployments()
        arn = str(deployment["customModelDeploymentArn"])
        exports = stack.exports()
        assert exports["customModelDeploymentArn"] == parameter(exports["parameterName"]) == arn
        assert exports["parameterName"] == PARAMETER
        assert allowed(exports["policyArn"]) == [
            {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": arn},
            {
                "Effect": "Allow",
                "Action": "ssm:GetParameter",
                "Resource": f"arn:aws:ssm:us-east-1:123456789012:parameter{PARAMETER}",
            },
        ]
        return arn

    stack = projects.example("component", modelArn=local.create_custom_model("tickets-v1"))
    stack.up()
    first = consumers_know(stack)
    assert local.deployments()[0]["tags"] == {"team": "support"}
    (component,) = stack.resources(COMPONENT)
    for inside in ("aws:iam/policy:Policy", "aws:ssm/parameter:Parameter", DEPLOYMENT):
        assert [each["parent"] for each in stack.resources(inside)] == [component["urn"]]
    stack.up("--expect-no-changes")

    stack.config["component:modelArn"] = local.create_custom_model("tickets-v2")
    changes = stack.up().changes
    assert (changes["replaced"], changes["updated"]) == (1, 2)
    assert consumers_know(stack) != first
    assert witness.events == ["create", "create", "delete"]

    stack.destroy()
    assert local.deployments() == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
