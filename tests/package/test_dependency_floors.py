"""The oldest dependencies that the metadata allow pass the unit and provider tests, under the oldest Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from package.conftest import PROVIDER, Distributions
from package.environments import make_environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOP = PROVIDER.parent
PROJECT = tomllib.loads((PROVIDER / "pyproject.toml").read_text())["project"]
OLDEST_PYTHON = PROJECT["requires-python"].removeprefix(">=")


def oldest() -> list[str]:
    """Return each dependency of the package at its floor: `pulumi==3.272`."""
    floors = [re.match(r"([\w-]+)>=([\d.]+)", entry) for entry in PROJECT["dependencies"]]
    assert all(floors), f"a dependency without a floor: {PROJECT['dependencies']}"
    return [f"{floor[1]}=={floor[2]}" for floor in floors if floor]


def requirements_of_the_tests() -> list[str]:
    """Return what the unit and provider tests need, without this package itself."""
    lines = (TOP / "requirements-test.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith(("#", "-e"))]


def test_oldest_python_and_dependencies_pass_the_unit_and_provider_tests(
    distributions: Distributions, find_python: Callable[[str], Path | None], tmp_path: Path
) -> None:
    """Where the oldest Python isn't installed, this one."""
    python = find_python(OLDEST_PYTHON) or Path(sys.executable)
    environment = make_environment(
        tmp_path / "venv", python, f"{distributions.wheel}[local]", *oldest(), *requirements_of_the_tests()
    )
    # A copy of the tests without the checkout: what they import is the installed wheel.
    shutil.copytree(TOP / "tests", tmp_path / "project/tests", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".importlinter", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(TOP / name, tmp_path / "project")
    (tmp_path / "project/tools").mkdir()
    shutil.copy(TOP / "tools/crowd_clock.py", tmp_path / "project/tools")  # time for tests and benchmarks
    done = environment.run(
        "python", "-m", "pytest", "-q", "-n", "2", "tests/unit", "tests/provider", cwd=tmp_path / "project"
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert subprocess.run([str(environment.bin / "python"), "-m", "pip", "check"]).returncode == 0
