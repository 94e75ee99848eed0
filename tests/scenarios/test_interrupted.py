"""Cut off while it waits: by a kill, a crash, Ctrl-C or expired credentials. The next `up` goes on where it was."""

from __future__ import annotations

import os
import signal

import pytest
from engine.stack import Run
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.invariant import MARK
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import IDENTITY, ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")


def waiting(stack: ScenarioStack, local: LocalBedrock) -> tuple[Running, str]:
    """An `up` that waits for a deployment, which won't be Active before the test says so; and its ARN."""
    local.set_activation(manual=True)
    running = stack.start()
    running.says("Creating, waiting for Active")
    (made,) = [item for item in local.deployments() if item["status"] == "Creating"]
    return running, made["customModelDeploymentArn"]


def next_up_finishes(stack: ScenarioStack, local: LocalBedrock, arn: str) -> Run:
    """The next `up` goes on with this very deployment, and asks for no other."""
    creates = local.counts()["CreateCustomModelDeployment"]
    local.set_activation(seconds=0)
    run = stack.up()
    assert "resuming the create that an earlier run started" in run.text
    assert local.counts()["CreateCustomModelDeployment"] == creates
    is_all_there_is(stack, local, arn)
    return run


def is_all_there_is(stack: ScenarioStack, local: LocalBedrock, arn: str) -> None:
    """One deployment, Active, in the state, and no longer marked as unfinished."""
    (only,) = local.deployments()
    assert (only["customModelDeploymentArn"], only["status"]) == (arn, "Active")
    assert MARK not in only["tags"]
    assert stack.resource()["id"] == arn
    stack.up("--expect-no-changes")


@scenario(
    "The provider's process is killed (`kill -9`) while it waits",
    "`up` fails; the deployment keeps its mark. The next `up` finds it by that and waits on.",
)
def test_killed_host_is_resumed_by_next_up(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    running, arn = waiting(stack, local)
    os.kill(running.host().pid, signal.SIGKILL)
    assert running.finish().code != 0
    next_up_finishes(stack, local, arn)


@scenario(
    "The Pulumi CLI is killed (`kill -9`) while it waits; its provider lives on until the deployment is `Active`",
    "The provider ends itself without finishing what nobody would record. After `pulumi cancel` (the CLI left its "
    "lock), the next `up` takes the deployment over.",
)
def test_killed_cli_is_resumed_by_next_up(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    running, arn = waiting(stack, local)
    local.add_fault(kind="delay", seconds=1.5, count=1)
    eventually(lambda: not local.faults(), "a look at the deployment")
    local.set_status(arn, "Active")
    local.add_fault(kind="delay", seconds=4, count=1)
    eventually(lambda: not local.faults(), "the look that will be answered with Active")
    host = running.kill()
    assert alive(host), "it is waiting for AWS's answer: Active"
    eventually(lambda: not alive(host), "the host's end")
    (left,) = local.deployments()
    assert (left["status"], MARK in left["tags"]) == ("Active", True)
    assert "UntagResource" not in local.counts()
    stack.pulumi("cancel", "--yes")
    next_up_finishes(stack, local, arn)


@scenario(
    "Killed while it waits, then the inputs change",
    "The next `up` removes what was begun for the old inputs and makes the new one.",
)
@pytest.mark.parametrize("name", [None, "fixed"])
def test_changed_inputs_after_kill_delete_unfinished_deployment(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, name: str | None
) -> None:
    stack.declare(model_arn=model, model_deployment_name=name)
    running, old = waiting(stack, local)
    os.kill(running.host().pid, signal.SIGKILL)
    assert running.finish().code != 0
    local.set_activation(seconds=0)
    stack.declare(model_arn=other_model, model_deployment_name=name)
    assert "left by an interrupted run, no longer matches the inputs; deleting it" in stack.up().text
    (new,) = local.deployments()
    assert (new["customModelDeploymentArn"] != old, new["modelArn"]) == (True, other_model)
    is_all_there_is(stack, local, new["customModelDeploymentArn"])


@scenario(
    "Ctrl-C, once, while it waits",
    "The engine lets the wait go on to its end and records the deployment; nothing to repair.",
)
def test_one_ctrl_c_finishes_create(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    running, arn = waiting(stack, local)
    running.interrupt()
    running.says("^C received")
    local.set_activation(seconds=0)
    assert running.finish().code != 0
    assert stack.recorded == {arn}
    is_all_there_is(stack, local, arn)


@scenario(
    "Credentials expire while it waits",
    "`up` fails, says to sign in again, and names the deployment, which keeps its mark. The next `up` waits on.",
)
def test_expired_credentials_while_waiting_are_resumed_by_next_up(
    stack: ScenarioStack, local: LocalBedrock, model: str
) -> None:
    stack.declare(model_arn=model)
    running, arn = waiting(stack, local)
    local.add_fault(error="ExpiredTokenException", message="The security token included in the request is expired")
    run = running.finish()
    assert run.error.startswith("CredentialsExpired: ")
    assert "The security token included in the request is expired. Sign in again" in run.error
    assert arn in run.error
    local.clear_faults()
    next_up_finishes(stack, local, arn)


@scenario(
    "Killed while a replacement waits",
    "The old deployment still serves. The next `up` goes on with the new one, and only then deletes the old one.",
)
def test_kill_during_replacement_keeps_old_deployment(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    (old,) = stack.recorded
    stack.declare(model_arn=other_model)
    running, new = waiting(stack, local)
    os.kill(running.host().pid, signal.SIGKILL)
    assert running.finish().code != 0
    assert stack.recorded == {old}
    assert {item["customModelDeploymentArn"] for item in local.deployments()} == {old, new}
    next_up_finishes(stack, local, new)


@scenario(
    "Killed while it waits, then `destroy`",
    "What was begun is the stack's, by its mark: `destroy` deletes it too, or names it with the command that does.",
)
def test_destroy_after_kill_names_unfinished_deployment(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    running, arn = waiting(stack, local)
    os.kill(running.host().pid, signal.SIGKILL)
    assert running.finish().code != 0
    local.set_activation(seconds=0)
    screen = stack.destroy().text
    assert stack.resources(IDENTITY) == []
    left = [item["customModelDeploymentArn"] for item in local.deployments()]
    assert left == [] or f"--custom-model-deployment-identifier {arn}" in screen, screen
