"""The installed wheel does the main job, without the checkout."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from package.conftest import CLASSIFIED, PROVIDER, Distributions
from package.environments import Environment, make_environment
from pulumi_bedrock.local import LocalBedrock

TOP = PROVIDER.parent
PROGRAM = """\
import pulumi
import pulumi_bedrock as bedrock

deployment = bedrock.CustomModelDeployment("support-bot", model_arn=pulumi.Config().require("modelArn"))
pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)
"""


@pytest.fixture(scope="module")
def without_extra(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A clean environment in which the wheel is installed, until `installed` adds the extra `local`."""
    return make_environment(
        tmp_path_factory.mktemp("installed") / "venv", Path(sys.executable), str(distributions.wheel)
    )


@pytest.fixture(scope="module")
def error_without_extra(without_extra: Environment) -> str:
    """What `python -m pulumi_bedrock.local` writes in it."""
    done = without_extra.run("python", "-m", "pulumi_bedrock.local")
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


@pytest.fixture(scope="module")
def installed(without_extra: Environment, error_without_extra: str) -> Environment:
    """The same with the extra, which the error's command has installed."""
    without_extra.succeed(*shlex.split(error_without_extra.partition("Run: ")[2]), PIP_NO_COMPILE="1")
    return without_extra


@contextmanager
def served(environment: Environment) -> Iterator[LocalBedrock]:
    """Serve a local Bedrock from an environment, as its README says."""
    command = [
        str(environment.bin / "python"),
        "-m",
        "pulumi_bedrock.local",
        "--port",
        "0",
        "--activation-seconds",
        "0",
    ]
    with subprocess.Popen(
        command, cwd=environment.folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+:\d+", server.stdout.readline())
            assert address is not None
            yield LocalBedrock(address[0])
        finally:
            server.terminate()
            server.communicate()


class Project:
    """A stack that runs in an environment.

    :param variables: Those of the engine tests. What they add for speed is left out: a `pip` with a saved list of
        packages, and the setting that keeps the CLI from acquiring plugins. `pulumi-plugin.json` in the wheel must do.
    """

    def __init__(self, folder: Path, environment: Environment, variables: dict[str, str]) -> None:
        self.folder = folder
        backend = folder / "backend"
        backend.mkdir(parents=True)
        (folder / ".venv").symlink_to(environment.folder)
        path = f"{environment.bin}{os.pathsep}{variables['PATH']}"
        self.variables = {**variables, "PATH": path, "PULUMI_BACKEND_URL": backend.as_uri()}
        for name in ("PYTHONPATH", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"):
            del self.variables[name]

    def pulumi(self, *arguments: str) -> str:
        """Run a command, which must succeed, and return what it writes."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"pulumi {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout


def test_version_is_that_of_the_project_file(installed: Environment) -> None:
    version = installed.succeed(
        "python", "-c", "from importlib.metadata import version; print(version('pulumi-bedrock'))"
    )
    assert f'\nversion = "{version.strip()}"\n' in (PROVIDER / "pyproject.toml").read_text()


def test_main_job_runs_and_both_commands_read_its_stack(
    installed: Environment, cli_environment: dict[str, str], tmp_path: Path
) -> None:
    with served(installed) as local:
        project = Project(tmp_path / "project", installed, {**cli_environment, **local.environment()})
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(TOP / name, project.folder)
        project.pulumi("stack", "init", "dev")
        project.pulumi("config", "set", "publish", "false")
        project.pulumi("config", "set", "modelArn", local.create_custom_model("tickets-v1"))

        # Without `pulumi-plugin.json`, the CLI would also acquire a plugin named bedrock.
        assert [plugin["name"] for plugin in json.loads(project.pulumi("about", "--json"))["plugins"]] == ["python"]
        project.variables["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
        preview = project.pulumi("preview", "--json")
        (tmp_path / "preview.json").write_text(preview)
        project.pulumi("up", "--yes", "--skip-preview")
        exports = json.loads(project.pulumi("stack", "output", "--json"))
        [live] = local.deployments()
        assert exports["customModelDeploymentArn"] == live["customModelDeploymentArn"]
        assert "serves tickets-v1" in exports["smokeTestAnswer"]

        comment = installed.succeed("pulumi-bedrock-preview-comment", str(tmp_path / "preview.json"))
        assert "\n**Preview of `bedrock-deployment/dev`: 3 to create.** No deployment stops serving." in comment
        (tmp_path / "state.json").write_text(project.pulumi("stack", "export"))
        orphans = installed.succeed("pulumi-bedrock-orphans", str(tmp_path / "state.json"), **local.environment())
        assert orphans == "No unfinished deployments or custom models of this stack outside its state.\n"

        project.pulumi("destroy", "--yes", "--skip-preview")
        assert local.deployments() == []


@pytest.mark.parametrize("version", CLASSIFIED)
def test_other_python_imports_and_previews(
    version: str,
    find_python: Callable[[str], Path | None],
    distributions: Distributions,
    cli_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip("the Python of the other tests here")
    python = find_python(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed here")
    environment = make_environment(tmp_path / "venv", python, str(distributions.wheel))
    environment.succeed("python", "-W", "error", "-c", "import pulumi_bedrock")
    project = Project(tmp_path / "project", environment, cli_environment)
    (project.folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (project.folder / "__main__.py").write_text(PROGRAM)
    project.pulumi("stack", "init", "dev")
    project.pulumi("config", "set", "aws:region", "us-east-1")
    project.pulumi(
        "config",
        "set",
        "modelArn",
        "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12",
    )
    steps = json.loads(project.pulumi("preview", "--json"))["changeSummary"]
    assert steps == {"create": 3}


def test_local_bedrock_without_its_extra_is_one_line(error_without_extra: str) -> None:
    """Its command works: `installed` is made with it."""
    assert error_without_extra == (
        "error: pulumi_bedrock.local needs moto's server, and flask_cors is not installed. "
        "Run: python -m pip install 'pulumi-bedrock[local]'\n"
    )
