"""`import_` adopts a live deployment: it never creates, changes or deletes one, and may stay for good."""

from __future__ import annotations

from typing import Any

import pytest
from engine.stack import Code, Stack, deployment
from pulumi_bedrock.local import LocalBedrock

DECLARED = {"description": "First line", "tags": {"team": "support"}}


@pytest.fixture
def live(local: LocalBedrock, model: str) -> str:
    """The ARN of a deployment that was made by hand."""
    answer = local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="by-hand",
        modelArn=model,
        description="First line",
        tags=[{"key": "team", "value": "support"}],
    )
    local.clear_requests()
    return str(answer["customModelDeploymentArn"])


def test_import_option_can_stay_and_can_be_removed(stack: Stack, local: LocalBedrock, live: str, model: str) -> None:
    second = local.client("bedrock").create_custom_model_deployment(modelDeploymentName="second", modelArn=model)[
        "customModelDeploymentArn"
    ]
    local.clear_requests()
    both = {live, second}
    declared = deployment("support-bot", model_arn=model, **DECLARED, opts=importing(live))
    by_name = deployment("by-name", model_arn=model, opts=importing("second"))
    stack.program(f"{declared}\n{by_name}")
    stack.up()
    assert (stack.resource()["id"], stack.resource("by-name")["id"]) == (live, second)
    assert stack.outputs()["modelDeploymentName"] == "by-hand"
    assert stack.outputs("by-name")["modelDeploymentName"] == "second"
    stack.up("--refresh", "--expect-no-changes")

    taken_out = deployment("support-bot", model_arn=model, **DECLARED)
    stack.program(f"{taken_out}\n{deployment('by-name', model_arn=model)}")
    stack.up("--refresh", "--expect-no-changes")
    assert writes(local) == {}
    assert {item["customModelDeploymentArn"] for item in local.deployments()} == both

    stack.program(f"{deployment('support-bot', model_arn=model)}\n{deployment('by-name', model_arn=model)}")
    assert stack.up().changes["replaced"] == 1
    assert stack.resource("by-name")["id"] == second
    stack.destroy()
    assert local.deployments() == []


def test_import_with_different_inputs_fails(
    stack: Stack, local: LocalBedrock, live: str, model: str, other_model: str
) -> None:
    stack.declare(
        model_arn=other_model,
        model_deployment_name="by-hand",
        description="Second line",
        tags={"team": "sales", "added": "x"},
        opts=importing(live),
    )
    error = stack.up(fails=True).error
    assert error.startswith(f"ImportMismatch: import_: {live} differs from the program: ")
    for difference in (
        f"modelArn is {model} in AWS and {other_model} in the program",
        'description is "First line" in AWS and "Second line" in the program',
        'tags["added"] is not set in AWS and "x" in the program',
        'tags["team"] is "support" in AWS and "sales" in the program',
    ):
        assert difference in error
    assert stack.resources() == []
    assert writes(local) == {}

    stack.declare(model_arn=model, model_deployment_name="by-hand", **DECLARED, opts=importing(live))
    stack.up()
    assert stack.resource()["id"] == live
    assert writes(local) == {}


def test_import_of_missing_deployment_fails(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model, opts=importing("nobody"))
    assert stack.up(fails=True).error == (
        "ResourceNotFound: import_: there is no deployment nobody in us-east-1. Check the name or ARN and the Region."
    )
    assert stack.resources() == local.deployments() == []


def test_changed_input_with_import_option_is_refused(
    stack: Stack, local: LocalBedrock, live: str, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model, **DECLARED, opts=importing(live))
    stack.up()
    stack.declare(model_arn=other_model, **DECLARED, opts=importing(live))
    error = stack.up(fails=True).error
    assert error.startswith("ImportPending: ")
    assert "modelArn changed" in error
    assert "remove import_" in error
    assert writes(local) == {}

    stack.declare(model_arn=other_model, **DECLARED)
    stack.up()
    (found,) = local.deployments()
    assert found["modelArn"] == other_model
    assert stack.resource()["id"] == found["customModelDeploymentArn"] != live


def importing(identifier: str) -> Code:
    return Code(f"pulumi.ResourceOptions(import_={identifier!r})")


def writes(local: LocalBedrock) -> dict[str, Any]:
    """The calls that change something."""
    return {call: count for call, count in local.counts().items() if not call.startswith(("Get", "List"))}
