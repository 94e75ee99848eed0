"""What an interrupted run leaves, and that clean-up deletes nothing else."""

from __future__ import annotations

import json
import os
import pty
import signal
from pathlib import Path
from typing import Any

import pytest
from aws_acceptance.conftest import Suite, kill
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually

from acceptance import cleaning
from acceptance.__main__ import FOLDER, TOP
from acceptance.ledger import TAG, Ledger

STRANGERS = {"run": "00000000", "region": "us-east-1", "account": "210987654321"}


def _names(local: LocalBedrock) -> list[str]:
    return [each["modelDeploymentName"] for each in local.deployments()]


def test_agreed_run_that_is_interrupted_deletes_a_deployment_whose_create_had_no_answer(
    suite: Suite, local: LocalBedrock, model: str
) -> None:
    local.add_fault(kind="delay", operation="CreateCustomModelDeployment", seconds=10.0)
    main, terminal = pty.openpty()
    with suite.start("run", "--model-arn", model, stdin=terminal) as run:
        os.write(main, b"123456789012\n")
        eventually(local.deployments, "the first deployment")
        run.send_signal(signal.SIGINT)
        said, errors = run.communicate()
    assert run.returncode == 1, errors
    assert "- interrupted\n- cleaning up; Ctrl-C is ignored until it is done\n- looking for acceptance-" in said
    assert "\n- deleting arn:" in said
    assert local.deployments() == []
    assert suite.ledgers == []
    assert "the run ended before" in suite.report


def _reach_main_job(suite: Suite, local: LocalBedrock) -> Ledger:
    """Activate the deployments of the probes, and wait until that of the CLI is Creating."""

    def is_reached() -> bool:
        for each in local.deployments():
            if each["modelDeploymentName"].endswith("-main-job"):
                return True
            if each["status"] == "Creating":
                local.set_status(each["customModelDeploymentArn"], "Active")
        return False

    eventually(is_reached, "the deployment of the main job")
    return Ledger.load(suite.ledgers[0])


def test_run_that_is_interrupted_in_the_main_job_deletes_what_the_cli_created(
    suite: Suite, local: LocalBedrock, model: str
) -> None:
    local.set_activation(manual=True)
    with suite.start("run", "--model-arn", model, YES="1") as run:
        ledger = _reach_main_job(suite, local)
        assert ledger.unsettled() == [ledger.name("main-job")]
        local.clear_requests()
        run.send_signal(signal.SIGINT)
        eventually(
            lambda: "DeleteCustomModelDeployment" in local.counts(), "the refused Delete of one that is Creating"
        )
        local.set_activation()
        said, errors = run.communicate()
    assert (run.returncode, errors) == (1, "")
    assert "\n- interrupted\n" in said
    assert local.deployments() == []
    assert suite.ledgers == []


def test_killed_run_is_cleaned_up_by_its_ledger_and_nothing_else_is_deleted(
    suite: Suite, local: LocalBedrock, model: str
) -> None:
    local.set_activation(manual=True)
    with suite.start("run", "--model-arn", model, YES="1") as run:
        ledger = _reach_main_job(suite, local)
        kill(run)
    local.set_activation()
    unlisted = ledger.name("other")
    local.client("bedrock").create_custom_model_deployment(modelDeploymentName=unlisted, modelArn=model)
    suite.folder.joinpath("00000000.ledger.jsonl").write_text(json.dumps(STRANGERS) + "\n")

    done = suite.make("test-aws-clean")

    assert done.returncode == 2, "make's, of a command that fails"
    assert "00000000.ledger.jsonl is of account 210987654321, but the credentials are of 123456789012\n" in done.stdout
    assert f"left in place, since its name or tag is not in this run's ledger: {unlisted} arn:" in done.stdout
    assert _names(local) == [unlisted]
    assert [path.name for path in suite.ledgers] == ["00000000.ledger.jsonl", f"{ledger.run}.ledger.jsonl"]


class Cleaning:
    """Clean-up in this process, after a run of which only the ledger is left."""

    def __init__(self, folder: Path, local: LocalBedrock, model: str) -> None:
        self.local, self._model = local, model
        self.bedrock = local.client("bedrock")
        self.ledger = Ledger.start(folder, region="us-east-1", account="123456789012")
        self.name, self.said = self.ledger.name("probe"), ""

    def create(self, name: str, *, tags: dict[str, str]) -> str:
        answer = self.bedrock.create_custom_model_deployment(
            modelDeploymentName=name,
            modelArn=self._model,
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )
        return str(answer["customModelDeploymentArn"])

    def clean(self) -> bool:
        lines: list[str] = []
        done = cleaning.clean(self.bedrock, self.ledger, lines.append)
        self.said = "\n".join(lines)
        return done


@pytest.fixture
def after_a_run(tmp_path: Path, local: LocalBedrock, model: str, monkeypatch: pytest.MonkeyPatch) -> Cleaning:
    monkeypatch.setattr(cleaning, "LAG_ALLOWED", 0.0)
    monkeypatch.setattr(cleaning, "DELETION_TIMEOUT", 0.5)
    return Cleaning(tmp_path, local, model)


def test_deployment_without_an_answer_is_found_by_its_name_although_no_list_shows_it(after_a_run: Cleaning) -> None:
    after_a_run.local.contradict("list-shows-creating", "delete-while-creating")
    after_a_run.local.set_activation(manual=True)
    after_a_run.ledger.plan(after_a_run.name)
    after_a_run.create(after_a_run.name, tags=after_a_run.ledger.tags)
    assert after_a_run.clean()
    assert after_a_run.local.deployments() == []


@pytest.mark.parametrize("tags", [{}, {TAG: "another-run"}])
def test_planned_name_without_the_tag_of_the_run_is_left_in_place(after_a_run: Cleaning, tags: dict[str, str]) -> None:
    after_a_run.ledger.plan(after_a_run.name)
    arn = after_a_run.create(after_a_run.name, tags=tags)
    assert not after_a_run.clean()
    assert f"left in place, since its name or tag is not in this run's ledger: {after_a_run.name} {arn}" in (
        after_a_run.said
    )
    assert _names(after_a_run.local) == [after_a_run.name]


def test_arn_in_the_ledger_of_another_name_is_left_in_place(after_a_run: Cleaning) -> None:
    after_a_run.ledger.settle(after_a_run.name, after_a_run.create("theirs", tags=after_a_run.ledger.tags))
    assert not after_a_run.clean()
    assert "left in place" in after_a_run.said
    assert _names(after_a_run.local) == ["theirs"]


def test_refused_create_is_not_looked_for(after_a_run: Cleaning) -> None:
    after_a_run.ledger.plan(after_a_run.name)
    after_a_run.ledger.settle(after_a_run.name)
    assert after_a_run.clean()
    assert after_a_run.said == ""


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("*", {"error": "ExpiredTokenException", "status": 403}),
        ("ListCustomModelDeployments", {"error": "AccessDeniedException"}),
        ("ListTagsForResource", {"error": "AccessDeniedException"}),
    ],
)
def test_clean_up_without_an_answer_is_not_done_and_calls_nothing_foreign(
    after_a_run: Cleaning, operation: str, members: dict[str, Any]
) -> None:
    after_a_run.ledger.plan(after_a_run.name)
    after_a_run.ledger.settle(after_a_run.name, after_a_run.create(after_a_run.name, tags=after_a_run.ledger.tags))
    after_a_run.local.add_fault(operation=operation, **members)
    assert not after_a_run.clean()
    assert f"may still be there, since AWS answers {members['error']}: " in after_a_run.said
    assert "left in place" not in after_a_run.said
    after_a_run.local.clear_faults()
    assert after_a_run.clean()
    assert after_a_run.local.deployments() == []


def test_clean_up_that_reaches_no_aws_is_not_done(after_a_run: Cleaning, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")

    monkeypatch.setattr(after_a_run.bedrock, "get_paginator", refuse)
    monkeypatch.setattr(after_a_run.bedrock, "list_custom_model_deployments", refuse)
    monkeypatch.setattr(after_a_run.bedrock, "get_custom_model_deployment", refuse)
    after_a_run.ledger.plan(after_a_run.name)
    assert not after_a_run.clean()
    assert "clean-up ended early: Credentials were refreshed" in after_a_run.said


def test_refused_delete_is_left_with_the_reason(after_a_run: Cleaning) -> None:
    after_a_run.ledger.plan(after_a_run.name)
    arn = after_a_run.create(after_a_run.name, tags=after_a_run.ledger.tags)
    after_a_run.local.add_fault(operation="DeleteCustomModelDeployment", error="AccessDeniedException")
    assert not after_a_run.clean()
    assert f"still there: {arn} (AWS answered the delete: AccessDeniedException: " in after_a_run.said


def test_clean_without_a_ledger_does_nothing(suite: Suite, local: LocalBedrock) -> None:
    done = suite.run("clean")
    assert (done.returncode, done.stdout) == (0, "There is no ledger of a run that left something.\n")
    assert local.counts() == {}


def test_make_clean_keeps_ledgers() -> None:
    """An open ledger is the only trace of what a run left."""
    recipe = TOP.joinpath("Makefile").read_text().partition("\nclean:")[2]
    assert FOLDER.name not in recipe
    assert FOLDER.parent == TOP
    assert f"/{FOLDER.name}/" in TOP.joinpath(".gitignore").read_text().splitlines()


def test_torn_ledgers_are_named_and_the_others_cleaned(suite: Suite, local: LocalBedrock, model: str) -> None:
    """A power failure leaves half a line, or an empty file."""
    ledger = Ledger.start(suite.folder, region="us-east-1", account="123456789012")
    ledger.plan(ledger.name("probe"))
    local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName=ledger.name("probe"), modelArn=model, tags=[{"key": TAG, "value": ledger.run}]
    )
    with ledger.path.open("a") as file:
        file.write('{"settled": "acceptance-')
    empty = suite.folder / "00000000.ledger.jsonl"
    empty.touch()

    done = suite.run("clean")

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert (
        "00000000.ledger.jsonl can't be read: its first line doesn't say which run, Region and account" in done.stdout
    )
    assert (
        f"{ledger.path.name} has lines that can't be read: 1. What they name is only looked for by its" in done.stdout
    )
    assert local.deployments() == []
    assert suite.ledgers == [empty]
