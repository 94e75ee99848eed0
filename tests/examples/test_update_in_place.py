"""A new model comes behind the same ARN, and callers notice nothing."""

from __future__ import annotations

from collections.abc import Callable

from engine.stack import INVOCATION
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock

PARAMETER = "/update-in-place/dev/support-bot-arn"


def test_example_deploys_updates_and_destroys(
    projects: Projects, local: LocalBedrock, parameter: Callable[[str], str]
) -> None:
    stack = projects.example("update-in-place", modelArn=local.create_custom_model("tickets-v1"))
    stack.up()
    arn = stack.resource("support-bot")["id"]
    assert parameter(PARAMETER) == arn
    assert "serves tickets-v1" in stack.exports()["answer"]
    [first] = stack.resources(INVOCATION)

    stack.config["update-in-place:modelArn"] = local.create_custom_model("tickets-v2")
    local.clear_requests()
    assert {name: step["op"] for name, step in stack.steps().items()} == {
        "support-bot": "update",
        "smoke-test": "replace",
    }
    stack.up()

    writes = {name: count for name, count in local.counts().items() if name.startswith(("Create", "Update", "Delete"))}
    assert writes == {"UpdateCustomModelDeployment": 1}
    assert parameter(PARAMETER) == arn == stack.resource("support-bot")["id"]
    assert "serves tickets-v2" in stack.exports()["answer"]
    [second] = stack.resources(INVOCATION)
    assert second["id"] != first["id"]

    stack.destroy()
    assert local.deployments() == []
