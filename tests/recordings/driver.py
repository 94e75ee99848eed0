"""What drives a situation: the real CLI, or the engine model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from pulumi_bedrock.local import LocalBedrock
from recordings.calls import Placeholders, waves
from stateful.program import Program

__all__ = ["Driver"]


class Driver(ABC):
    """One stack and its account.

    :param log: The file that the recorder writes.
    """

    def __init__(self, local: LocalBedrock, log: Path) -> None:
        self.local, self._log = local, log
        self.v1, self.v2 = local.create_custom_model("v1"), local.create_custom_model("v2")
        self.program: Program = {}
        self.recording: list[dict[str, Any]] = []
        """For each command that made calls: the command, and its calls in waves."""
        self._placeholders = Placeholders({self.v1: "v1", self.v2: "v2"})

    # What a user does

    def up(self, *, fails: bool = False, **flags: Any) -> None:
        """`pulumi up`; for the flags, see `Engine.up`."""
        self._run("up", flags, fails=fails)

    def refresh(self, *, fails: bool = False, **flags: Any) -> None:
        """`pulumi refresh`."""
        self._run("refresh", flags, fails=fails)

    def destroy(self, *, fails: bool = False, **flags: Any) -> None:
        """`pulumi destroy`."""
        self._run("destroy", flags, fails=fails)

    @abstractmethod
    def taint(self, name: str) -> None:
        """`pulumi state taint`."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """`pulumi state rename`."""

    @abstractmethod
    def move(self, name: str) -> None:
        """`pulumi state move` to another stack, which is the driver's from then on."""

    @abstractmethod
    def twin(self, name: str) -> None:
        """Put a resource into the state a second time, as one that is still to be deleted."""

    # What others do

    def stranger(self, name: str, **more: str) -> str:
        """Somebody else makes a deployment."""
        bedrock = self.local.client("bedrock")
        made = bedrock.create_custom_model_deployment(modelDeploymentName=name, modelArn=self.v1, **more)
        arn = str(made["customModelDeploymentArn"])
        self._placeholders.known[arn] = name
        return arn

    def fault(self, operation: str, *, count: int = 1) -> None:
        """AWS refuses the next requests of one kind."""
        # After AccessDenied, a create is tried again without a mark.
        error = "ResourceNotFoundException" if operation == "Create" else "AccessDeniedException"
        self.local.add_fault(operation=f"{operation}CustomModelDeployment", error=error, count=count)

    # How

    @abstractmethod
    def _command(self, name: str, flags: dict[str, Any]) -> bool:
        """Run a command, and return whether it went well."""

    def _run(self, name: str, flags: dict[str, Any], *, fails: bool) -> None:
        self._log.unlink(missing_ok=True)
        shown = " ".join([name, *(f"{flag}={value}" for flag, value in flags.items())])
        went_well = self._command(name, flags)
        assert went_well != fails, f"{shown}: {'went well' if went_well else 'failed'}"
        calls = waves(self._log.read_text() if self._log.exists() else "", self._placeholders)
        self.recording.append({"run": shown + ", fails" * fails, "calls": calls})
