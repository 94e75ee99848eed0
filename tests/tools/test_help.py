"""`--help` is read in a terminal, so it has no Markdown or reStructuredText in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SOURCES = ("provider/pulumi_bedrock", "tools", "acceptance", "benchmarks")
COMMANDS = {
    str(path.relative_to(TOP))
    for source in SOURCES
    for path in (TOP / source).rglob("*.py")
    if "argparse.ArgumentParser(" in path.read_text(encoding="utf-8")
}


def test_every_kind_of_command_is_found() -> None:
    assert {
        "acceptance/__main__.py",
        "benchmarks/__main__.py",
        "provider/pulumi_bedrock/local/__main__.py",
        "provider/pulumi_bedrock/orphans/__main__.py",
        "provider/pulumi_bedrock/preview_comment/__main__.py",
        "tools/local.py",
    } <= COMMANDS


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_help_has_no_backtick(path: str) -> None:
    module = re.fullmatch(r"(?:provider/)?(.+)/__main__\.py", path)
    command = ["-m", module[1].replace("/", ".")] if module else [path]
    done = subprocess.run(
        [sys.executable, *command, "--help"],
        cwd=TOP,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")
    assert "`" not in done.stdout
