"""An interrupted create, then other inputs: what is obsolete is deleted, and the new one is never lost."""

from __future__ import annotations

import pytest
from engine.stack import Code, Run
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.live import Live
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both, both_with

pytestmark = pytest.mark.usefixtures("nothing_lost")

UNTAG = "UntagResource"


def timed_out(stack: ScenarioStack, subject: Subject) -> str:
    """Let a create time out, and end with `Active` later; return the ARN."""
    subject.never_end_next_create()
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='2s'))")
    subject.declare(stack, opts=short)
    assert stack.up(fails=True).error.startswith("WaitTimeout: ")
    left = subject.only()
    subject.local.set_status(left.arn, "Active")
    return left.arn


def new_one(subject: Subject, old: str) -> Live:
    """The only one besides the obsolete one."""
    (new,) = (each for each in subject.live() if each.arn != old)
    return new


def finished(running: Running) -> Run:
    """Wait for the end of a run, for much less than the 20 min that a deletion may take."""
    eventually(lambda: not running.under_way, "the end of the run")
    run = running.finish()
    assert run.code == 0, run.text
    return run


def answered(local: LocalBedrock, operation: str, arn: str) -> int:
    """The position of the first successful call about a resource in the request log."""
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
@both
def test_obsolete_one_is_deleted_before_mark_is_removed_and_not_waited_for(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    old = timed_out(stack, subject)
    subject.set_deletion(manual=True)
    subject.declare(stack, other=True)

    finished(stack.start())

    new = new_one(subject, old)
    assert stack.held == [new.arn]
    assert (new.status, new.is_marked) == ("Active", False)
    assert old in subject.arns()
    assert answered(local, subject.kind.delete, old) < answered(local, UNTAG, new.arn)


@scenario(
    "A create times out, the inputs change, and AWS refuses to delete the obsolete deployment",
    "`up` creates the new deployment, without delay, and prints the command that deletes the obsolete one.",
)
@both_with(
    "error",
    ["ConflictException", "ValidationException", "AccessDeniedException"],
    models=["ConflictException"],
)
def test_refused_delete_of_obsolete_one_is_reported_and_does_not_delay_create(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, error: str
) -> None:
    old, delete = timed_out(stack, subject), subject.kind.delete
    local.add_fault(operation=delete, resource=old, error=error, message="Not now.")
    subject.declare(stack, other=True)

    run = finished(stack.start())

    new = new_one(subject, old)
    assert stack.held == [new.arn]
    assert [each.is_marked for each in subject.live()] == [True, False]
    (line,) = {line.strip() for line in run.text.rpartition("\nDiagnostics:\n")[2].splitlines() if "Not now." in line}
    assert subject.deletes(old) in line
    refused = [entry for entry in local.requests() if (entry["operation"], entry["error"]) == (delete, error)]
    assert refused[-1]["sequence"] < answered(local, UNTAG, new.arn)


@scenario(
    "A create times out, the inputs change, and the Pulumi CLI is killed (`kill -9`) while the obsolete deployment is "
    "deleted",
    "The new deployment still has its mark: the next `up` resumes it.",
)
def test_kill_while_obsolete_one_is_deleted_is_resumed_by_next_up(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    old = timed_out(stack, subject)
    subject.set_deletion(manual=True)
    local.add_fault(kind="delay", operation=subject.kind.delete, seconds=4, count=1)
    subject.declare(stack, other=True)
    running = stack.start()
    eventually(lambda: "Deleting" in subject.statuses().values(), "the deletion")
    host = running.kill()
    assert alive(host), "it is waiting for AWS's answer"
    eventually(lambda: not alive(host), "the end of the host")
    new = new_one(subject, old)
    assert new.is_marked, "the next run could not find it"
    stack.pulumi("cancel", "--yes")
    creates = subject.creates()

    run = finished(stack.start())

    assert subject.creates() == creates, run.text
    assert stack.held == [new.arn]
    subject.set_deletion(seconds=0)
    only = subject.only()
    assert (only.arn, only.status, only.tags) == (new.arn, "Active", {})
