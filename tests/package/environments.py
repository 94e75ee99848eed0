"""Virtual environments with nothing in them but what a test installs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Environment", "make_environment"]


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return self.folder / "bin"

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs, from a folder that isn't the checkout."""
        program, *arguments = command
        return subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=cwd or self.folder,
            env={**_environment(), **variables},
            capture_output=True,
            text=True,
        )

    def succeed(self, *command: str, cwd: Path | None = None, **variables: str) -> str:
        """Run one of its programs, which must succeed, and return what it writes."""
        done = self.run(*command, cwd=cwd, **variables)
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout


def make_environment(folder: Path, python: Path, *requirements: str) -> Environment:
    """Make a virtual environment with pip, and install the requirements into it.

    uv takes a tenth of pip's CPU time. Set-up doesn't install it where it can't read pip's settings.
    """
    made = Environment(folder)
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        _succeed(uv, "venv", "--quiet", "--seed", "--python", python, folder)
        _succeed(uv, "pip", "install", "--quiet", "--python", made.bin / "python", *requirements)
    else:
        _succeed(python, "-m", "venv", folder)
        made.succeed("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    return made


def _succeed(*command: str | Path) -> None:
    done = subprocess.run(list(map(str, command)), env=_environment(), capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}"


def _environment() -> dict[str, str]:
    """The user's environment, without what leads Python to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
