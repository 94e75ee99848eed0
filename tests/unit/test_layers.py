"""Imports point one way, as `.importlinter` says: the contracts are kept, and they cover every module."""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pulumi_bedrock
import pytest

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


def test_layers_name_packages_once() -> None:
    """Modules at the top are layers of their own; a module inside a package stands in the layer of the package."""
    tops = {file.stem for file in PACKAGE.glob("*.py")} | {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    layers = [
        name
        for line in contracts()["importlinter:contract:layers"]["layers"].split()
        for name in re.split(r"[|:]", line)
        if name
    ]
    named = [
        name
        for section in contracts().values()
        for text in section.values()
        for name in re.findall(r"pulumi_bedrock\.([\w.]+)", text)
    ]

    assert len(set(layers)) == len(layers)
    assert set(layers) | set(named) <= tops


def exports(module: Path) -> tuple[set[str], set[str]]:
    """The names that a package's `__init__` binds by importing, and those that its `__all__` lists."""
    imported: set[str] = set()
    listed: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            listed = set(ast.literal_eval(node.value))
    return imported, listed


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("__init__.py")), ids=lambda file: file.parent.name)
def test_package_init_imports_only_what_it_exports(module: Path) -> None:
    imported, listed = exports(module)

    # One with a leading underscore is imported to see whether it is installed; the standard library is no export.
    standard = {"metadata", *sys.stdlib_module_names}
    assert {name for name in imported if not name.startswith("_")} - standard == listed


def test_top_of_the_package_has_at_most_ten_modules() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 10
