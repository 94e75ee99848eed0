"""Whatever goes wrong is one line, and exit code 2."""

from __future__ import annotations

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
