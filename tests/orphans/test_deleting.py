"""`--delete`: what it deletes, what it never does, and that it asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO

import pytest
from fake_clock import FakeClock
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.orphans.__main__ import main
from pulumi_bedrock.orphans.search import Orphan, delete
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import DEPLOYMENT

Begin = Callable[..., str]
Export = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def live(account: LocalBedrock) -> set[str]:
    return {deployment["customModelDeploymentArn"] for deployment in account.deployments()}


@pytest.fixture
def account(account: LocalBedrock) -> LocalBedrock:
    """The account, where a deployment is Active at once: AWS deletes none that is Creating."""
    account.set_activation()
    return account


def test_delete_removes_only_proven_orphans(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture
) -> None:
    recorded = begin("recorded")
    ours, theirs = begin("ours"), begin("theirs", identity="of another")

    assert main([export(recorded), "--delete", "--yes"]) == 1  # the other is still there

    assert live(account) == {recorded, theirs}
    assert f"deleted {ours}\n" in capsys.readouterr().err


def test_delete_without_orphans_says_so(begin: Begin, export: Export, account: LocalBedrock) -> None:
    begin("one"), begin("two")
    file = export()

    assert main([file, "--delete", "--yes"]) == 0
    assert live(account) == set()
    assert main([file]) == 0


@pytest.mark.parametrize(("answer", "gone"), [("yes\n", True), ("y\n", False), ("\n", False), ("", False)])
def test_delete_asks_for_confirmation(
    begin: Begin,
    export: Export,
    account: LocalBedrock,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    gone: bool,
) -> None:
    begin()
    monkeypatch.setattr(sys, "stdin", StringIO(answer))

    assert main([export(), "--delete"]) == (0 if gone else 1)

    assert bool(live(account)) != gone
    assert "Delete this one? Type yes to confirm: " in capsys.readouterr().err


def test_failed_delete_does_not_stop_others(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture
) -> None:
    older, newer = begin("older"), begin("newer")
    account.add_fault(
        operation="DeleteCustomModelDeployment", error="AccessDeniedException", message="Not you.", count=1
    )

    assert main([export(), "--delete", "--yes"]) == 2

    assert live(account) == {newer}  # newest first
    said = capsys.readouterr().err
    assert f"error: AccessDenied: deployment {newer}: AWS said: Not you. Allow bedrock:Delete" in said
    assert f"deleted {older}\n" in said


def test_orphan_resumed_meanwhile_is_kept(begin: Begin, export: Export, account: LocalBedrock) -> None:
    arn = begin()
    answer = account.client("bedrock").get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    [found] = account.deployments()
    mark = Mark.read(found["tags"])
    assert mark
    orphan = Orphan(
        DEPLOYMENT, Deployment.from_answer(answer), mark, True, Clients(AwsConfiguration(region="us-east-1"))
    )

    account.client("bedrock").untag_resource(resourceARN=arn, tagKeys=[MARK])
    assert not delete(orphan, report=lambda _line: None)
    assert live(account) == {arn}


def test_delete_waits_for_deployment_that_is_creating(begin: Begin, account: LocalBedrock) -> None:
    account.set_activation(manual=True)
    arn, clock = begin(), FakeClock()
    answer = account.client("bedrock").get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    mark = Mark.read(account.deployments()[0]["tags"])
    assert mark
    orphan = Orphan(
        DEPLOYMENT, Deployment.from_answer(answer), mark, True, Clients(AwsConfiguration(region="us-east-1"))
    )
    clock.after(300, account.set_activation)

    assert delete(orphan, report=lambda _line: None, clock=clock.clock)

    assert (live(account), sum(clock.slept) >= 300) == (set(), True)


@pytest.mark.parametrize("named", [None, "their-model"], ids=["like-named", "another name"])
def test_delete_keeps_deployment_with_copied_mark(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture, named: str | None
) -> None:
    theirs = begin(named=named, copied=True)

    assert main([export(), "--delete", "--yes"]) == 1

    assert live(account) == {theirs}
    assert capsys.readouterr().out.startswith("Not proven to be this stack's: ")


def test_delete_removes_deployment_with_a_given_name(begin: Begin, export: Export, account: LocalBedrock) -> None:
    """Also one that the program no longer gives."""
    begin(named="fixed")

    assert main([export(), "--delete", "--yes"]) == 0

    assert live(account) == set()


def test_delete_keeps_deployment_of_pending_operation(begin: Begin, export: Export, account: LocalBedrock) -> None:
    """A run updates or deletes it just now, and so does the state know it."""
    arn = begin()

    assert main([export(pending={"id": arn}), "--delete", "--yes"]) == 0

    assert live(account) == {arn}
