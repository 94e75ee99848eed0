"""What GitHub reads of this repository is valid, and names what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

TOP = Path(__file__).parents[2]
DEPENDABOT = TOP / ".github/dependabot.yml"


def test_dependency_updates_satisfy_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.dependabot", str(DEPENDABOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_dependency_updates_name_folders_with_dependencies() -> None:
    files = {"pip": "*requirements*.txt", "gomod": "go.mod", "github-actions": ".github/workflows/*.yml"}
    for update in yaml.safe_load(DEPENDABOT.read_text())["updates"]:
        for folder in update.get("directories") or [update["directory"]]:
            pattern = f"{folder.lstrip('/')}/{files[update['package-ecosystem']]}".lstrip("/")
            found = list(TOP.glob(pattern)) or list(TOP.glob(f"{folder.lstrip('/')}/pyproject.toml"))
            assert found, f"{update['package-ecosystem']}: {folder}"


def test_pull_request_template_names_targets_that_exist() -> None:
    template = (TOP / ".github/pull_request_template.md").read_text()
    targets = set(re.findall(r"`make ([a-z-]+)`", template))
    assert targets
    assert targets <= set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.M))
