"""Drives a situation through the real CLI, and records what the engine sends to the dynamic host."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from engine.stack import DEPLOYMENT, Code, Stack
from pulumi_bedrock.local import LocalBedrock
from recordings.driver import Driver
from stateful.program import Options, Output

__all__ = ["RECORDER", "CliDriver", "source"]

RECORDER = Path(__file__).parent / "recorder"
_FLAGS = {
    "target": "--target",
    "exclude": "--exclude",
    "force": "--replace",
}
_SWITCHES = {
    "refresh": "--refresh",
    "continue_on_error": "--continue-on-error",
    "exclude_protected": "--exclude-protected",
    "dependents": "--target-dependents",
}


class CliDriver(Driver):
    """A stack of the engine tests.

    :param quiet: For how many seconds the engine must send nothing before the next call is executed. A tenth is enough
        where no calls are concurrent.
    """

    def __init__(self, stack: Stack, local: LocalBedrock, *, quiet: float) -> None:
        super().__init__(local, stack.folder / "calls.jsonl")
        self._stack = stack
        stack.config = {"aws:maxRetries": "0"}
        environment = stack.environment
        environment |= {"ENGINE_CALLS": str(self._log), "ENGINE_CALLS_QUIET": str(quiet)}
        environment["PYTHONPATH"] = os.pathsep.join([str(RECORDER), environment["PYTHONPATH"]])

    @property
    def version(self) -> str:
        """That of the CLI."""
        return self._pulumi("version").strip().removeprefix("v")

    def taint(self, name: str) -> None:
        """`pulumi state taint`."""
        self._stack.pulumi("state", "taint", "--yes", self._urn(name))

    def rename(self, old: str, new: str) -> None:
        """`pulumi state rename`."""
        self._stack.pulumi("state", "rename", "--yes", self._urn(old), new)

    def move(self, name: str) -> None:
        """`pulumi state move`."""
        self._pulumi("stack", "init", "other", "--no-select")
        self._pulumi("state", "move", "--yes", "--source", self._stack.name, "--dest", "other", self._urn(name))
        self._stack.name = "other"

    def twin(self, name: str) -> None:
        """Export the state, and import it changed."""
        saved = json.loads(self._stack.state)["checkpoint"]["latest"]
        [resource] = [each for each in saved["resources"] if each["urn"] == self._urn(name)]
        saved["resources"].append({**resource, "delete": True})
        export = self._stack.folder / "export.json"
        export.write_text(json.dumps({"version": 3, "deployment": saved}))
        self._stack.pulumi("stack", "import", "--file", str(export))

    def _command(self, name: str, flags: dict[str, Any]) -> bool:
        self._stack.program(source(self.program))
        arguments = [name, "--yes", "--skip-preview"]
        for flag, value in flags.items():
            if flag in _FLAGS:
                names = [value] if isinstance(value, str) else value
                arguments += [part for each in names for part in (_FLAGS[flag], self._urn(each))]
            elif flag == "parallel":
                arguments += ["--parallel", str(value)]
            else:
                arguments.append(_SWITCHES[flag])
        return self._stack.run(*arguments).code == 0

    def _pulumi(self, *arguments: str) -> str:
        """Run a command that knows no `--stack`, and return what it prints."""
        command = ["pulumi", *arguments, "--non-interactive"]
        where = {"cwd": self._stack.work, "env": self._stack.environment}
        return subprocess.run(command, check=True, capture_output=True, text=True, **where).stdout

    def _urn(self, name: str) -> str:
        return f"urn:pulumi:{self._stack.name}::{self._stack.project}::{DEPLOYMENT}::{name}"


def source(program: dict[str, dict[str, Any]]) -> str:
    """The Python program."""
    lines = []
    for name, given in program.items():
        inputs = {key: _value(value) for key, value in given.items() if key not in ("opts", "importId", "timeouts")}
        options = _options(given)
        if "get" in inputs:
            lines.append(f"{name} = bedrock.CustomModelDeployment.get({name!r}, {inputs['get']!r}, {options})")
            continue
        arguments = [f"{_snake(key)}={value!r}" for key, value in inputs.items()] + [f"opts={options}"]
        lines.append(f"{name} = bedrock.CustomModelDeployment({name!r}, {', '.join(arguments)})")
    return "\n".join(lines)


def _options(given: dict[str, Any]) -> str:
    options: Options = given.get("opts", Options())
    found: dict[str, Any] = {
        "depends_on": Code(f"[{', '.join(options.depends_on)}]") if options.depends_on else None,
        "aliases": Code(f"[{', '.join(f'pulumi.Alias(name={alias!r})' for alias in options.aliases)}]")
        if options.aliases
        else None,
        "protect": options.protect or None,
        "retain_on_delete": options.retain_on_delete or None,
        "delete_before_replace": options.delete_before_replace or None,
        "replacement_trigger": options.replacement_trigger,
        "ignore_changes": [_snake(key) for key in options.ignore_changes] or None,
        "import_": given.get("importId"),
        "custom_timeouts": Code(f"pulumi.CustomTimeouts(**{given['timeouts']!r})") if "timeouts" in given else None,
    }
    if options.retries:
        test = f"lambda args: len(args.errors) <= {options.retries}"
        found["hooks"] = Code(f"pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook('again', {test})])")
    arguments = ", ".join(f"{key}={value!r}" for key, value in found.items() if value is not None)
    return f"pulumi.ResourceOptions({arguments})"


def _value(value: Any) -> Any:
    return Code(f"{value.of}.custom_model_deployment_arn") if isinstance(value, Output) else value


def _snake(key: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", key).lower()
