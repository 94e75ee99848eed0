"""The acceptance suite, run as `make test-aws` runs it, against a local Bedrock."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine.conftest import cli_environment, local, model, other_model
from pulumi_bedrock.local import LocalBedrock

__all__ = ["cli_environment", "local", "model", "other_model"]

TOP = Path(__file__).parents[2]


@dataclass(frozen=True)
class Suite:
    """The suite, with a folder of its own for ledgers and reports."""

    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """Return a command of the suite."""
        return [sys.executable, "-m", "acceptance", "--folder", str(self.folder), *arguments]

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the suite to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=TOP,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command of the suite."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=TOP,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def ledgers(self) -> list[Path]:
        """The ledgers of runs that may have left something."""
        return sorted(self.folder.glob("*.ledger.jsonl"))

    @property
    def report(self) -> str:
        """The one report."""
        [path] = self.folder.glob("*.report.md")
        return path.read_text()


@pytest.fixture
def suite(tmp_path: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Suite:
    """The suite, led to the local Bedrock."""
    return Suite(tmp_path / "acceptance", {**cli_environment, **local.environment()})


@pytest.fixture
def verdicts(suite: Suite) -> Callable[[], dict[str, str]]:
    """Return the verdicts of the report by identifier."""

    def read() -> dict[str, str]:
        rows = [line.split(" | ") for line in suite.report.splitlines() if line.startswith("| `")]
        return {row[0].strip("| `"): row[2].strip("*") for row in rows}

    return read
