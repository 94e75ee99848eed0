"""A Pulumi stack of a test's own: a project folder, a file backend, and the CLI, run as a user runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

__all__ = ["DEPLOYMENT", "INVOCATION", "MODEL", "Code", "Run", "Stack", "declared", "deployment"]

DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
MODEL = "pulumi-python:dynamic/bedrock:CustomModel"
INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"

_HEAD = """\
import json
import pulumi
import pulumi_bedrock as bedrock

"""
_ENGINE_S_OWN = {
    "update failed",
    "preview failed",
    "destroy failed",
    "refresh failed",
    "an unhandled error occurred: program exited with non-zero exit code: 1",
    # The program's own, from CLI 3.274 on: the engine no longer lets it wait for what failed.
    "Resource monitor has terminated, shutting down",
}
_ENDED = re.compile(r"Detected that \S+ exited prematurely\.")
"""So the engine calls a plugin that it didn't wait for: all of a run have five seconds to end, one after another."""
_HANGS = 600


class Code(str):
    """A piece of a program, written into it as it stands and not as a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Run:
    """What a command said, and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.stdout = done.stdout
        self.text = done.stdout + done.stderr

    @property
    def errors(self) -> list[str]:
        """The errors among the diagnostics, without the engine's closing words on the run as a whole."""
        diagnostics = self.text.rpartition("\nDiagnostics:\n")[2]
        lines = [line.strip() for line in diagnostics.splitlines()]
        said = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        return [line for line in said if line not in _ENGINE_S_OWN and not _ENDED.fullmatch(line)]

    @property
    def error(self) -> str:
        """The one error of a run that failed in one."""
        assert "Traceback" not in self.text, self.text
        assert len(self.errors) == 1, self.text
        return self.errors[0]

    @property
    def changes(self) -> dict[str, int]:
        """The closing summary: `{"created": 2, "unchanged": 1}`, in a preview `{"to create": 2}`."""
        summary = self.text.rpartition("\nResources:\n")[2].partition("\n\n")[0]
        return {what: int(count) for count, what in re.findall(r"^ +(?:[-+~]+ ?)?(\d+) (.+?)$", summary, re.M)}

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.stdout)


class Stack:
    """One stack in a folder of its own.

    `config` and `environment` are plain dictionaries, which a test changes as it likes; they hold from the
    next command on.
    """

    def __init__(self, folder: Path, *, project: str, name: str, environment: Mapping[str, str]) -> None:
        self.folder, self.project, self.name = folder, project, name
        self.environment = {**environment, "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}"}
        self.config: dict[str, Any] = {}

    # The program

    def program(self, source: str) -> None:
        """Write the program; `json`, `pulumi` and `bedrock` are imported already."""
        self.work.joinpath("__main__.py").write_text(_HEAD + source)
        # Python takes compiled code for current if the source has the same size and was written in the same second.
        shutil.rmtree(self.work / "__pycache__", ignore_errors=True)

    def declare(self, name: str = "support-bot", *, more: str = "", **arguments: Any) -> None:
        """Write a program with one deployment, and export its ARN; `more` is put below it."""
        self.program(f"deployment = {deployment(name, **arguments)}\n{EXPORT}\n{more}\n")

    # The commands

    def up(self, *flags: str, fails: bool = False) -> Run:
        """`pulumi up`, without its preview."""
        return self.pulumi("up", "--yes", "--skip-preview", *flags, fails=fails)

    def preview(self, *flags: str, fails: bool = False) -> Run:
        """`pulumi preview --diff`."""
        return self.pulumi("preview", "--diff", *flags, fails=fails)

    def steps(self, *flags: str) -> dict[str, dict[str, Any]]:
        """The steps of `pulumi preview --json` that change a resource, by its logical name."""
        steps = self.pulumi("preview", "--json", *flags).json["steps"]
        return {step["urn"].rpartition("::")[2]: step for step in steps if step["op"] != "same"}

    def refresh(self, *flags: str, fails: bool = False) -> Run:
        """`pulumi refresh`, without its preview, showing what it finds."""
        return self.pulumi("refresh", "--yes", "--skip-preview", "--diff", *flags, fails=fails)

    def destroy(self, *flags: str, fails: bool = False) -> Run:
        """`pulumi destroy`, without its preview."""
        return self.pulumi("destroy", "--yes", "--skip-preview", *flags, fails=fails)

    def pulumi(self, *arguments: str, fails: bool = False) -> Run:
        """Run a command, and see that it ends well; or that it fails, where it should."""
        run = self.run(*arguments)
        assert (run.code != 0) == fails, f"pulumi {' '.join(arguments)} ended with {run.code}:\n{run.text}"
        return run

    def run(self, *arguments: str) -> Run:
        """Run a command, however it ends."""
        self._write_config()
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_HANGS,
        )
        return Run(done)

    def command(self, *arguments: str) -> list[str]:
        """A command as it is run: on this stack, with no questions asked."""
        return ["pulumi", *arguments, "--non-interactive", "--color", "never", "--stack", self.name]

    # The state

    @property
    def work(self) -> Path:
        """The folder that holds the project."""
        return self.folder / "project"

    @property
    def state(self) -> str:
        """The state as it lies in the backend, secrets encrypted."""
        return self._state_file.read_text()

    def resources(self, type_: str = DEPLOYMENT) -> list[dict[str, Any]]:
        """The resources of a type in the state."""
        latest = json.loads(self.state)["checkpoint"]["latest"] or {}
        return [resource for resource in latest.get("resources", ()) if resource["type"] == type_]

    def resource(self, name: str = "support-bot") -> dict[str, Any]:
        """The resource of ours with that logical name."""
        everything = [each for type_ in (DEPLOYMENT, MODEL, INVOCATION) for each in self.resources(type_)]
        (found,) = [resource for resource in everything if resource["urn"].endswith(f"::{name}")]
        return found

    def outputs(self, name: str = "support-bot") -> dict[str, Any]:
        """What the state holds on the resource with that logical name."""
        return dict(self.resource(name)["outputs"])

    def exports(self) -> dict[str, Any]:
        """The stack's outputs, as the state holds them."""
        (found,) = self.resources("pulumi:pulumi:Stack")
        return dict(found.get("outputs") or {})

    @property
    def _state_file(self) -> Path:
        return self.folder / "backend/.pulumi/stacks" / self.project / f"{self.name}.json"

    # The configuration

    def set_secret(self, key: str, value: str) -> None:
        """`pulumi config set --secret`."""
        self.pulumi("config", "set", "--secret", key, value)
        self.config = yaml.safe_load(self._config_file.read_text())["config"]

    @property
    def _config_file(self) -> Path:
        return self.work / f"Pulumi.{self.name}.yaml"

    def _write_config(self) -> None:
        settings = yaml.safe_load(self._config_file.read_text())
        self._config_file.write_text(yaml.safe_dump({**settings, "config": self.config}))


EXPORT = 'pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)'


def deployment(name: str, **arguments: Any) -> str:
    """The expression that declares a deployment."""
    return declared("CustomModelDeployment", name, **arguments)


def declared(resource: str, name: str, **arguments: Any) -> str:
    """The expression that declares a resource of this class."""
    given = "".join(f", {key}={value!r}" for key, value in arguments.items())
    return f"bedrock.{resource}({name!r}{given})"
