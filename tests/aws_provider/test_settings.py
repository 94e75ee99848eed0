"""Settings that aren't known yet, and keys that change: which key each command uses, and what it shows as changed."""

from __future__ import annotations

import json

import pytest
from aws_provider.accounts import HEAD, arns, callers, models, writes
from engine.stack import DEPLOYMENT
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import IDENTITY, ScenarioStack

PROGRAM = f"""
{HEAD}
role = aws.iam.Role("deployer", name="deployer", assume_role_policy="{{}}")
assumed = account("assumed", local, assume_roles=[{{"role_arn": role.arn}}])
keyed = account("keyed", other, key=settings.require("key"))
bedrock.CustomModelDeployment("by-role", model_arn=models["local"], opts=by(assumed))
bedrock.CustomModelDeployment("by-key", model_arn=models["other"], opts=by(keyed))
found = bedrock.get_custom_model_output("tickets-v1", opts=pulumi.InvokeOptions(provider=assumed))
pulumi.export("found", found.model_arn)
"""
ROTATED = {"keyed": "update", "keyed-bedrock": "update"}


def test_unknown_role_and_rotated_keys(stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock) -> None:
    def keys() -> set[str]:
        """The keys that have signed calls to the other account since the last time."""
        found = {key for key, _ in callers(other)}
        other.clear_requests()
        return found

    stack.program(PROGRAM)
    stack.config["test:key"] = "AKONE"
    plan = str(stack.folder / "plan.json")
    stack.pulumi("preview", "--save-plan", plan)
    assert local.requests() == other.requests() == [], "a preview calls nothing as a role that doesn't exist yet"

    stack.up("--plan", plan)
    made = arns(stack)
    assert (writes(local).total(), len(local.deployments()), len(other.deployments())) == (1, 1, 1)
    assert {key[:4] for key, _ in callers(local)} == {"ASIA"}, "the keys of an assumed role"
    assert keys() == {"AKONE"}
    assert stack.exports()["found"] == json.loads(stack.config["test:models"])["local"]

    stack.config["test:key"] = "AKTWO"
    assert {name: step["op"] for name, step in stack.steps().items()} == ROTATED
    other.clear_requests()
    assert stack.up("--refresh", "--run-program").changes["updated"] == 2
    assert keys() == {"AKTWO"}

    stack.config["test:key"] = "AKTHREE"
    stack.refresh("--expect-no-changes")
    assert keys() == {"AKTWO"}, "without the program, the key in the state is used"
    assert stack.refresh("--run-program").changes["updated"] == 2
    assert keys() == {"AKTHREE"}
    assert arns(stack) == made

    stack.config["test:key"] = "AKFOUR"
    stack.destroy("--run-program")
    assert keys() == {"AKFOUR"}
    assert local.deployments() == other.deployments() == []


ONE_ACCOUNT = f"""
{HEAD}
there = account("there", other, key=settings.require("key"))
bedrock.CustomModelDeployment("a", model_arn=models["other"], opts=by(there))
bedrock.CustomModelDeployment("b", model_arn=models["other"], opts=by(there))
"""
TARGET = f"urn:pulumi:dev::engine-test::{DEPLOYMENT}::a"


def test_target_brings_its_provider(stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock) -> None:
    """As without a provider, the first `up` of a stack with `--target` warns that it has no identity."""
    stack.program(ONE_ACCOUNT)
    stack.config["test:key"] = "AKONE"
    assert "the stack has no identity yet, perhaps because of --target" in stack.up("--target", TARGET).text
    assert (set(arns(stack)), stack.resources(IDENTITY)) == ({"a"}, [])
    stack.up()
    before = arns(stack)

    stack.config |= {"test:key": "AKTWO", "test:models": json.dumps(models("v2", local, other))}
    other.clear_requests()
    changes = stack.up("--target", TARGET).changes
    assert (changes["updated"], changes["replaced"]) == (2, 1), "the rotated provider with its host; the target"
    after = arns(stack)
    assert (after["a"] != before["a"], after["b"]) == (True, before["b"])
    assert writes(other) == {("AKTWO", "Create"): 1, ("AKTWO", "Delete"): 1}

    stack.config["test:key"] = "AKTHREE"
    other.clear_requests()
    stack.destroy()
    assert writes(other) == {("AKTWO", "Delete"): 2}, "without the program, the key in the state is used"
    assert local.requests() == []


@pytest.mark.parametrize("disabled", ["aws", "*"])
def test_default_providers_can_be_disabled(
    stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock, disabled: str
) -> None:
    stack.program(ONE_ACCOUNT)
    stack.config |= {"test:key": "AKONE", "pulumi:disable-default-providers": json.dumps([disabled])}
    stack.up()
    assert writes(other) == {("AKONE", "Create"): 2}
    assert local.requests() == []
