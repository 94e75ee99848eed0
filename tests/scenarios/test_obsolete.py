"""An interrupted create, then other inputs: the obsolete deployment is deleted, and the new one is never lost."""

from __future__ import annotations

import pytest
from engine.stack import Code, Run
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.invariant import MARK
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")

CREATE, DELETE, UNTAG = "CreateCustomModelDeployment", "DeleteCustomModelDeployment", "UntagResource"


def timed_out(stack: ScenarioStack, local: LocalBedrock, model: str) -> str:
    """Let a create time out, and its deployment become `Active` later; return the ARN."""
    local.add_fault(kind="activation", operation=CREATE, outcome="never", count=1)
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='2s'))")
    stack.declare(model_arn=model, opts=short)
    assert stack.up(fails=True).error.startswith("WaitTimeout: ")
    (left,) = local.deployments()
    local.set_status(left["customModelDeploymentArn"], "Active")
    return str(left["customModelDeploymentArn"])


def new_one(local: LocalBedrock, old: str) -> str:
    """The ARN of the only deployment besides the obsolete one."""
    (new,) = {item["customModelDeploymentArn"] for item in local.deployments()} - {old}
    return str(new)


def finished(running: Running) -> Run:
    """Wait for the end of a run, for much less than the 20 min that a deletion may take."""
    eventually(lambda: not running.under_way, "the end of the run")
    run = running.finish()
    assert run.code == 0, run.text
    return run


def answered(local: LocalBedrock, operation: str, arn: str) -> int:
    """The position of the first successful call about a deployment in the request log."""
    found = [
        entry["sequence"]
        for entry in local.requests()
        if (entry["operation"], entry["resource"], entry["error"]) == (operation, arn, None)
    ]
    assert found, f"no {operation} of {arn}"
    return int(found[0])


@scenario(
    "A create times out, the inputs change, and AWS takes long to delete the obsolete deployment",
    "`up` asks AWS to delete it before the new deployment counts as finished, and doesn't wait for its end.",
)
def test_obsolete_deployment_is_deleted_before_mark_is_removed_and_not_waited_for(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    old = timed_out(stack, local, model)
    local.set_deletion(manual=True)
    stack.declare(model_arn=other_model)

    finished(stack.start())

    new = new_one(local, old)
    assert {item["customModelDeploymentArn"]: item["status"] for item in local.deployments()} == {
        old: "Deleting",
        new: "Active",
    }
    assert stack.held == [new]
    assert answered(local, DELETE, old) < answered(local, UNTAG, new)


@scenario(
    "A create times out, the inputs change, and AWS refuses to delete the obsolete deployment",
    "`up` creates the new deployment, without delay, and prints the command that deletes the obsolete one.",
)
@pytest.mark.parametrize("error", ["ConflictException", "ValidationException", "AccessDeniedException"])
def test_refused_delete_of_obsolete_deployment_is_reported_and_does_not_delay_create(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, error: str
) -> None:
    old = timed_out(stack, local, model)
    local.add_fault(operation=DELETE, resource=old, error=error, message="Not now.")
    stack.declare(model_arn=other_model)

    run = finished(stack.start())

    new = new_one(local, old)
    assert stack.held == [new]
    (marked, unmarked) = (item["tags"] for item in local.deployments())
    assert (MARK in marked, MARK in unmarked) == (True, False)
    (line,) = {line.strip() for line in run.text.rpartition("\nDiagnostics:\n")[2].splitlines() if "Not now." in line}
    assert f"--custom-model-deployment-identifier {old}" in line
    refused = [entry for entry in local.requests() if (entry["operation"], entry["error"]) == (DELETE, error)]
    assert refused[-1]["sequence"] < answered(local, UNTAG, new)


@scenario(
    "A create times out, the inputs change, and the Pulumi CLI is killed (`kill -9`) while the obsolete deployment is "
    "deleted",
    "The new deployment still has its mark: the next `up` resumes it.",
)
def test_kill_while_obsolete_deployment_is_deleted_is_resumed_by_next_up(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    old = timed_out(stack, local, model)
    local.set_deletion(manual=True)
    local.add_fault(kind="delay", operation=DELETE, seconds=4, count=1)
    stack.declare(model_arn=other_model)
    running = stack.start()
    eventually(lambda: "Deleting" in {item["status"] for item in local.deployments()}, "the deletion")
    host = running.kill()
    assert alive(host), "it is waiting for AWS's answer"
    eventually(lambda: not alive(host), "the end of the host")
    new = new_one(local, old)
    (mark,) = (MARK in item["tags"] for item in local.deployments() if item["customModelDeploymentArn"] == new)
    assert mark, "the next run could not find it"
    stack.pulumi("cancel", "--yes")
    creates = local.counts()[CREATE]

    run = finished(stack.start())

    assert local.counts()[CREATE] == creates, run.text
    assert stack.held == [new]
    local.set_deletion(seconds=0)
    (only,) = local.deployments()
    assert (only["customModelDeploymentArn"], only["status"], only["tags"]) == (new, "Active", {})
