"""Whatever goes wrong is one line, and exit code 2."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.orphans.__main__ import main

Export = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def error(capsys: Capture) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = [line for line in captured.err.splitlines() if not line.startswith("note: ")]
    return line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"deployment": null}',
        '{"deployment": []}',
        '{"deployment": {"resources": [{}]}}',
        '{"deployment": {"resources": [{"type": "a:b:C", "urn": "nothing"}]}}',
    ],
)
def test_file_that_is_no_export_fails_with_one_line(
    account: LocalBedrock, tmp_path: Path, capsys: Capture, text: str
) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)

    assert main([str(file)]) == 2
    assert error(capsys).startswith("error: it is not the output of `pulumi stack export` (")


def test_missing_file_fails_with_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert main([str(tmp_path / "nothing.json")]) == 2
    said = error(capsys)
    assert said.startswith("error: can't read ") and "nothing.json" in said


def test_missing_pulumi_fails_with_one_line(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([]) == 2
    assert error(capsys) == "error: there is no pulumi on PATH; give a file with the output of `pulumi stack export`"


def test_failing_pulumi_fails_with_its_message(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho 'warning: old' >&2; echo 'error: no stack named x found' >&2; exit 1\n")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert main([]) == 2
    assert error(capsys) == "error: `pulumi stack export` failed: no stack named x found"


@pytest.mark.parametrize(
    ("operation", "subject"),
    [("ListCustomModelDeployments", "us-east-1"), ("ListTagsForResource", "deployment arn:aws:bedrock:us-east-1:")],
)
def test_denied_list_fails_with_one_line(
    account: LocalBedrock, export: Export, capsys: Capture, operation: str, subject: str
) -> None:
    model = account.create_custom_model("support")
    account.client("bedrock").create_custom_model_deployment(modelDeploymentName="any", modelArn=model)
    account.add_fault(operation=operation, error="AccessDeniedException", message="Not you.")

    assert main([export()]) == 2

    said = error(capsys)
    assert said.startswith(f"error: AccessDenied: {subject}")
    assert said.endswith(f"AWS said: Not you. Allow bedrock:{operation} to the identity that runs Pulumi.")


def test_missing_region_fails_with_one_line(
    account: LocalBedrock, export: Export, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    assert main([export()]) == 2
    assert error(capsys) == "error: RegionMissing: no AWS Region is set. Set AWS_REGION, or give --region."


def test_invalid_configuration_fails_with_one_line(account: LocalBedrock, export: Export, capsys: Capture) -> None:
    assert main([export(config={"aws:endpoints": "nonsense"})]) == 2
    assert error(capsys) == "error: ConfigurationError: aws:endpoints is not JSON."


def test_credentials_of_another_account_than_the_state_prove_nothing(
    account: LocalBedrock, export: Export, capsys: Capture
) -> None:
    elsewhere = "arn:aws:bedrock:us-east-1:210987654321:custom-model-deployment/abcdefghij12"

    assert main([export(elsewhere)]) == 2

    assert error(capsys) == (
        "error: the stack's configuration was not searched: the credentials are of account 123456789012, and what the "
        "state has is in 210987654321."
    )
    assert "ListCustomModelDeployments" not in account.counts()


def test_account_is_not_asked_for_when_the_configuration_says_so(
    account: LocalBedrock, export: Export, capsys: Capture
) -> None:
    elsewhere = "arn:aws:bedrock:us-east-1:210987654321:custom-model-deployment/abcdefghij12"

    assert main([export(elsewhere, config={"aws:skipRequestingAccountId": "true"})]) == 0


def test_region_that_fails_does_not_hide_what_is_in_others(
    account: LocalBedrock, begin: Callable[..., str], export: Export, capsys: Capture
) -> None:
    left = begin()
    account.add_fault(operation="ListCustomModelDeployments", error="AccessDeniedException", count=1)

    assert main([export(), "--region", "eu-west-1"]) == 2

    captured = capsys.readouterr()
    assert left in captured.out
    assert "Searched us-east-1." in captured.err and "Searched eu-west-1" not in captured.err
    assert "error: AccessDenied: eu-west-1: AWS said:" in captured.err


def test_region_of_another_cloud_is_not_searched(account: LocalBedrock, export: Export, capsys: Capture) -> None:
    """Every resource of the engine's default providers counts for the stack's own host."""
    file = Path(export())
    document = json.loads(file.read_text())
    bucket = {"urn": "urn:pulumi:dev::shop::gcp:storage/bucket:Bucket::logs", "type": "gcp:storage/bucket:Bucket"}
    document["deployment"]["resources"].append({**bucket, "inputs": {"region": "europe-west1"}})
    file.write_text(json.dumps(document))

    assert main([str(file)]) == 0
    assert "europe-west1" not in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("standard_input", [False, True])
def test_file_of_powershell_is_read(
    account: LocalBedrock,
    begin: Callable[..., str],
    export: Export,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    standard_input: bool,
) -> None:
    left = begin()
    file = Path(export())
    text = ("\ufeff" if encoding == "utf-16-le" else "") + file.read_text(encoding="utf-8")
    file.write_bytes(text.encode(encoding))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))

    assert main(["-" if standard_input else str(file)]) == 1

    assert left in capsys.readouterr().out
