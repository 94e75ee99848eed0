"""Each model is deployed where its provider leads: another Region, and with a role another account."""

from __future__ import annotations

import pytest
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.models import backend_of

OWN, OTHER = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/deployer"


@pytest.fixture
def llama(local: LocalBedrock) -> str:
    """The ARN of a custom model in us-west-2 of the other account."""
    model = backend_of(OTHER, "us-west-2").models.add("tickets-llama", customization_type="FINE_TUNING")
    model.status = "Active"
    return model.arn


def test_example_deploys_to_both_accounts_and_destroys(projects: Projects, local: LocalBedrock, llama: str) -> None:
    nova = local.create_custom_model("tickets-nova")
    stack = projects.example("two-regions", novaModel="tickets-nova", llamaModel="tickets-llama", llamaRoleArn=ROLE)
    stack.environment.pop("AWS_REGION", None)
    stack.environment.pop("AWS_DEFAULT_REGION", None)

    stack.up()

    deployed = {item["modelArn"]: item for item in local.deployments()}
    assert set(deployed) == {nova, llama}
    assert {arn: item["customModelDeploymentArn"].split(":")[3:5] for arn, item in deployed.items()} == {
        nova: ["us-east-1", OWN],
        llama: ["us-west-2", OTHER],
    }
    assert [item["tags"] for item in deployed.values()] == [{"project": "two-regions", "stack": "dev"}] * 2
    exports = stack.exports()
    assert exports["llamaDeploymentArn"] == deployed[llama]["customModelDeploymentArn"]
    assert ("serves tickets-nova" in exports["novaAnswer"], "serves tickets-llama" in exports["llamaAnswer"]) == (
        True,
        True,
    )
    stack.up("--expect-no-changes")

    stack.destroy()
    assert local.deployments() == []
