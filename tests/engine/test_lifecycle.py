"""A deployment's life: made, left alone, gone behind Pulumi's back, destroyed."""

from __future__ import annotations

import re

from engine.stack import Stack, deployment
from engine.witness import Witness
from pulumi_bedrock.local import LocalBedrock

GETTERS = """
pulumi.export("all", {
    "name": deployment.model_deployment_name,
    "model": deployment.model_arn,
    "description": deployment.description,
    "tags": deployment.tags,
    "tags_all": deployment.tags_all,
    "token": deployment.client_request_token,
    "region": deployment.region,
    "status": deployment.status,
    "created_at": deployment.created_at,
})
"""


def test_create_stores_every_input_and_output(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model, description="First line", tags={"team": "support"}, more=GETTERS)

    stack.preview()
    assert local.counts() == {}, "a preview asks AWS nothing"
    assert stack.up().changes["created"] >= 2

    (live,) = local.deployments()
    name, arn = live["modelDeploymentName"], live["customModelDeploymentArn"]
    assert re.fullmatch(r"support-bot-[0-9a-f]{7}", name)
    assert (live["status"], live["modelArn"]) == ("Active", model)
    assert (live["description"], live["tags"]) == ("First line", {"team": "support"})

    state = stack.resource()
    assert state["id"] == arn == stack.exports()["customModelDeploymentArn"]
    inputs = {
        "modelArn": model,
        "description": "First line",
        "tags": {"team": "support"},
        "region": "us-east-1",
    }
    expected = {
        **inputs,
        "tagsAll": {"team": "support"},
        "modelDeploymentName": name,
        "customModelDeploymentArn": arn,
        "status": "Active",
    }
    assert {key: state["outputs"].get(key) for key in expected} == expected
    assert {key: state["inputs"].get(key) for key in inputs} == inputs
    assert "modelDeploymentName" not in state["inputs"], "a made name is no input"
    exported = stack.exports()["all"]
    assert exported.pop("created_at") == state["outputs"]["createdAt"]
    assert exported == {
        "name": name,
        "model": model,
        "description": "First line",
        "tags": {"team": "support"},
        "tags_all": {"team": "support"},
        "token": None,
        "region": "us-east-1",
        "status": "Active",
    }


def test_unchanged_program_shows_no_diff_and_calls_nothing(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model, description="First line", tags={"team": "support", "app": "bot"})
    stack.up()
    before = stack.resource()
    local.clear_requests()

    # The same tags in boto3's form, and in another order.
    listed = [{"key": "team", "value": "support"}, {"key": "app", "value": "bot"}]
    stack.declare(model_arn=model, description="First line", tags=listed)
    assert list(stack.up("--expect-no-changes").changes) == ["unchanged"]
    assert local.counts() == {}

    stack.up("--refresh", "--expect-no-changes")
    assert not {call for call in local.counts() if not call.startswith(("Get", "List"))}
    after = stack.resource()
    assert (after["inputs"], after["outputs"]) == (before["inputs"], before["outputs"])


def test_deployment_deleted_in_aws_is_created_again_after_refresh(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    first = stack.resource()["id"]

    _delete(local, first)
    assert stack.refresh().changes["deleted"] == 1
    assert stack.resources() == []
    stack.up()
    (live,) = local.deployments()
    assert live["customModelDeploymentArn"] == stack.resource()["id"] != first


def test_destroy_deletes_everything(stack: Stack, local: LocalBedrock, model: str, witness: Witness) -> None:
    stack.declare(model_arn=model, more=f'bedrock.CustomModelDeployment("second", model_arn={model!r})')
    stack.up()
    assert len(local.deployments()) == len(stack.resources()) == 2
    local.set_deletion(seconds=0.5)

    stack.destroy()
    assert local.deployments() == [], "the command ends when the deployments are gone, not when they are going"
    assert stack.resources() == []
    assert witness.events == ["create", "create", "delete", "delete"]


def test_args_class_declares_same_deployment(stack: Stack, local: LocalBedrock, model: str) -> None:
    args = f"bedrock.CustomModelDeploymentArgs(model_arn={model!r}, description='First line')"
    forms = [f"{args}, pulumi.ResourceOptions()", f"args={args}", f"model_arn={model!r}, description='First line'"]
    stack.program("\n".join(f"bedrock.CustomModelDeployment('d{n}', {form})" for n, form in enumerate(forms)))
    stack.up()
    assert [(live["modelArn"], live["description"]) for live in local.deployments()] == [(model, "First line")] * 3
    first, *others = (set(stack.resource(f"d{n}")["inputs"]) for n in range(3))
    assert others == [first, first]


def test_refresh_before_delete_does_not_keep_what_program_removed(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    """A refresh calls `diff` with the inputs in the state, also for what the program no longer declares."""
    stack.program("\n".join(deployment(name, model_arn=model) for name in ("stays", "goes")))
    stack.up()
    stack.declare("stays", model_arn=model)
    stack.up("--refresh")
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [stack.resource("stays")["id"]]

    stack.destroy("--refresh")
    assert local.deployments() == []


def _delete(local: LocalBedrock, arn: str) -> None:
    local.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
