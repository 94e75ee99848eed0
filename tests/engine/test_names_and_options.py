"""Names that are made, and Pulumi's own options, on a resource that Pulumi's dynamic host tells little."""

from __future__ import annotations

import re
from typing import Any

from engine.stack import Code, Stack, deployment
from pulumi_bedrock.local import LocalBedrock


def test_logical_name_with_invalid_characters_becomes_valid_name(stack: Stack, local: LocalBedrock, model: str) -> None:
    names = ["Support bot/2 (über)", "a" * 80, "--", "many__dots..here"]
    stack.program("\n".join(f"bedrock.CustomModelDeployment({name!r}, model_arn={model!r})" for name in names))
    stack.up()
    made = {name: stack.outputs(name)["modelDeploymentName"] for name in names}
    assert {item["modelDeploymentName"] for item in local.deployments()} == set(made.values())
    for name, start in zip(names, ["Support-bot-2-ber", "a" * 55, "deployment", "many_dots-here"], strict=True):
        assert re.fullmatch(rf"{start}-[0-9a-f]{{7}}", made[name])
    stack.up("--expect-no-changes")


def test_up_follows_plan_saved_by_preview(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> None:
    plan = str(stack.folder / "plan.json")
    for arn in (model, other_model):
        stack.declare(model_arn=arn, tags={"team": "support"})
        stack.preview("--save-plan", plan)
        stack.up("--plan", plan)
        (live,) = local.deployments()
        assert (stack.resource()["id"], live["modelArn"]) == (live["customModelDeploymentArn"], arn)

    # And it holds up to it: what the plan doesn't have is refused.
    stack.preview("--save-plan", plan)
    stack.declare(model_arn=model, tags={"team": "support"})
    assert "violates plan" in stack.up("--plan", plan, fails=True).text
    assert [item["modelArn"] for item in local.deployments()] == [other_model]


def test_ignore_changes_keeps_deployment(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> None:
    declared: dict[str, Any] = {"model_arn": model, "description": "First line", "tags": {"team": "support"}}
    changes: dict[str, dict[str, Any]] = {
        "model_arn": {"model_arn": other_model},
        "description": {"description": "Second line"},
        "tags": {"tags": {"team": "sales"}},
        'tags["team"]': {"tags": {"team": "sales"}},
        "model_deployment_name": {"model_deployment_name": "given"},
    }
    stack.program("\n".join(deployment(f"d{number}", **declared) for number, _ in enumerate(changes)))
    stack.up()
    before = local.counts()
    changed = [
        deployment(
            f"d{number}",
            **{**declared, **change},
            opts=Code(f"pulumi.ResourceOptions(ignore_changes=[{ignored!r}])"),
        )
        for number, (ignored, change) in enumerate(changes.items())
    ]
    stack.program("\n".join(changed))
    stack.up("--expect-no-changes")
    assert local.counts() == before


def test_rename_with_alias_keeps_deployment(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare("old-name", model_arn=model)
    stack.up()
    arn, name = stack.resource("old-name")["id"], stack.outputs("old-name")["modelDeploymentName"]
    local.clear_requests()
    alias = Code('pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old-name")])')
    stack.declare("new-name", model_arn=model, opts=alias)
    stack.preview("--refresh")  # with the inputs of the state, where the resource has its old name
    assert "replaced" not in stack.up().changes
    stack.declare("new-name", model_arn=model)
    stack.up("--expect-no-changes")
    assert set(local.counts()) <= {"GetCustomModelDeployment", "ListTagsForResource"}
    assert stack.resource("new-name")["id"] == arn
    assert stack.outputs("new-name")["modelDeploymentName"] == name


def test_additional_secret_outputs_are_encrypted(stack: Stack, local: LocalBedrock, model: str) -> None:
    secret = Code('pulumi.ResourceOptions(additional_secret_outputs=["description", "tags"])')
    stack.declare(model_arn=model, description="hush-words", tags={"key": "hush-tag"}, opts=secret)
    stack.up()
    for value in ("hush-words", "hush-tag"):
        assert value not in str(stack.outputs())
    (live,) = local.deployments()
    assert (live["description"], live["tags"]) == ("hush-words", {"key": "hush-tag"})


def test_create_timeout_fails_up_and_keeps_deployment(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.set_activation(manual=True)
    stack.declare(model_arn=model, opts=timeouts(create="1s"))
    error = stack.up(fails=True).error
    assert re.match(
        r'WaitTimeout: deployment "support-bot-[0-9a-f]{7}": still Creating after 1 s; left in place',
        error,
    )
    assert "custom_timeouts create" in error
    (live,) = local.deployments()
    assert live["customModelDeploymentArn"] in error, "what is left is named"
    assert stack.resources() == []


def test_changed_and_removed_timeouts_update_without_aws_call(stack: Stack, local: LocalBedrock, model: str) -> None:
    def program(changed: Code, removed: Code | None) -> str:
        options = {"changed": changed, "removed": removed}
        return "\n".join(deployment(name, model_arn=model, opts=opts) for name, opts in options.items())

    stack.program(program(timeouts(create="5m"), timeouts(delete="1s")))
    stack.up()
    local.clear_requests()
    stack.program(program(timeouts(create="5m", delete="1s"), None))
    assert {name: step["op"] for name, step in stack.steps().items()} == {"changed": "update", "removed": "update"}
    assert stack.up().changes["updated"] == 2
    stack.up("--expect-no-changes")
    assert local.counts() == {}
    assert stack.outputs("changed")["status"] == "Active", "an update keeps all other outputs"

    local.set_deletion(seconds=3)
    error = stack.destroy(fails=True).error
    assert error.startswith(f"WaitTimeout: deployment {stack.resource('changed')['id']}: still exists after 1 s")
    stack.destroy()
    assert stack.resources() == local.deployments() == []


def timeouts(**given: str) -> Code:
    arguments = ", ".join(f"{key}={value!r}" for key, value in given.items())
    return Code(f"pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts({arguments}))")


def test_replacement_of_a_retained_name_is_refused_before_anything_changes(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    more = 'bedrock.ModelInvocation("ask", model_id=deployment.custom_model_deployment_arn, prompt="Hi")'
    retained = Code("pulumi.ResourceOptions(retain_on_delete=True)")
    stack.declare(model_arn=model, model_deployment_name="fixed", opts=retained, more=more)
    stack.up()
    before = stack.resource()["id"], stack.resource("ask")["id"]
    stack.declare(model_arn=model, model_deployment_name="fixed", description="new", opts=retained, more=more)

    for run in (stack.preview(fails=True), stack.up(fails=True)):
        assert any(error.startswith('NameTaken: deployment "fixed": description changed') for error in run.errors)
        assert "Nothing serves" not in run.text
    assert (stack.resource()["id"], stack.resource("ask")["id"]) == before

    stack.declare(model_arn=model, model_deployment_name="fixed", more=more)
    stack.up()
    stack.declare(model_arn=model, model_deployment_name="fixed", description="new", more=more)
    stack.up()
    assert [live["description"] for live in local.deployments()] == ["new"]


TRANSFORM = """
def add_tag(args):
    props = {**args.props}
    for name in KEYS:
        props[name] = {**(props.get(name) or {}), "cost-center": "42"}
    return pulumi.ResourceTransformResult(props=props, opts=args.opts)

pulumi.runtime.register_resource_transform(lambda args: add_tag(args) if "bedrock:Custom" in args.type_ else None)
"""


def test_tag_that_a_transform_adds_reaches_aws_or_is_refused(stack: Stack, local: LocalBedrock, model: str) -> None:
    declared = deployment("support-bot", model_arn=model, tags={"team": "support"})

    stack.program(TRANSFORM.replace("KEYS", '("tags",)') + declared)
    run = stack.preview(fails=True)
    assert 'tags["cost-center"]: a transform or ignore_changes has changed tags alone' in run.text
    assert local.deployments() == []

    stack.program(TRANSFORM.replace("KEYS", '("tags", "tagsAll")') + declared)
    stack.up()
    assert [live["tags"] for live in local.deployments()] == [{"team": "support", "cost-center": "42"}]
    stack.up("--refresh", "--expect-no-changes")
