"""Create a virtual environment with all packages, and update it when the lists of packages change.

The environment gets the interpreter that runs this script. Nothing is installed yet: standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036 - the user's python3 may be older
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"error: Python 3.10 or newer is needed, and this is {version}. Choose another: make PYTHON=python3.12 …")

from progress import CommandFailedError, one_at_a_time, run, say

__all__ = ["make_venv"]

TOP = Path(__file__).resolve().parent.parent
ALL_REQUIREMENTS = ("requirements-dev.txt",)
TEST_REQUIREMENTS = ("requirements-test.txt",)
DOCS_REQUIREMENTS = ("requirements-docs.txt",)
PIP_OPTIONS = ("--disable-pip-version-check", "--progress-bar=off", "--no-compile")
UV = "uv>=0.9,<1"
"""It installs the same packages as pip, and takes a tenth of the CPU time."""
SOURCES = (*ALL_REQUIREMENTS, *TEST_REQUIREMENTS, "provider/pyproject.toml", "tools/make_venv.py")
"""The files that decide what the environment has in it."""
COMPILED = ("_pytest", "boto3", "botocore", "google", "grpc", "hypothesis", "moto", "pulumi", "werkzeug")
"""Packages that every test process imports. Many processes would compile them at the same time. The rest is compiled
on import: pulumi_aws alone takes as long as all of these."""


def make_venv(venv: Path, requirements: Sequence[str] = ALL_REQUIREMENTS) -> None:
    """Create the environment, or update it if it is out of date.

    :param requirements: The files that list the packages.
    :raises CommandFailedError: when Python or pip fails.
    """
    stamp = venv / ".made-from"
    wanted = _digest(requirements)
    with one_at_a_time(TOP):
        if stamp.exists() and stamp.read_text() == wanted and _works(venv):
            return
        stamp.unlink(missing_ok=True)
        if not _works(venv):
            say(f"Creating a virtual environment in {venv.name} (Python {sys.version.split()[0]}).")
            shutil.rmtree(venv, ignore_errors=True)
            run([sys.executable, "-m", "venv", venv])
        say("Installing the packages: up to 2 minutes the first time.")
        files = [argument for name in requirements for argument in ("-r", name)]
        _install(venv, files)
        _compile(venv)
        stamp.write_text(wanted)


def _install(venv: Path, files: Sequence[str]) -> None:
    python = venv / "bin/python"
    pip: list[str | Path] = [python, "-m", "pip", "install", *PIP_OPTIONS]
    if not _pip_has_its_own_index(python):
        try:
            run([*pip, UV])
            run([venv / "bin/uv", "pip", "install", "--python", python, *files], cwd=TOP)
        except CommandFailedError as error:
            say(f"   uv can't install them: {error.last_line} Trying pip.")
        else:
            return
    run([*pip, *files], cwd=TOP)


def _pip_has_its_own_index(python: Path) -> bool:
    """Return whether pip is told which index to use: uv doesn't read pip's settings."""
    settings = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    return any("index" in line.partition("=")[0] for line in settings.splitlines())


def _compile(venv: Path) -> None:
    folders = [folder for name in COMPILED for folder in venv.glob(f"lib/python*/site-packages/{name}")]
    run([venv / "bin/python", "-m", "compileall", "-q", "-j", "0", *folders])


def _digest(requirements: Sequence[str] = ALL_REQUIREMENTS) -> str:
    digest = hashlib.sha256(f"{TOP} {sys.version} {' '.join(requirements)}".encode())
    for name in dict.fromkeys((*SOURCES, *requirements)):
        digest.update((TOP / name).read_bytes())
    return digest.hexdigest()


def _works(venv: Path) -> bool:
    """Return whether the environment's Python runs and has this version: pyenv and Homebrew remove old versions."""
    try:
        ask = [str(venv / "bin/python"), "-c", "import pip, sys; print(sys.version)"]
        answer = subprocess.run(ask, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == sys.version.strip()


def main() -> None:
    """Create the environment that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("venv", type=Path, help="the folder")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--test", action="store_true", help="only what the unit and provider tests need")
    kind.add_argument("--docs", action="store_true", help="only what builds the site")
    options = parser.parse_args()
    wanted = TEST_REQUIREMENTS if options.test else DOCS_REQUIREMENTS if options.docs else ALL_REQUIREMENTS
    venv: Path = options.venv.absolute()
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"error: {sys.executable} can't create virtual environments. "
            "On Debian and Ubuntu, install python3-venv; or choose another interpreter: make PYTHON=…"
        )
    try:
        make_venv(venv, wanted)
    except CommandFailedError as error:
        tail = "\n".join(error.output.splitlines()[-25:])
        sys.exit(f"{tail}\nerror: the virtual environment {venv.name} could not be created: {error}")


if __name__ == "__main__":
    main()
