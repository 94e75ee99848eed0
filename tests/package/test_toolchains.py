"""A project of each Python toolchain, made in an empty folder, deploys and destroys with the wheel.

Each runs as docs/toolchains.md says for a language host that knows no toolchain, as set-up may have built one: inside
the environment, which has pip. The dynamic host is started as everywhere: it finds the environment by the options.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from package.conftest import Distributions
from package.environments import make_environment
from pulumi_bedrock.local import LocalBedrock

PROGRAM = """\
import pulumi
import pulumi_bedrock as bedrock

bedrock.CustomModelDeployment("support-bot", model_arn=pulumi.Config().require("modelArn"))
"""
HERE = str(Path(sys.executable).parent)


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi program, and how commands are run in it."""

    folder: Path
    variables: dict[str, str]

    def write(self, **options: str) -> None:
        """Write the program and Pulumi.yaml, with the options of the runtime."""
        self.folder.mkdir(parents=True, exist_ok=True)
        runtime = {"name": "python", "options": options}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "shop", "runtime": runtime}))
        (self.folder / "__main__.py").write_text(PROGRAM)

    def run(self, *command: str | Path) -> None:
        """Run a command in the folder, which must succeed."""
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=self.variables, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with uv and poetry, and nothing else of their environment."""
    folder = tmp_path_factory.mktemp("tools")
    installed = make_environment(folder / "venv", Path(sys.executable), "uv>=0.9,<1", "poetry>=2,<3")
    (folder / "bin").mkdir()
    for name in ("uv", "poetry"):
        (folder / "bin" / name).symlink_to(installed.bin / name)
    return folder / "bin"


@pytest.fixture
def project(tmp_path: Path, tools: Path, cli_environment: dict[str, str], local_bedrock: LocalBedrock) -> Project:
    """An empty project. The tests' own environment isn't on PATH, so no process can run in it by mistake."""
    path = [str(tools), *(place for place in cli_environment["PATH"].split(os.pathsep) if place != HERE)]
    (tmp_path / "backend").mkdir()
    variables = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "VIRTUAL_ENV"))
        },
        **cli_environment,
        **local_bedrock.environment(),
        "PATH": os.pathsep.join(path),
        "PULUMI_BACKEND_URL": (tmp_path / "backend").as_uri(),
        "UV_PYTHON": sys.executable,
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache/uv"),
    }
    for name in ("PYTHONPATH", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"):
        del variables[name]
    return Project(tmp_path / "shop", variables)


def with_pip(project: Project, wheel: Path) -> tuple[str, ...]:
    project.write(toolchain="pip", virtualenv="venv")
    made = make_environment(project.folder / "venv", Path(sys.executable), str(wheel))
    project.variables["PATH"] = os.pathsep.join([str(made.bin), project.variables["PATH"]])
    return ()


def with_uv(project: Project, wheel: Path) -> tuple[str, ...]:
    project.write(toolchain="uv")
    project.run("uv", "init", "--bare", "--no-package", "--name", "shop")
    project.run("uv", "add", wheel, "pip")
    return ("uv", "run")


def with_uv_workspace(project: Project, wheel: Path) -> tuple[str, ...]:
    project.write(toolchain="uv", virtualenv="../.venv")
    (project.folder.parent / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["shop"]\n')
    project.run("uv", "init", "--bare", "--no-package", "--name", "shop")
    project.run("uv", "add", wheel, "pip")
    assert not (project.folder / ".venv").exists()
    return ("uv", "run")


def with_poetry(project: Project, wheel: Path) -> tuple[str, ...]:
    """The environment is made without poetry, which uses it: poetry needs more of a registry than a mirror may have."""
    project.write(toolchain="poetry")
    (project.folder / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "0.1.0"\n\n[tool.poetry]\npackage-mode = false\n'
    )
    make_environment(project.folder / ".venv", Path(sys.executable), str(wheel))
    return ("poetry", "run")


@pytest.mark.parametrize("make", [with_pip, with_uv, with_uv_workspace, with_poetry])
def test_project_of_toolchain_deploys_and_destroys(
    make: Callable[[Project, Path], tuple[str, ...]],
    project: Project,
    distributions: Distributions,
    local_bedrock: LocalBedrock,
) -> None:
    pulumi = (*make(project, distributions.wheel), "pulumi")
    model = local_bedrock.create_custom_model("tickets-v1")
    project.run(*pulumi, "stack", "init", "dev", "--non-interactive")
    project.run(*pulumi, "config", "set", "modelArn", model, "--non-interactive")

    project.run(*pulumi, "up", "--yes", "--skip-preview", "--non-interactive")
    assert [each["modelArn"] for each in local_bedrock.deployments()] == [model]

    project.run(*pulumi, "destroy", "--yes", "--skip-preview", "--non-interactive")
    assert local_bedrock.deployments() == []
