"""A create is interrupted by a kill, a crash, Ctrl-C or expired credentials. The next `up` resumes it."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from engine.stack import Run
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.processes import Process, alive
from scenarios.running import Running
from scenarios.stacks import IDENTITY, ScenarioStack
from scenarios.subject import Subject, both, both_with

pytestmark = pytest.mark.usefixtures("nothing_lost")


def waiting(stack: ScenarioStack, subject: Subject) -> tuple[Running, str]:
    """Start an `up` that waits until the test ends the create; return it and the ARN."""
    subject.set_creation(manual=True)
    running = stack.start()
    running.says("Creating, waiting for Active")
    (made,) = [each for each in subject.live() if each.status == "Creating"]
    return running, made.arn


def next_up_finishes(stack: ScenarioStack, subject: Subject, arn: str) -> Run:
    """Check that the next `up` resumes this create, and starts no other."""
    creates = subject.creates()
    subject.set_creation(seconds=0)
    run = stack.up()
    assert "resuming the create that an earlier run started" in run.text
    assert subject.creates() == creates
    is_only_one(stack, subject, arn)
    return run


def is_only_one(stack: ScenarioStack, subject: Subject, arn: str) -> None:
    """Check that one is left: Active, in the state, and without a mark."""
    only = subject.only()
    assert (only.arn, only.status, only.is_marked) == (arn, "Active", False)
    assert stack.resource()["id"] == arn


def is_other_one(stack: ScenarioStack, subject: Subject, old: str) -> None:
    """Check that another one is left, made of the other input."""
    new = subject.only()
    assert new.arn != old
    assert subject.is_of(new, other=True)
    is_only_one(stack, subject, new.arn)


def host_ends_and_leaves_mark(host: Process, subject: Subject) -> None:
    """Check that the host of a killed CLI ends without an end of its create."""
    eventually(lambda: not alive(host) or "UntagResource" in subject.local.counts(), "the end of the host")
    left = subject.only()
    assert (left.status, left.is_marked) == ("Active", True)
    eventually(lambda: not alive(host), "the end of the host")


@scenario(
    "The provider's process is killed (`kill -9`) during the wait",
    "`up` fails. The deployment stays marked as unfinished; the next `up` finds it and resumes the create.",
)
@both
def test_killed_host_is_resumed_by_next_up(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    running.kill_host()
    next_up_finishes(stack, subject, arn)
    stack.up("--expect-no-changes")


@scenario(
    "The Pulumi CLI is killed (`kill -9`) during the wait, and the provider's process still runs when the deployment "
    "becomes `Active`",
    "The provider's process ends and leaves the deployment marked as unfinished, since no engine would record it. "
    "After `pulumi cancel` (the CLI left its lock), the next `up` resumes the create.",
)
@both
def test_killed_cli_is_resumed_by_next_up(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    local.add_fault(kind="delay", seconds=1.5, count=1)
    eventually(lambda: not local.faults(), "a poll")
    local.set_status(arn, "Active")
    local.add_fault(kind="delay", seconds=4, count=1)
    eventually(lambda: not local.faults(), "the poll that AWS will answer with Active")
    host = running.kill()
    assert alive(host), "it is waiting for AWS's answer: Active"
    eventually(lambda: not alive(host), "the end of the host")
    left = subject.only()
    assert (left.status, left.is_marked) == ("Active", True)
    assert "UntagResource" not in local.counts()
    stack.pulumi("cancel", "--yes")
    next_up_finishes(stack, subject, arn)


@scenario(
    "The Pulumi CLI is killed (`kill -9`) just before the poll that shows the deployment as `Active`",
    "The mark stays: the provider's process checks the engine again before it removes the mark. After `pulumi cancel`, "
    "the next `up` resumes the create.",
)
@both_with("seconds", [0.05, 0.15, 0.25, 0.35], models=[0.15])
def test_cli_killed_just_before_last_poll_is_resumed_by_next_up(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    host = running.host()

    def kill() -> None:
        running.kill(host)
        local.set_status(arn, "Active")

    after_poll = threading.Timer(seconds, kill)

    def record(entry: dict[str, Any]) -> None:
        if entry["operation"] == subject.kind.list and after_poll.ident is None:
            after_poll.start()

    # The host has just checked the engine when a poll follows a slow one.
    local.add_fault(kind="delay", operation=subject.kind.list, seconds=1, count=1)
    eventually(lambda: not local.faults(), "a slow poll")
    assert local._server is not None  # the one in this process
    monkeypatch.setattr(local._server.application.log, "on_record", record)
    eventually(after_poll.finished.is_set, "the kill after a poll")
    after_poll.join()
    host_ends_and_leaves_mark(host, subject)
    stack.pulumi("cancel", "--yes")
    next_up_finishes(stack, subject, arn)


@scenario(
    "The Pulumi CLI is killed (`kill -9`) during the wait; then `pulumi refresh --clear-pending-creates` is run first",
    "Nothing is lost: the refresh only removes the pending operation from the state. The next `up` resumes the create.",
)
def test_refresh_between_kill_and_up_loses_nothing(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    running.kill()
    local.set_status(arn, "Active")
    stack.pulumi("cancel", "--yes")
    stack.refresh("--clear-pending-creates")
    assert subject.only().is_marked
    next_up_finishes(stack, subject, arn)
    stack.up("--expect-no-changes")


@scenario(
    "The Pulumi CLI is killed (`kill -9`), and another process listens at its port",
    "The provider's process ends all the same: its output has no reader any more. After `pulumi cancel`, the next `up` "
    "resumes the create.",
)
def test_killed_cli_whose_port_is_taken_is_resumed_by_next_up(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    host = running.host()
    engine, _, port = host.command.rpartition(" ")[2].partition(":")
    running.kill(host)
    with socket.create_server((engine, int(port))):
        local.set_status(arn, "Active")
        host_ends_and_leaves_mark(host, subject)
    stack.pulumi("cancel", "--yes")
    next_up_finishes(stack, subject, arn)


@scenario(
    "`up` is killed during the wait, then the inputs change",
    "The next `up` deletes the unfinished deployment, which has the old inputs, and creates one with the new inputs.",
)
@both_with("name", [None, "fixed"], models=[None])
def test_changed_inputs_after_kill_delete_unfinished_one(
    stack: ScenarioStack, subject: Subject, name: str | None
) -> None:
    subject.declare(stack, name=name)
    running, old = waiting(stack, subject)
    running.kill_host()
    subject.set_creation(seconds=0)
    subject.declare(stack, name=name, other=True)
    assert "left by an interrupted run, no longer matches the inputs; deleting it" in stack.up().text
    is_other_one(stack, subject, old)


@scenario(
    "`up` is killed during the wait, then the inputs change, and the unfinished deployment is still `Creating`",
    "AWS refuses to delete it until it is `Active`. The next `up` repeats the delete until then, and creates the new "
    "deployment.",
)
@both
def test_unfinished_one_is_deleted_when_it_is_active(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack, name="fixed")
    running, old = waiting(stack, subject)
    running.kill_host()
    subject.declare(stack, name="fixed", other=True)
    running = stack.start()
    running.says("left by an interrupted run, no longer matches the inputs; deleting it")
    eventually(lambda: local.counts().get(subject.kind.delete, 0) >= 2, "a repeated Delete")
    assert subject.arns() == {old}
    subject.set_creation(seconds=0)
    done = running.finish()
    assert done.code == 0, done.text
    is_other_one(stack, subject, old)


@scenario(
    "Ctrl-C, once, during the wait",
    "The engine waits until the create ends and records the deployment. Nothing needs repair.",
)
@both
def test_one_ctrl_c_finishes_create(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    running.interrupt()
    running.says("^C received")
    subject.set_creation(seconds=0)
    assert running.finish().code != 0
    assert stack.recorded == {arn}
    is_only_one(stack, subject, arn)


@scenario(
    "Credentials expire during the wait",
    "`up` fails, asks you to sign in again, and names the deployment, which stays marked as unfinished. The next `up` "
    "resumes the create.",
)
@both
def test_expired_credentials_while_waiting_are_resumed_by_next_up(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    local.add_fault(error="ExpiredTokenException", message="The security token included in the request is expired")
    run = running.finish()
    assert run.error.startswith("CredentialsExpired: ")
    assert "The security token included in the request is expired. Sign in again" in run.error
    assert arn in run.error
    local.clear_faults()
    next_up_finishes(stack, subject, arn)


@scenario(
    "`up` is killed during the wait of a replacement",
    "The old deployment still serves. The next `up` resumes the create of the new one, and deletes the old one only "
    "then.",
)
@both
def test_kill_during_replacement_keeps_old_one(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    stack.up()
    (old,) = stack.recorded
    subject.declare(stack, other=True)
    running, new = waiting(stack, subject)
    running.kill_host()
    assert stack.recorded == {old}
    assert subject.arns() == {old, new}
    next_up_finishes(stack, subject, new)


@scenario(
    "`up` is killed during the wait, then `destroy`",
    "The mark proves that the unfinished deployment belongs to the stack: `destroy` names it, and prints the command "
    "that deletes it.",
)
@both
def test_destroy_after_kill_names_unfinished_one(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    running, arn = waiting(stack, subject)
    running.kill_host()
    subject.set_creation(seconds=0)
    screen = stack.destroy().text
    assert stack.resources(IDENTITY) == []
    assert subject.arns() == set() or subject.deletes(arn) in screen, screen
