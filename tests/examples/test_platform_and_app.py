"""One stack deploys, another calls: a replacement in the first is picked up by the second."""

from __future__ import annotations

from engine.stack import INVOCATION
from examples.conftest import Projects
from pulumi_bedrock.local import LocalBedrock


def test_both_stacks_deploy_and_destroy(projects: Projects, local: LocalBedrock) -> None:
    platform = projects.example("platform", modelArn=local.create_custom_model("tickets-v1"))
    app = projects.example("app", platformStack="organization/platform/dev")
    platform.up()
    app.up()
    first = platform.exports()["customModelDeploymentArn"]
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [first]
    assert "serves tickets-v1" in app.exports()["answer"]
    for stack in (platform, app):
        stack.up("--expect-no-changes")

    platform.config["platform:modelArn"] = local.create_custom_model("tickets-v2")
    assert platform.up().changes["replaced"] == 1
    (replaced,) = [step for step in app.steps().values() if step["op"] == "replace"]
    assert replaced["replaceReasons"] == ["modelId"]
    assert app.up().changes["replaced"] == 1
    second = platform.exports()["customModelDeploymentArn"]
    (invocation,) = app.resources(INVOCATION)
    assert invocation["inputs"]["modelId"] == second != first
    assert "serves tickets-v2" in app.exports()["answer"]
    app.up("--expect-no-changes")

    app.destroy()
    assert len(local.deployments()) == 1, "the app owns no deployment"
    platform.destroy()
    assert local.deployments() == []
