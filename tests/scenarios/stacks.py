"""A stack to which things happen: it keeps what every command said, and can be interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.stack import DEPLOYMENT, Run, Stack

from .running import Running

__all__ = ["IDENTITY", "ScenarioStack", "Stacks"]

IDENTITY = "pulumi-python:dynamic/bedrock:StackIdentity"


class ScenarioStack(Stack):
    """One stack, and all that its commands have put on the screen."""

    def __init__(self, folder: Path, **named: Any) -> None:
        super().__init__(folder, **named)
        self._runs: list[Run] = []
        self._running: list[Running] = []
        # The engine's pauses are ours to choose, botocore's are not: one try of each call, and no backoff.
        self.config = {"aws:maxRetries": "0"}

    def pulumi(self, *arguments: str, fails: bool = False) -> Run:
        """Run a command, and remember what it said."""
        run = super().pulumi(*arguments, fails=fails)
        self._runs.append(run)
        return run

    def start(self, *arguments: str) -> Running:
        """Start a command, `up` without its preview if nothing else is given, and don't wait for its end."""
        self._write_config()
        running = Running(
            self.command(*(arguments or ("up", "--yes", "--skip-preview"))),
            folder=self.work,
            environment=self.environment,
            output=self.folder / f"output-{len(self._running)}.txt",
        )
        self._running.append(running)
        return running

    def end(self) -> None:
        """End every command that is still under way, and all its processes."""
        for running in self._running:
            running.end()

    @property
    def screen(self) -> str:
        """All that was said so far."""
        return "\n".join([run.text for run in self._runs] + [running.text for running in self._running])

    @property
    def identity(self) -> str | None:
        """What proves that a marked deployment is this stack's; None before there is one in the state."""
        found = self.resources(IDENTITY)
        return str(found[0]["id"]) if found else None

    @property
    def recorded(self) -> set[str]:
        """The ARNs of the deployments in the state."""
        return {resource["id"] for resource in self.resources(DEPLOYMENT) if resource.get("id")}


class Stacks:
    """The stacks of a scenario: all of the same project and name, each with a backend and folder of its own."""

    def __init__(self, make: Callable[[str], ScenarioStack]) -> None:
        self._make = make
        self.made: list[ScenarioStack] = []

    def __call__(self, folder: str) -> ScenarioStack:
        """Another stack, in a folder of this name."""
        self.made.append(self._make(folder))
        return self.made[-1]

    def end(self) -> None:
        """End all processes that are left."""
        for stack in self.made:
            stack.end()
