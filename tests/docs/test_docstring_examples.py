"""Each public docstring has an example, and each example works: with Pulumi's mocks and a local Bedrock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest
from docs.docstrings import PUBLIC, examples
from docs.pages import TOP
from pulumi_bedrock.local import LocalBedrock
from unit.mocked_program import run_program

IN_A_PROGRAM = [name for name in PUBLIC if not name.startswith("local.")]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_docstring_has_example(name: str) -> None:
    found = examples(PUBLIC[name])

    assert found, f"{name} has no ```python example in its docstring"
    assert not [line for text in found for line in text.splitlines() if len(line) > 116]


@pytest.fixture
def account(local_bedrock_in_environment: None, local_bedrock: LocalBedrock) -> LocalBedrock:
    """An account with what the examples look up."""
    model_arn = local_bedrock.create_custom_model("tickets")
    local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="support-bot", modelArn=model_arn
    )
    return local_bedrock


@pytest.mark.parametrize("name", IN_A_PROGRAM)
def test_example_runs_in_program(name: str, account: LocalBedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    [deployment] = account.deployments()
    arn = deployment["customModelDeploymentArn"]
    exported: list[Any] = []
    monkeypatch.setattr(pulumi, "export", lambda _name, value: exported.append(value))

    def program() -> pulumi.Output[Any]:
        for example in examples(PUBLIC[name]):
            exec(compile(example, name, "exec"), {"__name__": "__main__"})
        return pulumi.Output.all(*exported)

    run_program(
        program,
        config={
            "shop:modelArn": deployment["modelArn"],
            "shop:roleArn": "arn:aws:iam::123456789012:role/tuner",
            "shop:s3Uri": "s3://escrow/job-1/",
        },
        outputs={
            "customModelDeploymentArn": arn,
            "outputText": "Hello.",
            "jobArn": "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/abcdefghij12",
            "outputs": {"customModelDeploymentArn": arn, "modelName": "tickets"},  # those of another stack
        },
    )


def test_example_of_local_bedrock_runs(tmp_path: Path) -> None:
    [example] = examples(PUBLIC["local.LocalBedrock"])

    run = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert run.returncode == 0, run.stderr
    assert "'modelDeploymentName': 'bot'" in run.stdout


def test_examples_are_typed(tmp_path: Path) -> None:
    """Mypy finds what mocks let through: an argument of a wrong type, or an attribute that isn't there."""
    program = tmp_path / "every_example.py"
    for number, name in enumerate(IN_A_PROGRAM):
        body = "".join(f"    {line}\n" for text in examples(PUBLIC[name]) for line in text.splitlines())
        with program.open("a") as file:
            file.write(f"def example_{number}() -> None:  # {name}\n{body}\n")

    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(program)]
    run = subprocess.run(command, cwd=TOP, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout
