"""Each call lands in the account and Region of the resource's `aws.Provider`, and only there, signed by its key."""

from __future__ import annotations

import json
from typing import Any

from aws_provider.accounts import HEAD, STACK_KEY, arns, callers, models, names, writes
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

PROGRAM = f"""
{HEAD}
first = account("first", other, default_tags={{"tags": {{"account": "other"}}}})
moved = settings.get_bool("moved")
second = account("third", other, region="us-west-2") if moved else account("second", local, region="us-west-2")
outer = pulumi.ComponentResource("test:index:Outer", "outer", None, pulumi.ResourceOptions(providers={{"aws": first}}))
inner = pulumi.ComponentResource("test:index:Inner", "inner", None, pulumi.ResourceOptions(parent=outer))

bedrock.CustomModelDeployment("own", model_arn=models["local"])
bedrock.CustomModelDeployment("west", model_arn=models["other-west" if moved else "local-west"], opts=by(second))
explicit = bedrock.CustomModelDeployment("explicit", model_arn=models["other"], opts=by(first))
bedrock.CustomModelDeployment("given", model_arn=models["other"], model_deployment_name="given", opts=by(first))
bedrock.CustomModelDeployment("in-place", model_arn=models["other"], update_in_place=True, opts=by(first))
bedrock.CustomModelDeployment(
    "inherited", model_arn=models["other-west"], region="us-west-2", opts=pulumi.ResourceOptions(parent=inner)
)
bedrock.CustomModelDeployment("adopted", model_arn=settings.require("v1"), opts=by(first, import_="by-hand"))
bedrock.ModelInvocation("asked", model_id=explicit.custom_model_deployment_arn, prompt="Hello", opts=by(first))
read = bedrock.CustomModelDeployment.get("read", "of-others", by(first))
found = bedrock.get_custom_model_deployment("by-hand", opts=pulumi.InvokeOptions(provider=first))
pulumi.export("looked up", [read.model_arn, found.model_arn])
"""
OWN, SECOND, THIRD = (STACK_KEY, "us-east-1"), ("AKSECOND", "us-west-2"), ("AKTHIRD", "us-west-2")
FIRST = {("AKFIRST", "us-east-1"), ("AKFIRST", "us-west-2")}


def test_each_call_lands_in_the_account_of_its_provider_only(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    def forget() -> None:
        local.clear_requests()
        other.clear_requests()

    old = json.loads(stack.config["test:models"])
    make_by_hand(other, old["other"])
    local.set_quota_in_progress(None)
    stack.config |= {"test:v1": old["other"], "aws:defaultTags": json.dumps({"tags": {"account": "local"}})}
    stack.program(PROGRAM)
    forget()
    stack.up()
    first = arns(stack)
    theirs = {"explicit", "given", "in-place", "inherited", "by-hand", "of-others"}
    assert (names(local), names(other)) == ({"own", "west"}, theirs)
    assert (callers(local), callers(other)) == ({OWN, SECOND}, FIRST)
    assert writes(local) == {(STACK_KEY, "Create"): 1, ("AKSECOND", "Create"): 1}
    assert writes(other) == {("AKFIRST", "Create"): 4}
    assert tags(local) == {"own": "local", "west": None}
    assert tags(other) == dict.fromkeys(theirs, "other") | {"of-others": None}
    assert stack.exports()["looked up"] == [old["other"], old["other"]]
    assert len({each["id"] for each in stack.resources(IDENTITY)}) == 3

    forget()
    stack.preview("--expect-no-changes")
    assert writes(local) + writes(other) == {}

    # A deployment moves to another account with a provider of another name.
    stack.config |= {"test:models": json.dumps(models("v2", local, other)), "test:moved": "true"}
    forget()
    stack.up()
    second = arns(stack)
    assert {name for name in first if second[name] == first[name]} == {"in-place", "adopted", "read"}
    assert (names(local), names(other)) == ({"own"}, {*theirs, "west"})
    assert (callers(local), callers(other)) == ({OWN, SECOND}, {*FIRST, THIRD})
    assert writes(local) == {(STACK_KEY, "Create"): 1, (STACK_KEY, "Delete"): 1, ("AKSECOND", "Delete"): 1}
    changes = {("AKFIRST", "Create"): 3, ("AKFIRST", "Delete"): 3, ("AKFIRST", "Update"): 1}
    assert writes(other) == {**changes, ("AKTHIRD", "Create"): 1}
    assert order(other, "explicit", first) == ["Create", "Delete"]
    assert order(other, "given", first) == ["Delete", "Create"]

    forget()
    stack.refresh("--expect-no-changes")
    assert (callers(local), callers(other)) == ({OWN}, {*FIRST, THIRD})
    assert writes(local) + writes(other) == {}

    forget()
    stack.destroy()
    assert (names(local), names(other)) == (set(), {"of-others"})
    assert (callers(local), callers(other)) == ({OWN}, {*FIRST, THIRD})
    assert writes(local) == {(STACK_KEY, "Delete"): 1}
    assert writes(other) == {("AKFIRST", "Delete"): 5, ("AKTHIRD", "Delete"): 1}


def make_by_hand(account: LocalBedrock, model: str) -> None:
    """Make a deployment to adopt, and one to read."""
    account.set_quota_in_progress(None)
    make = account.client("bedrock").create_custom_model_deployment
    make(modelDeploymentName="by-hand", modelArn=model, tags=[{"key": "account", "value": "other"}])
    make(modelDeploymentName="of-others", modelArn=model)


def tags(account: LocalBedrock) -> dict[str, Any]:
    """The tag `account` of each deployment, by the names of `names`."""
    return {name: found["tags"].get("account") for name in names(account) for found in named(account, name)}


def named(account: LocalBedrock, name: str) -> list[dict[str, Any]]:
    """The deployments whose name begins so."""
    return [found for found in account.deployments() if found["modelDeploymentName"].startswith(name)]


def order(account: LocalBedrock, name: str, old: dict[str, str]) -> list[str]:
    """The create of a deployment and the delete of its predecessor, in their order."""
    return [
        call["operation"].removesuffix("CustomModelDeployment")
        for call in account.requests()
        if call["operation"].startswith(("Create", "Delete"))
        and (call["resource"] == old[name] or str(call["resource"]).startswith(name))
    ]
