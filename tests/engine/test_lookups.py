"""`get` and the lookups: what something else manages is read, and never changed."""

from __future__ import annotations

from typing import Any

import pytest
from arns import ARN
from engine.stack import Code, Stack, deployment
from pulumi_bedrock.local import LocalBedrock

LOOK = """
def shown(found):
    return {**found.__dict__, "tags": dict(found.tags)}
"""


@pytest.fixture
def live(local: LocalBedrock, model: str) -> dict[str, Any]:
    """A deployment that something else manages."""
    local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="shared",
        modelArn=model,
        description="First line",
        tags=[{"key": "team", "value": "support"}],
    )
    local.clear_requests()
    (found,) = local.deployments()
    return found


def test_get_reads_existing_deployment(stack: Stack, local: LocalBedrock, live: dict[str, Any], model: str) -> None:
    arn = live["customModelDeploymentArn"]
    stack.program(
        f"""
deployment = bedrock.CustomModelDeployment.get("shared", {arn!r})
pulumi.export("got", {{
    "arn": deployment.custom_model_deployment_arn,
    "name": deployment.model_deployment_name,
    "model": deployment.model_arn,
    "description": deployment.description,
    "tags_all": deployment.tags_all,
    "region": deployment.region,
    "status": deployment.status,
}})
"""
    )
    stack.up()
    assert stack.exports()["got"] == {
        "arn": arn,
        "name": "shared",
        "model": model,
        "description": "First line",
        "tags_all": {"team": "support"},
        "region": "us-east-1",
        "status": "Active",
    }
    stack.up("--refresh")
    stack.destroy()
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [arn]
    assert not {call for call in local.counts() if not call.startswith(("Get", "List"))}


def test_get_of_missing_deployment_fails(stack: Stack, local: LocalBedrock) -> None:
    nobody = ARN
    stack.program(f'bedrock.CustomModelDeployment.get("shared", {nobody!r})')
    error = stack.up(fails=True).error
    assert error.startswith("ResourceNotFound: ")
    assert nobody in error
    assert stack.resources() == []


def test_lookup_accepts_name_arn_and_output(
    stack: Stack, local: LocalBedrock, live: dict[str, Any], model: str
) -> None:
    arn = live["customModelDeploymentArn"]
    stack.program(
        f"""{LOOK}
deployment = {deployment("support-bot", model_arn=model)}
pulumi.export("by name", shown(bedrock.get_custom_model_deployment("shared")))
pulumi.export("by arn", shown(bedrock.get_custom_model_deployment({arn!r}, region="us-west-2")))
own = bedrock.get_custom_model_deployment_output(deployment.model_deployment_name)
pulumi.export("own", own.apply(shown))
"""
    )
    stack.preview()
    stack.up()
    exports = stack.exports()
    expected = {
        "custom_model_deployment_arn": arn,
        "model_deployment_name": "shared",
        "model_arn": model,
        "region": "us-east-1",
        "status": "Active",
        "description": "First line",
        "failure_message": None,
        "tags": {"team": "support"},
    }
    for way in ("by name", "by arn"):
        assert exports[way].pop("created_at").startswith("20")
        assert exports[way] == expected
    assert exports["own"]["custom_model_deployment_arn"] == stack.resource()["id"]


def test_program_deploys_model_by_name_and_lists_its_deployments(
    stack: Stack, local: LocalBedrock, live: dict[str, Any]
) -> None:
    trained = local.create_custom_model("tickets")
    stack.program(
        f"""
model = bedrock.get_custom_model("tickets")
deployment = {deployment("support-bot", model_arn=Code("model.model_arn"), model_deployment_name="tickets")}
after = pulumi.InvokeOutputOptions(depends_on=[deployment])
listed = bedrock.list_custom_model_deployments_output(model_arn=model.model_arn, opts=after)
own = bedrock.get_custom_model_deployment_output(deployment.model_deployment_name)
pulumi.export("listed", listed.apply(lambda found: [each.custom_model_deployment_arn for each in found]))
pulumi.export("own", own.custom_model_deployment_arn)
"""
    )
    stack.preview()
    stack.up()
    deployed = stack.resource()
    assert deployed["outputs"]["modelArn"] == trained
    assert stack.exports() == {"listed": [deployed["id"]], "own": deployed["id"]}
