"""Run the unit and provider tests under other Python versions, each in its own virtual environment.

A version that isn't installed is skipped with a message.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TESTS = ("tests/unit", "tests/provider")


def find_python(version: str) -> Path | None:
    """Return the interpreter of that version (such as 3.10), from PATH or from pyenv and similar tools."""
    return next((python for python in _candidates(version) if _runs(python, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    for folder in _version_folders():
        for home in sorted(folder.glob(f"*{version}*")):
            yield home / f"bin/python{version}"


def _version_folders() -> Iterator[Path]:
    """Yield pyenv's folders of interpreters, also found from its shims and this Python: HOME may be another one."""
    yield Path(sys.base_prefix).parent
    if root := os.environ.get("PYENV_ROOT"):
        yield Path(root) / "versions"
    for place in os.environ.get("PATH", "").split(os.pathsep):
        if Path(place).name == "shims":
            yield Path(place).parent / "versions"
    yield Path.home() / ".pyenv/versions"


def _runs(python: Path, version: str) -> bool:
    """Return whether the interpreter runs and has that version: a pyenv shim may exist and fail."""
    try:
        answer = subprocess.run([str(python), "--version"], capture_output=True, text=True, timeout=60)
    except OSError:
        return False
    return answer.returncode == 0 and f"{answer.stdout}{answer.stderr}".startswith(f"Python {version}.")


def main() -> None:
    """Test under each version on the command line; the arguments after `--` are pytest's."""
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("versions", nargs="*", metavar="VERSION")
    failed = []
    for version in parser.parse_args(arguments[:split]).versions:
        python = find_python(version)
        if python is None:
            print(f"Not tested under Python {version}: it is not installed.", flush=True)
            continue
        print(f"Testing under Python {version} ({python}).", flush=True)
        venv = TOP / f".venv-{version}"
        subprocess.run([str(python), str(TOP / "tools/make_venv.py"), "--test", str(venv)], check=True)
        pytest = [str(venv / "bin/python"), "-m", "pytest", *arguments[split + 1 :], *TESTS]
        if subprocess.run(pytest, cwd=TOP).returncode:
            failed.append(version)
    if failed:
        sys.exit(f"error: tests failed under Python {', '.join(failed)}")


if __name__ == "__main__":
    main()
