"""What counts as a stack's orphan, and how it is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.orphans.__main__ import main

Begin = Callable[..., str]
Export = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def test_empty_account_lists_nothing(account: LocalBedrock, export: Export, capsys: Capture) -> None:
    model = account.create_custom_model("support")
    account.client("bedrock").create_custom_model_deployment(modelDeploymentName="unmarked", modelArn=model)

    assert main([export()]) == 0

    captured = capsys.readouterr()
    assert captured.out == "No unfinished deployments or custom models of this stack outside its state.\n"
    assert captured.err == "Searched us-east-1.\n"


def test_unfinished_deployment_outside_state_is_listed(begin: Begin, export: Export, capsys: Capture) -> None:
    arn = begin()

    assert main([export()]) == 1

    head, columns, row = capsys.readouterr().out.splitlines()
    assert head == "This stack's unfinished resources that are in no state:"
    assert columns.split() == ["NAME", "RESOURCE", "STATUS", "CREATED", "ARN"]
    assert row.split()[:3] == ["support-bot-1a2b3c4", "shop/dev/support-bot", "Creating"]
    assert row.endswith(arn)


def test_deployment_in_state_is_not_listed(begin: Begin, export: Export, capsys: Capture) -> None:
    assert main([export(begin())]) == 0
    assert "No unfinished deployments" in capsys.readouterr().out


def test_overwritten_mark_is_not_listed(begin: Begin, export: Export, account: LocalBedrock) -> None:
    tags = [{"key": "pulumi-bedrock:unfinished", "value": "no"}]
    account.client("bedrock").tag_resource(resourceARN=begin(), tags=tags)

    assert main([export()]) == 0


@pytest.mark.parametrize("names", [{"project": "ship"}, {"stack": "dev2"}])
def test_deployment_of_other_stack_is_not_listed(begin: Begin, export: Export, names: dict[str, str]) -> None:
    begin(identity="of another", **names)

    assert main([export()]) == 0


def test_deployment_of_stack_with_same_name_is_listed_apart_with_command(
    begin: Begin, export: Export, capsys: Capture
) -> None:
    ours, theirs = begin("ours"), begin("theirs", identity="of another")

    assert main([export()]) == 1

    first, second = capsys.readouterr().out.split("\n\n")
    assert ours in first and theirs not in first
    assert second.startswith("Not proven to be this stack's: ")
    assert ours not in second
    assert second.endswith(
        "This tool doesn't delete them. If they are yours:\n"
        "  aws bedrock delete-custom-model-deployment --region us-east-1 "
        f"--custom-model-deployment-identifier {theirs}\n"
    )


def test_stack_without_identity_proves_nothing(begin: Begin, export: Export, capsys: Capture) -> None:
    begin()

    assert main([export(identity=None)]) == 1
    assert capsys.readouterr().out.startswith("Not proven to be this stack's: ")


@pytest.mark.parametrize("where", ["inputs", "outputs"])
def test_identity_that_a_recorded_deployment_was_made_with_proves_too(
    begin: Begin, export: Export, capsys: Capture, where: str
) -> None:
    """`destroy --exclude-protected` deletes the stack's `StackIdentity`, and the next run makes another."""
    begin(identity="of before")
    recorded = {where: {"__owner": {"identity": "of before"}}}

    assert main([export("an-arn", recorded=recorded)]) == 1
    assert capsys.readouterr().out.startswith("This stack's unfinished ")
    assert main([export("an-arn")]) == 1
    assert capsys.readouterr().out.startswith("Not proven to be this stack's: ")


def test_empty_state_lists_all_unfinished(begin: Begin, export: Export, capsys: Capture) -> None:
    begin(project="any", stack="other")

    assert main([export(empty=True)]) == 1

    captured = capsys.readouterr()
    assert captured.out.startswith("Not proven to be this stack's: ")
    assert "note: the state is empty and names no stack, so all that is unfinished is shown" in captured.err


def test_json_option_prints_list(begin: Begin, export: Export, capsys: Capture) -> None:
    arn = begin()

    assert main([export(), "--json"]) == 1

    captured = capsys.readouterr()
    [found] = json.loads(captured.out)
    assert found.pop("createdAt").startswith("20")
    assert found.pop("modelArn").startswith("arn:aws:bedrock:us-east-1:")
    assert found.pop("deleteCommand").endswith(f"--custom-model-deployment-identifier {arn}")
    assert found == {
        "customModelDeploymentArn": arn,
        "modelDeploymentName": "support-bot-1a2b3c4",
        "region": "us-east-1",
        "status": "Creating",
        "resource": "shop/dev/support-bot",
        "proven": True,
    }
    assert captured.err == ""


def test_json_option_without_orphans_prints_empty_list(account: LocalBedrock, export: Export, capsys: Capture) -> None:
    assert main([export(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_all_regions_of_state_are_searched(
    begin: Begin, export: Export, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = begin(region="eu-west-1")
    begin("in-config", region="eu-west-2")
    begin("in-pending", region="eu-west-3")
    begin("in-environment", region="eu-north-1")
    begin("given", region="eu-south-1")
    begin("elsewhere", region="ap-south-1")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    file = export(recorded, config={"aws:region": "eu-west-2"}, pending_region="eu-west-3")
    assert main([file, "--region", "eu-south-1", "--json"]) == 1

    found = {entry["modelDeploymentName"] for entry in json.loads(capsys.readouterr().out)}
    assert found == {f"{name}-1a2b3c4" for name in ("in-config", "in-pending", "in-environment", "given")}


def test_configuration_in_state_is_used(
    begin: Begin, export: Export, account: LocalBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    config = {
        "aws:accessKey": "testing",
        "aws:secretKey": "testing",
        "aws:endpoints": json.dumps([{"bedrock": account.endpoint_url}]),
    }

    assert main([export(config=config)]) == 1


def test_encrypted_configuration_is_reported_and_not_used(begin: Begin, export: Export, capsys: Capture) -> None:
    begin()
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:ca"}

    assert main([export(config={"aws:secretKey": secret, "shop:other": secret})]) == 1
    assert "note: aws:secretKey is encrypted in the state and was not used\n" in capsys.readouterr().err


def test_state_is_exported_by_pulumi_without_file(
    begin: Begin, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin()
    pulumi = tmp_path / "bin/pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(f'#!/bin/sh\necho "$*" > {tmp_path / "asked"}\ncat {export()}\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pulumi.parent}:/usr/bin:/bin")

    assert main(["--stack", "dev", "--cwd", "infra"]) == 1
    assert (tmp_path / "asked").read_text() == "stack export --non-interactive --stack dev --cwd infra\n"


def test_module_runs_as_command(account: LocalBedrock, export: Export) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_bedrock.orphans", export()], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (
        0,
        "No unfinished deployments or custom models of this stack outside its state.\n",
    )
