"""Callers move to the new model when it has answered, and not before."""

from __future__ import annotations

from collections.abc import Callable

from engine.witness import Witness
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock

PARAMETER = "/blue-green/dev/support-bot-arn"


def test_example_deploys_switches_and_destroys(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str], witness: Witness
) -> None:
    models = {color: local.create_custom_model(f"tickets-{color}") for color in ("blue", "green")}
    stack = projects.example("blue-green", live="blue", blueModelArn=models["blue"])
    stack.up()
    blue = stack.resource("support-bot-blue")["id"]
    assert parameter(PARAMETER) == blue
    assert "serves tickets-blue" in stack.exports()["answer"]
    stack.up("--expect-no-changes")

    # Green comes beside blue; callers stay where they are.
    stack.config["blue-green:greenModelArn"] = models["green"]
    assert stack.up().changes["created"] == 2
    green = stack.resource("support-bot-green")["id"]
    assert {item["customModelDeploymentArn"] for item in local.deployments()} == {blue, green}
    assert parameter(PARAMETER) == blue

    # The switch.
    stack.config["blue-green:live"] = "green"
    assert stack.up().changes["updated"] == 1
    assert parameter(PARAMETER) == green
    assert "serves tickets-green" in stack.exports()["answer"]

    # Blue goes when nobody needs it.
    stack.config["blue-green:blueModelArn"] = ""
    stack.up()
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [green]

    stack.destroy()
    assert local.deployments() == []
    assert local.client("ssm").describe_parameters()["Parameters"] == []


def test_failed_smoke_test_keeps_callers_on_old_deployment(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str]
) -> None:
    models = {color: local.create_custom_model(f"tickets-{color}") for color in ("blue", "green")}
    stack = projects.example("blue-green", live="blue", blueModelArn=models["blue"])
    stack.up()
    blue = stack.resource("support-bot-blue")["id"]

    # The impatient way: deploy and switch in one go.
    stack.config.update({"blue-green:live": "green", "blue-green:greenModelArn": models["green"]})
    local.add_fault(operation="Converse", error="ValidationException", message="The model is broken.")
    assert "The model is broken." in stack.up(fails=True).error
    assert parameter(PARAMETER) == blue
    live = {item["customModelDeploymentArn"]: item["status"] for item in local.deployments()}
    assert live[blue] == "Active"

    local.clear_faults()
    stack.up()
    assert parameter(PARAMETER) == stack.resource("support-bot-green")["id"] != blue


def test_live_color_without_model_is_refused(projects: Projects, local: LocalBedrock) -> None:
    stack = projects.example("blue-green", live="green", blueModelArn=local.create_custom_model("tickets-blue"))
    assert 'live is "green", but no greenModelArn is configured' in stack.up(fails=True).text
    assert local.deployments() == []
