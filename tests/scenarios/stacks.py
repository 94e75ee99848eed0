"""A stack that keeps the output of its commands, and whose commands can be interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.stack import DEPLOYMENT, MODEL, Run, Stack

from .running import Running

__all__ = ["IDENTITY", "ScenarioStack", "Stacks"]

IDENTITY = "pulumi-python:dynamic/bedrock:StackIdentity"


class ScenarioStack(Stack):
    """One stack, and the output of all its commands."""

    def __init__(self, folder: Path, **named: Any) -> None:
        super().__init__(folder, **named)
        self._runs: list[Run] = []
        self._running: list[Running] = []
        # No retries by botocore: its backoff can't be shortened.
        self.config = {"aws:maxRetries": "0"}

    def pulumi(self, *arguments: str, fails: bool = False) -> Run:
        """Run a command, and keep its output."""
        run = super().pulumi(*arguments, fails=fails)
        self._runs.append(run)
        return run

    def start(self, *arguments: str) -> Running:
        """Start a command in the background; by default `up` without a preview."""
        self._write_config()
        running = Running(
            self.command(*(arguments or ("up", "--yes", "--skip-preview"))),
            folder=self.work,
            environment=self.environment,
            output=self.folder / f"output-{len(self._running)}.txt",
        )
        self._running.append(running)
        return running

    def kill_host_of_up(self) -> None:
        """`pulumi up`, whose dynamic host is killed while a deployment or custom model is `Creating`."""
        running = self.start()
        running.says("Creating, waiting for Active")
        running.kill_host()

    def end(self) -> None:
        """End every command that still runs, and all its processes."""
        for running in self._running:
            running.end()

    @property
    def screen(self) -> str:
        """The output of all commands so far."""
        return "\n".join([run.text for run in self._runs] + [running.text for running in self._running])

    @property
    def identity(self) -> str | None:
        """The ID of the stack's `StackIdentity`; None before the state has one."""
        found = self.resources(IDENTITY)
        return str(found[0]["id"]) if found else None

    @property
    def held(self) -> list[str]:
        """The ARNs of the deployments and custom models in the state: one that it holds twice, twice."""
        found = [*self.resources(DEPLOYMENT), *self.resources(MODEL)]
        return [resource["id"] for resource in found if resource.get("id")]

    @property
    def recorded(self) -> set[str]:
        """The ARNs of the deployments and custom models in the state."""
        return set(self.held)

    def rewrite(self, edit: Callable[[list[dict[str, Any]]], None]) -> None:
        """Change the resources in the state, with `pulumi stack import`."""
        latest = json.loads(self.state)["checkpoint"]["latest"]
        edit(latest["resources"])
        export = self.folder / "export.json"
        export.write_text(json.dumps({"version": 3, "deployment": latest}))
        self.pulumi("stack", "import", "--file", str(export))


class Stacks:
    """The stacks of a scenario. All have the same project and stack name; each has its own backend and folder."""

    def __init__(self, make: Callable[[str], ScenarioStack]) -> None:
        self._make = make
        self.made: list[ScenarioStack] = []

    def __call__(self, folder: str) -> ScenarioStack:
        """Make another stack, in a folder of this name."""
        self.made.append(self._make(folder))
        return self.made[-1]

    def end(self) -> None:
        """End all processes that still run."""
        for stack in self.made:
            stack.end()
