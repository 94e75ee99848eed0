"""A stack has no next `up` that would resume an interrupted create: `pulumi-bedrock-orphans` finds what is left."""

from __future__ import annotations

import os

import pytest
from botocore import xform_name
from engine.stack import Code, deployment
from examples.conftest import STAND_IN
from pulumi_bedrock.local import LocalBedrock
from scenarios.orphans import orphans
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both, of_custom_models

_WEST = """\
import pulumi_aws as aws

west = aws.Provider(
    "west",
    region="us-west-2",
    access_key="AKIAWEST",
    secret_key=pulumi.Output.secret("a-key"),
    skip_metadata_api_check=True,
)
"""

pytestmark = pytest.mark.usefixtures("nothing_lost")


@both
def test_unfinished_one_of_killed_run_is_listed_and_deleted(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack, "kept")
    stack.up()
    kept = stack.resource("kept")["id"]
    subject.declare(stack, "kept", more=subject.declared("lost"))
    subject.set_creation(manual=True)
    stack.kill_host_of_up()
    (lost,) = subject.arns() - {kept}

    listed = orphans(stack)
    assert listed.returncode == 1, listed.stderr
    assert lost in listed.stdout and kept not in listed.stdout
    assert "engine-test/dev/lost" in listed.stdout
    assert "Not proven" not in listed.stdout

    assert orphans(stack, "--delete").returncode == 1  # nobody is there to say yes
    assert len(subject.live()) == 2
    local.set_status(lost, "Active")  # AWS deletes none that is Creating
    deleted = orphans(stack, "--delete", "--yes")
    assert deleted.returncode == 0, deleted.stderr
    assert subject.arns() == {kept}
    assert orphans(stack).returncode == 0


def test_unfinished_deployment_of_an_aws_provider_is_listed_and_deleted(
    stack: ScenarioStack, local: LocalBedrock
) -> None:
    stack.environment["PATH"] = os.pathsep.join([str(STAND_IN), stack.environment["PATH"]])
    model = local.create_custom_model("tickets", region="us-west-2")

    def declare(*names: str) -> None:
        made = (deployment(name, model_arn=model, opts=Code("pulumi.ResourceOptions(provider=west)")) for name in names)
        stack.program("\n".join([_WEST, *made]))

    declare("kept")
    stack.up()
    (kept,) = stack.held
    declare("kept", "lost")
    local.set_activation(manual=True)
    stack.kill_host_of_up()
    (lost,) = {item["customModelDeploymentArn"] for item in local.deployments()} - {kept}
    local.set_status(lost, "Active")  # AWS deletes none that is Creating

    encrypted = orphans(stack)
    assert (encrypted.returncode, encrypted.stdout) == (2, "")
    assert "aws.Provider west was not searched: the state holds aws:accessKey, aws:secretKey" in encrypted.stderr

    export = stack.folder / "export.json"
    stack.pulumi("stack", "export", "--show-secrets", "--file", str(export))
    deleted = orphans(stack, str(export), "--delete", "--yes")
    assert deleted.returncode == 0, deleted.stderr
    assert "engine-test/dev/lost" in deleted.stdout and "Not proven" not in deleted.stdout
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [kept]
    keys = {call["accessKeyId"] for call in local.requests() if call["operation"] == "DeleteCustomModelDeployment"}
    assert keys == {"AKIAWEST"}


@both
def test_unfinished_one_after_destroy_is_listed_as_unproven(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    subject.set_creation(manual=True)
    stack.kill_host_of_up()
    lost = subject.only().arn
    stack.destroy()

    listed = orphans(stack, "--delete", "--yes")

    assert listed.returncode == 1
    assert "Not proven to be this stack's" in listed.stdout
    command = xform_name(subject.kind.delete, "-")
    assert f"aws bedrock {command} --region us-east-1 {subject.deletes(lost)}" in listed.stdout
    assert subject.arns() == {lost}
    local.set_status(lost, "Active")  # AWS deletes none that is Creating
    subject.delete(lost)


@scenario(
    "A create is interrupted, and `destroy --exclude-protected` deletes the StackIdentity while a protected deployment "
    "stays",
    "`pulumi-bedrock-orphans` still proves the unfinished deployment, by the identity in the state of the protected "
    "one.",
)
def test_unfinished_deployment_after_destroy_of_unprotected_is_listed_and_deleted(
    stack: ScenarioStack, local: LocalBedrock, model: str
) -> None:
    kept = deployment("kept", model_arn=model, opts=Code("pulumi.ResourceOptions(protect=True)"))
    stack.program(kept)
    stack.up()
    (protected,) = stack.held
    stack.program(f"{kept}\n{deployment('lost', model_arn=model)}")
    local.set_activation(manual=True)
    stack.kill_host_of_up()
    (lost,) = {item["customModelDeploymentArn"] for item in local.deployments()} - {protected}
    local.set_status(lost, "Active")
    stack.destroy("--exclude-protected")
    assert (stack.identity, stack.held) == (None, [protected])

    listed = orphans(stack)
    assert (listed.returncode, lost in listed.stdout) == (1, True)
    assert "Not proven" not in listed.stdout

    deleted = orphans(stack, "--delete", "--yes")
    assert deleted.returncode == 0, deleted.stdout + deleted.stderr
    assert [item["customModelDeploymentArn"] for item in local.deployments()] == [protected]


@scenario(
    "`up` is killed while a deployment of the stack's custom model is `Creating`, and `destroy` follows",
    "The unfinished deployment uses the model, so `destroy` fails after its timeout, and names it. "
    "`pulumi-bedrock-orphans --delete` deletes the deployment; the next `destroy` deletes the model.",
)
@of_custom_models
def test_unfinished_deployment_keeps_its_model_until_it_is_deleted(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete='2s'))")
    more = "bedrock.CustomModelDeployment('support-bot', model_arn=resource.model_arn)"
    subject.declare(stack, more=more, opts=short)
    local.set_activation(manual=True)
    stack.kill_host_of_up()
    (model,) = stack.recorded
    [left] = local.deployments()
    local.set_status(left["customModelDeploymentArn"], "Active")

    failed = stack.destroy(fails=True)

    assert failed.error == (
        f"WaitTimeout: custom model {model}: still exists after 2 s; AWS has not accepted the deletion, since it is in "
        f"use by {left['modelDeploymentName']}. Delete what uses it, then run the command again."
    )
    assert "this stack created it and never finished it" in failed.text
    assert stack.recorded == {model} == subject.arns()
    deleted = orphans(stack, "--delete", "--yes")
    assert deleted.returncode == 0, deleted.stderr
    assert local.deployments() == []
    stack.destroy()
    assert (subject.arns(), stack.recorded) == (set(), set())
