"""Each call lands in the account and Region of the resource's `aws.Provider`, and only there, signed by its key."""

from __future__ import annotations

import json

from aws_provider.accounts import HEAD, STACK_KEY, arns, callers, models, names, writes
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

PROGRAM = f"""
{HEAD}
first = account("first", other, default_tags={{"tags": {{"account": "other"}}}})
second = account("second", local, region="us-west-2")
outer = pulumi.ComponentResource("test:index:Outer", "outer", None, pulumi.ResourceOptions(providers={{"aws": first}}))
inner = pulumi.ComponentResource("test:index:Inner", "inner", None, pulumi.ResourceOptions(parent=outer))

bedrock.CustomModelDeployment("own", model_arn=models["local"])
bedrock.CustomModelDeployment("west", model_arn=models["local-west"], opts=by(second))
explicit = bedrock.CustomModelDeployment("explicit", model_arn=models["other"], opts=by(first))
bedrock.CustomModelDeployment("given", model_arn=models["other"], model_deployment_name="given", opts=by(first))
bedrock.CustomModelDeployment("in-place", model_arn=models["other"], update_in_place=True, opts=by(first))
bedrock.CustomModelDeployment(
    "inherited", model_arn=models["other-west"], region="us-west-2", opts=pulumi.ResourceOptions(parent=inner)
)
bedrock.CustomModelDeployment("adopted", model_arn=settings.require("v1"), opts=by(first, import_="by-hand"))
bedrock.ModelInvocation("asked", model_id=explicit.custom_model_deployment_arn, prompt="Hello", opts=by(first))
read = bedrock.CustomModelDeployment.get("read", "of-others", by(second))
found = bedrock.get_custom_model_deployment("by-hand", opts=pulumi.InvokeOptions(provider=first))
pulumi.export("looked up", [read.model_arn, found.model_arn])
"""
THERE = {"explicit", "given", "in-place", "inherited", "by-hand"}
HERE = {(STACK_KEY, "us-east-1"), ("AKSECOND", "us-west-2")}
ELSEWHERE = {("AKFIRST", "us-east-1"), ("AKFIRST", "us-west-2")}


def test_each_call_lands_in_the_account_of_its_provider_only(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    old = json.loads(stack.config["test:models"])
    for account in (local, other):
        account.set_quota_in_progress(None)
    west = local.client("bedrock", region="us-west-2")
    west.create_custom_model_deployment(modelDeploymentName="of-others", modelArn=old["local-west"])
    other.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="by-hand", modelArn=old["other"], tags=[{"key": "account", "value": "other"}]
    )

    def forget() -> None:
        local.clear_requests()
        other.clear_requests()

    stack.config |= {"test:v1": old["other"], "aws:defaultTags": json.dumps({"tags": {"account": "local"}})}
    stack.program(PROGRAM)
    forget()
    stack.up()
    assert (names(local), names(other)) == ({"own", "west", "of-others"}, THERE)
    assert (callers(local), callers(other)) == (HERE, ELSEWHERE)
    assert writes(local) == {(STACK_KEY, "Create"): 1, ("AKSECOND", "Create"): 1}
    assert writes(other) == {("AKFIRST", "Create"): 4}
    assert {found["tags"].get("account") for found in other.deployments()} == {"other"}
    assert {found["tags"].get("account") for found in local.deployments()} == {"local", None}
    assert stack.exports()["looked up"] == [old["local-west"], old["other"]]
    assert len({each["id"] for each in stack.resources(IDENTITY)}) == 3
    first = arns(stack)

    forget()
    stack.preview("--expect-no-changes")
    assert writes(local) + writes(other) == {}

    new = models("v2", local, other)
    stack.config["test:models"] = json.dumps(new)
    forget()
    stack.up()
    second = arns(stack)
    assert {name for name in first if second[name] == first[name]} == {"in-place", "adopted", "read"}
    assert (names(local), names(other)) == ({"own", "west", "of-others"}, THERE)
    assert (callers(local), callers(other)) == (HERE, ELSEWHERE)
    assert writes(local) == {(key, verb): 1 for key in (STACK_KEY, "AKSECOND") for verb in ("Create", "Delete")}
    assert writes(other) == {("AKFIRST", "Create"): 3, ("AKFIRST", "Delete"): 3, ("AKFIRST", "Update"): 1}
    assert events(other, "explicit", first) == ["Create", "Delete"]
    assert events(other, "given", first) == ["Delete", "Create"]

    forget()
    stack.refresh("--expect-no-changes")
    assert (callers(local), callers(other)) == (HERE, ELSEWHERE)
    assert writes(local) + writes(other) == {}

    forget()
    stack.destroy()
    assert (names(local), names(other)) == ({"of-others"}, set())
    assert (callers(local), callers(other)) == (HERE, ELSEWHERE)
    assert writes(local) == {(STACK_KEY, "Delete"): 1, ("AKSECOND", "Delete"): 1}
    assert writes(other) == {("AKFIRST", "Delete"): 5}


def events(account: LocalBedrock, name: str, old: dict[str, str]) -> list[str]:
    """The create of a deployment and the delete of its predecessor, in their order."""
    return [
        call["operation"].removesuffix("CustomModelDeployment")
        for call in account.requests()
        if call["operation"].startswith(("Create", "Delete"))
        and (call["resource"] == old[name] or str(call["resource"]).startswith(name))
    ]
