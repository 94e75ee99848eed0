"""Two resources of one stack have one deployment, each through a provider of its own, so in a host of its own."""

from __future__ import annotations

import json

from aws_provider.accounts import HEAD, arns, writes
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import ScenarioStack

PROGRAM = f"""
{HEAD}
one, two = (account(name, other) for name in ("one", "two"))
live, model = settings.require("live"), models["other"]
kept = bedrock.CustomModelDeployment("kept", model_arn=model, opts=by(one, import_=live))
if settings.get_bool("both"):
    bedrock.CustomModelDeployment("removed", model_arn=model, opts=by(two, import_=live, depends_on=[kept]))
"""


def test_removal_of_one_keeps_the_deployment_that_the_other_manages(stack: ScenarioStack, other: LocalBedrock) -> None:
    model = json.loads(stack.config["test:models"])["other"]
    make = other.client("bedrock").create_custom_model_deployment
    live = make(modelDeploymentName="by-hand", modelArn=model)["customModelDeploymentArn"]
    other.clear_requests()
    stack.program(PROGRAM)
    stack.config |= {"test:live": live, "test:both": "true"}
    stack.run("up", "--yes", "--skip-preview")  # whether it is refused or not
    stack.config["test:both"] = "false"

    stack.up()

    assert arns(stack) == {"kept": live}
    assert [found["customModelDeploymentArn"] for found in other.deployments()] == [live]
    assert writes(other) == {}
