"""A create through an `aws.Provider` is killed: what it left is found in that account, with its own identity."""

from __future__ import annotations

from aws_provider.accounts import HEAD, callers, writes
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

PROGRAM = f"""
{HEAD}
there = account("there", other, key=settings.require("key"))
bedrock.CustomModelDeployment("support-bot", model_arn=models["other"], opts=by(there))
"""


def test_killed_create_is_resumed_through_its_provider(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    stack.program(PROGRAM)
    stack.config["test:key"] = "AKOLD"
    other.set_activation(manual=True)
    stack.kill_host_of_up()
    (left,) = other.deployments()
    (identity,) = stack.resources(IDENTITY)
    assert identity["urn"].endswith("::there")
    mark = Mark.read(left["tags"])
    assert mark is not None and mark.is_of_stack(identity["id"], left["modelDeploymentName"])

    other.set_activation(seconds=0)
    stack.config["test:key"] = "AKNEW"
    assert "resuming the create that an earlier run started" in stack.up().text
    (live,) = other.deployments()
    assert live["customModelDeploymentArn"] == left["customModelDeploymentArn"] == stack.resource()["id"]
    assert (live["status"], MARK in live["tags"]) == ("Active", False)
    assert writes(other) == {("AKOLD", "Create"): 1}
    assert callers(other) == {("AKOLD", "us-east-1"), ("AKNEW", "us-east-1")}

    mark = Mark.of(stack.resource()["inputs"]["__owner"], identity["id"], "forgotten")
    other.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="forgotten", modelArn=live["modelArn"], tags=[{"key": MARK, "value": mark.value}]
    )
    assert "forgotten: Active; this stack created it and never finished it" in stack.destroy().text
    assert [found["modelDeploymentName"] for found in other.deployments()] == ["forgotten"]
    assert local.requests() == []
