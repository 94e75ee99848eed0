"""Every example runs as its README says: copied, configured, and brought up by the real engine, against a local AWS.

`pulumi_aws` has a stand-in for its plugin here (`aws_stand_in`), so its resources are made in moto, beside the local
Bedrock. Tests look for what has become of them with boto3, not in the state. One by hand, from the repo's root:

    PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python -m pytest tests/examples -k blue_green
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine.conftest import cli_environment, local, witness
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock

__all__ = ["cli_environment", "local", "witness"]

TOP = Path(__file__).parents[2]
STAND_IN = Path(__file__).parent / "aws_stand_in/bin"
STACK = "dev"

Open = Callable[..., Stack]


@pytest.fixture
def open_example(tmp_path: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Open:
    """Makes a stack of an example's project; those of one test share a backend, as a team's do."""
    backend = tmp_path / "backend"
    backend.mkdir()

    def open_example(name: str, **config: Any) -> Stack:
        folder = tmp_path / name
        shutil.copytree(TOP / "examples" / name, folder / "project")
        return open_stack(folder, **config)

    def open_stack(folder: Path, **config: Any) -> Stack:
        (folder / "backend").symlink_to(backend)
        project = folder / "project/Pulumi.yaml"
        settings = yaml.safe_load(project.read_text())
        # The tests' own virtual environment, which is first on PATH, and not one in the project.
        project.write_text(yaml.safe_dump({**settings, "runtime": "python"}))
        environment = {**cli_environment, **local.environment()}
        environment["PATH"] = os.pathsep.join([str(STAND_IN), environment["PATH"]])
        stack = Stack(folder, project=settings["name"], name=STACK, environment=environment)
        init = ["pulumi", "stack", "init", STACK, "--non-interactive"]
        subprocess.run(init, cwd=stack.work, env=stack.environment, check=True, capture_output=True)
        stack.config = {f"{stack.project}:{key}": value for key, value in config.items()}
        return stack

    return open_example


@pytest.fixture
def parameter(local: LocalBedrock) -> Callable[[str], str]:
    """Reads an SSM parameter's value."""
    ssm = local.client("ssm")
    return lambda name: str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
