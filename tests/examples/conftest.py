"""Every example runs as its README says: copied, configured, and brought up by the real engine, against a local AWS.

`pulumi_aws` has a stand-in for its plugin here (`aws_stand_in`), so its resources are made in moto, beside the local
Bedrock. Tests look for what has become of them with boto3, not in the state. One by hand, from the repo's root:

    PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python -m pytest tests/examples -k blue_green
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine.conftest import cli_environment, local, witness
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock

__all__ = ["Projects", "cli_environment", "local", "witness"]

TOP = Path(__file__).parents[2]
STAND_IN = Path(__file__).parent / "aws_stand_in/bin"
STACK = "dev"


class Projects:
    """Makes stacks of this repo's projects, copied; those of one test share a backend, as a team's do."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        (folder / "backend").mkdir()

    def example(self, name: str, **config: Any) -> Stack:
        """An empty stack of an example, with that configuration."""
        return self._stack(name, TOP / "examples" / name, config)

    def root(self, **config: Any) -> Stack:
        """An empty stack of the project in the repo's root."""
        return self._stack("root", TOP, config, only={"Pulumi.yaml", "__main__.py"})

    def at(self, folder: Path, **config: Any) -> Stack:
        """An empty stack of a project in a folder elsewhere."""
        return self._stack("elsewhere", folder, config)

    def _stack(self, name: str, source: Path, config: dict[str, Any], *, only: Container[str] = ()) -> Stack:
        folder = self.folder / name
        shutil.copytree(
            source, folder / "project", ignore=lambda _, names: [each for each in names if only and each not in only]
        )
        (folder / "backend").symlink_to(self.folder / "backend")
        file = folder / "project/Pulumi.yaml"
        project = yaml.safe_load(file.read_text())
        # The tests' own virtual environment, which is first on PATH, and not one in the project.
        file.write_text(yaml.safe_dump({**project, "runtime": "python"}))
        stack = Stack(folder, project=project["name"], name=STACK, environment=self.environment)
        init = ["pulumi", "stack", "init", STACK, "--non-interactive"]
        subprocess.run(init, cwd=stack.work, env=stack.environment, check=True, capture_output=True)
        stack.config = {f"{stack.project}:{key}": value for key, value in config.items()}
        return stack


@pytest.fixture
def projects(tmp_path: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Projects:
    """This repo's projects, deployed to `local`; the stand-in for pulumi-aws is on PATH."""
    path = os.pathsep.join([str(STAND_IN), cli_environment["PATH"]])
    return Projects(tmp_path, {**cli_environment, **local.environment(), "PATH": path})


@pytest.fixture
def parameter(local: LocalBedrock) -> Callable[[str], str]:
    """Reads an SSM parameter's value."""
    ssm = local.client("ssm")
    return lambda name: str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
