"""Settings that aren't known yet, and keys that change: which key each command uses, and what it shows as changed."""

from __future__ import annotations

import json

from aws_provider.accounts import HEAD, arns, callers, models, names, writes
from engine.stack import DEPLOYMENT
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

ROLE = f"""
{HEAD}
role = aws.iam.Role("deployer", name="deployer", assume_role_policy="{{}}")
assumed = account("assumed", local, assume_roles=[{{"role_arn": role.arn}}])
bedrock.CustomModelDeployment("support-bot", model_arn=models["local"], opts=by(assumed))
found = bedrock.get_custom_model_output("tickets-v1", opts=pulumi.InvokeOptions(provider=assumed))
read = bedrock.CustomModelDeployment.get("read", "by-hand", by(assumed))
pulumi.export("models", [found.model_arn, read.model_arn])
"""


def test_role_of_the_same_program_is_assumed_when_it_exists(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    model = json.loads(stack.config["test:models"])["local"]
    make = local.client("bedrock").create_custom_model_deployment
    make(modelDeploymentName="by-hand", modelArn=model)
    local.clear_requests()
    stack.program(ROLE)
    plan = str(stack.folder / "plan.json")
    stack.pulumi("preview", "--save-plan", plan)
    assert local.requests() == []

    stack.up("--plan", plan)
    assert names(local) == {"by-hand", "support-bot"}
    assert {key[:4] for key, _ in callers(local)} == {"ASIA"}, "the keys of an assumed role"
    assert stack.exports()["models"] == [model, model]
    assert other.requests() == []


ONE_ACCOUNT = f"""
{HEAD}
there = account("there", other, key=settings.require("key"))
bedrock.CustomModelDeployment("a", model_arn=models["other"], opts=by(there))
bedrock.CustomModelDeployment("b", model_arn=models["other"], opts=by(there))
"""
DISABLED = "pulumi:disable-default-providers"
"""Works, as each resource of this program has an explicit provider."""


def test_rotated_key_changes_the_provider_and_no_deployment(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock
) -> None:
    def rotate(key: str) -> None:
        stack.config["test:key"] = key
        other.clear_requests()

    def keys() -> set[str]:
        return {key for key, _ in callers(other)}

    stack.program(ONE_ACCOUNT)
    stack.config[DISABLED] = json.dumps(["*"])
    rotate("AKONE")
    stack.up()
    made = arns(stack)

    rotate("AKTWO")
    assert stack.steps().keys() == {"there", "there-bedrock"}
    assert stack.up("--refresh").changes == {"updated": 2, "unchanged": 4}
    assert keys() == {"AKONE"}, "the refresh comes before the program"

    rotate("AKTHREE")
    stack.refresh("--expect-no-changes")
    assert keys() == {"AKTWO"}
    other.clear_requests()
    assert stack.refresh("--run-program").changes == {"updated": 2, "unchanged": 4}
    assert keys() == {"AKTHREE"}
    assert arns(stack) == made

    rotate("AKFOUR")
    stack.destroy("--run-program")
    assert keys() == {"AKFOUR"}
    assert local.requests() == other.deployments() == []


URN = f"urn:pulumi:dev::engine-test::{DEPLOYMENT}::"


def test_target_brings_its_provider(stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock) -> None:
    """As without a provider, a stack that has only seen `--target` has no identity, and warns of it."""
    stack.program(ONE_ACCOUNT)
    stack.config |= {"test:key": "AKONE", DISABLED: json.dumps(["aws"])}
    assert "the stack has no identity yet, perhaps because of --target" in stack.up("--target", f"{URN}a").text
    first = arns(stack)
    assert (first.keys(), stack.resources(IDENTITY)) == ({"a"}, [])

    stack.config |= {"test:key": "AKTWO", "test:models": json.dumps(models("v2", local, other))}
    other.clear_requests()
    assert stack.up("--target", f"{URN}b").changes["updated"] == 2, "the provider and its host"
    assert arns(stack) == {**first, "b": arns(stack)["b"]}
    assert writes(other) == {("AKTWO", "Create"): 1}

    stack.config["test:key"] = "AKTHREE"
    other.clear_requests()
    stack.destroy()
    assert writes(other) == {("AKTWO", "Delete"): 2}, "without the program, the key in the state is used"
    assert local.requests() == []
