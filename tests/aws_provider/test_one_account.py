"""Several hosts of one account: two providers, or a provider and the stack's own configuration."""

from __future__ import annotations

from typing import Any

from aws_provider.accounts import HEAD, arns, callers, names, writes
from engine.stack import DEPLOYMENT, INVOCATION
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

TWO = f"""
{HEAD}
one, two = (account(name, other) for name in ("one", "two"))
for name, provider in zip("abcd", (one, two, one, two)):
    bedrock.CustomModelDeployment(name, model_arn=models["other"], opts=by(provider))
"""


def test_hosts_of_one_account_wait_for_each_other_s_slots(stack: ScenarioStack, other: LocalBedrock) -> None:
    other.set_quota_in_progress(1)
    other.set_activation(seconds=0.5)
    stack.program(TWO)

    assert "waiting for a slot" in stack.up().text

    assert names(other) == {*"abcd"}
    assert {found["status"] for found in other.deployments()} == {"Active"}
    assert writes(other) == {("AKONE", "Create"): 2, ("AKTWO", "Create"): 2}


MOVED = f"""
{HEAD}
mine = {{"aws": account("mine", local)}} if settings.get_bool("moved") else {{}}
site = pulumi.ComponentResource("test:index:Site", "site", None, pulumi.ResourceOptions(providers=mine))
below = pulumi.ResourceOptions(parent=site)
bot = bedrock.CustomModelDeployment("support-bot", model_arn=models["local"], opts=below)
bedrock.ModelInvocation("asked", model_id=bot.custom_model_deployment_arn, prompt="Hello", opts=below)
"""


def test_stack_that_moves_to_a_provider_changes_no_deployment(stack: ScenarioStack, local: LocalBedrock) -> None:
    """It is a stack of an earlier version, whose component had an `aws.Provider` that was only compared."""

    def as_an_earlier_version(resources: list[dict[str, Any]]) -> None:
        for each in resources:
            if each["type"] in (DEPLOYMENT, INVOCATION):
                for held in ("inputs", "outputs"):
                    each[held]["__inheritedProvider"] = True

    stack.program(MOVED)
    stack.up()
    stack.rewrite(as_an_earlier_version)
    before = arns(stack)
    stack.config["test:moved"] = "true"
    local.clear_requests()

    steps = {(step["op"], name) for name, step in stack.steps().items()}
    assert steps == {("create", "mine"), ("create", "mine-bedrock"), ("delete", "pulumi-bedrock")}
    stack.up()
    assert (arns(stack), len(stack.resources(IDENTITY))) == (before, 1)
    assert writes(local) == {}
    assert "Converse" not in local.counts()
    (deployment,) = stack.resources(DEPLOYMENT)
    assert "::mine-bedrock::" in deployment["provider"]

    local.clear_requests()
    stack.destroy()
    assert callers(local) == {("AKMINE", "us-east-1")}
    assert (local.deployments(), stack.resources()) == ([], [])


MADE = f"""
{HEAD}
there = by(account("there", other))
model = bedrock.CustomModel("support-bot", there, role_arn="arn:aws:iam::123456789012:role/b", s3_uri="s3://escrow/job/")
bedrock.CustomModelDeployment("support-bot", there, model_arn=model.model_arn)
"""


def test_custom_model_is_made_and_deleted_where_its_provider_says(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    stack.program(MADE)
    stack.up()
    (made,) = (found["modelArn"] for found in other.custom_models() if found["modelName"].startswith("support-bot-"))
    assert [found["modelArn"] for found in other.deployments()] == [made]
    stack.destroy()
    assert made not in {found["modelArn"] for found in other.custom_models()}
    assert callers(other) == {("AKTHERE", "us-east-1")}
    assert callers(local) == set()
