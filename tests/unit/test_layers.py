"""Imports point one way, as `.importlinter` says: the contracts are kept, and they cover every module."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pulumi_bedrock

TOP = Path(__file__).parents[2]
PACKAGE = Path(pulumi_bedrock.__file__).parent


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(TOP / ".importlinter")
    return parser


def test_import_contracts_are_kept(tmp_path: Path) -> None:
    command = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    arguments = ["--config", str(TOP / ".importlinter"), "--cache-dir", str(tmp_path)]

    run = subprocess.run(
        [sys.executable, "-c", command, *arguments],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken\.", run.stdout)


def test_every_package_is_in_a_contract() -> None:
    """One that no contract names could import whatever it likes."""
    named = {name for section in contracts().values() for text in section.values() for name in re.findall(r"\w+", text)}
    packages = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    modules = {file.stem for file in PACKAGE.glob("*.py")} - {"__init__"}

    assert packages | modules <= named


def test_top_of_the_package_has_at_most_ten_modules() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 10
