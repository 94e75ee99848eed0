"""Tests of the package as a registry would take it: `make test-package`.

They install packages, so they need the package registries. `make test` leaves them out.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine.conftest import cli_environment, empty_stack, local, model, stack

__all__ = ["cli_environment", "empty_stack", "local", "model", "stack"]

PROVIDER = Path(__file__).parents[2] / "provider"
CLASSIFIED = re.findall(r"Python :: (3\.\d+)", (PROVIDER / "pyproject.toml").read_text())
"""The versions of Python that the classifiers name."""


@dataclass(frozen=True)
class Distributions:
    """The two files that a registry gets."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The files that the release workflow publishes; elsewhere both are built here.

    They are built from a copy of `provider/`, with what git doesn't ignore in it.
    """
    if given := os.environ.get("PULUMI_BEDROCK_DISTRIBUTIONS"):
        return _distributions_in(Path(given))
    folder = tmp_path_factory.mktemp("distributions")
    source = folder / "provider"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROVIDER,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (PROVIDER / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROVIDER / name, source / name)
    build(source, folder / "dist")
    return _distributions_in(folder / "dist")


def build(source: Path, destination: Path, *options: str) -> None:
    """Build the distributions of a folder."""
    # Warnings of setuptools and pip are theirs: PYTHONWARNINGS may be set for the tests.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    installer = ["--installer", "uv"] if Path(sys.executable).with_name("uv").exists() else []
    command = [sys.executable, "-m", "build", *installer, *options, "--outdir", str(destination), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def _distributions_in(folder: Path) -> Distributions:
    [wheel] = folder.glob("*.whl")
    [sdist] = folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)


@pytest.fixture(scope="session")
def find_python() -> Callable[[str], Path | None]:
    """Find the interpreter of a version, such as 3.10; None where it is not installed."""
    tool = importlib.util.spec_from_file_location("test_pythons", PROVIDER.parent / "tools/test_pythons.py")
    assert tool is not None and tool.loader is not None
    module = importlib.util.module_from_spec(tool)
    tool.loader.exec_module(module)
    found: Callable[[str], Path | None] = module.find_python
    return found
