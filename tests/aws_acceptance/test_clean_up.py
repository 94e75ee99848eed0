"""What an interrupted run leaves, and that clean-up deletes nothing else."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

from aws_acceptance.conftest import TOP, Suite
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually


def _ledger_with_an_arn(suite: Suite) -> Path | None:
    return next((path for path in suite.ledgers if '"arn"' in path.read_text()), None)


def test_interrupted_run_deletes_what_it_created(suite: Suite, local: LocalBedrock, model: str) -> None:
    local.set_activation(manual=True)
    with suite.start("run", "--model-arn", model, YES="1") as run:
        eventually(lambda: _ledger_with_an_arn(suite), "the first deployment in the ledger")
        run.send_signal(signal.SIGINT)
        said, errors = run.communicate()
    assert run.returncode == 1, errors
    assert "- interrupted\n- cleaning up; Ctrl-C is ignored until it is done\n- deleting arn:" in said
    assert local.deployments() == []
    assert suite.ledgers == []
    assert "the run ended before" in suite.report


def test_killed_run_is_cleaned_up_by_its_ledger_and_nothing_else_is_deleted(
    suite: Suite, local: LocalBedrock, model: str
) -> None:
    local.set_activation(manual=True)
    with suite.start("run", "--model-arn", model, YES="1") as run:
        ledger = eventually(lambda: _ledger_with_an_arn(suite), "the first deployment in the ledger")
        run.kill()
    assert ledger is not None
    name = f"acceptance-{json.loads(ledger.read_text().splitlines()[0])['run']}-other"
    client = local.client("bedrock")
    tampered = client.create_custom_model_deployment(modelDeploymentName="theirs", modelArn=model)
    unlisted = client.create_custom_model_deployment(modelDeploymentName=name, modelArn=model)
    with ledger.open("a") as file:
        file.write(json.dumps({"arn": tampered["customModelDeploymentArn"]}) + "\n")

    done = suite.run("clean")

    assert done.returncode == 1, "something is left"
    left = {tampered["customModelDeploymentArn"], unlisted["customModelDeploymentArn"]}
    assert {each["customModelDeploymentArn"] for each in local.deployments()} == left
    said = done.stdout
    assert f"left in place, since its name or tag is not this run's: {tampered['customModelDeploymentArn']}" in said
    assert f"not in its ledger, and was left in place: {name} {unlisted['customModelDeploymentArn']}" in said


def test_clean_without_a_ledger_does_nothing(suite: Suite, local: LocalBedrock) -> None:
    done = suite.run("clean")
    assert (done.returncode, done.stdout) == (0, "There is no ledger of a run that left something.\n")
    assert local.counts() == {}


def test_terminal_is_asked_for_the_account_number(suite: Suite, local: LocalBedrock, model: str) -> None:
    main, terminal = pty.openpty()
    with subprocess.Popen(
        suite.command("run", "--model-arn", model),
        cwd=TOP,
        env=suite.environment,
        stdin=terminal,
        stderr=subprocess.PIPE,
    ) as run:
        os.write(main, b"no\n")
        assert run.stderr is not None
        assert run.stderr.read() == b"error: you did not agree. Nothing was created.\n"
    assert run.returncode == 2
    assert local.counts().get("CreateCustomModelDeployment", 0) == 0
