"""Changed outside of Pulumi: refresh shows it, and the next up makes it again what the program says."""

from __future__ import annotations

from engine.stack import Stack, deployment
from moto.core import DEFAULT_ACCOUNT_ID
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.models import bedrock_backends

NAMES = ("model", "description", "tags", "removed")


def test_refresh_shows_drift_of_model_description_and_tags(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    declared = {"model_arn": model, "description": "First line", "tags": {"team": "support"}}
    stack.program("\n".join(deployment(name, **declared) for name in NAMES))
    stack.up()
    old = {name: stack.resource(name)["id"] for name in NAMES}
    bedrock = local.client("bedrock")
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=old["model"], modelArn=other_model)
    _describe(old["description"], "Someone was here")
    bedrock.tag_resource(
        resourceARN=old["tags"], tags=[{"key": "team", "value": "sales"}, {"key": "added", "value": "x"}]
    )
    _describe(old["removed"], None)
    bedrock.untag_resource(resourceARN=old["removed"], tagKeys=["team"])

    # Without refresh, Pulumi doesn't look.
    assert "to replace" not in stack.preview().changes
    found = stack.refresh()
    assert found.changes["updated"] == 4
    assert f'"{model}" => "{other_model}"' in found.text
    assert '"First line" => "Someone was here"' in found.text
    assert '"support" => "sales"' in found.text
    for held in ("inputs", "outputs"):
        assert stack.resource("model")[held]["modelArn"] == other_model
        assert stack.resource("description")[held]["description"] == "Someone was here"
        assert stack.resource("tags")[held]["tagsAll"] == {"team": "sales", "added": "x"}
        assert {"description", "tags", "tagsAll"}.isdisjoint(stack.resource("removed")[held])

    reasons = {name: set(step["replaceReasons"]) for name, step in stack.steps().items()}
    assert reasons == {
        "model": {"modelArn"},
        "description": {"description"},
        "tags": {"tags", "tagsAll"},
        "removed": {"description", "tags", "tagsAll"},
    }
    stack.up()
    live = {item["customModelDeploymentArn"]: item for item in local.deployments()}
    assert set(live) == {stack.resource(name)["id"] for name in NAMES}
    assert set(live).isdisjoint(old.values())
    for item in live.values():
        assert (item["modelArn"], item["description"], item["tags"]) == (
            model,
            "First line",
            {"team": "support"},
        )
    stack.up("--refresh", "--expect-no-changes")


def test_up_with_refresh_corrects_drift_in_one_run(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model, model_deployment_name="fixed")
    stack.up()
    first = stack.resource()["id"]
    local.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=first, modelArn=other_model)
    assert stack.up("--refresh").changes["replaced"] == 1
    (live,) = local.deployments()
    assert (live["modelArn"], live["modelDeploymentName"]) == (model, "fixed")
    assert live["customModelDeploymentArn"] == stack.resource()["id"] != first


def _describe(arn: str, description: str | None) -> None:
    """Change what no operation of the API's changes."""
    region = arn.split(":")[3]
    bedrock_backends[DEFAULT_ACCOUNT_ID][region].deployments.by_arn[arn].description = description
