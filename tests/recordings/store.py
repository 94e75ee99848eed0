"""The recordings: a file for each situation, and one more where a newer engine makes other calls."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

__all__ = ["ENGINE", "FOLDER", "NEWER", "changes", "is_of_newer", "is_tested", "save"]

FOLDER = Path(__file__).parent / "calls"
ENGINE = Path(__file__).parent / "engine.json"
"""What they were recorded with."""
NEWER = Path(__file__).parent / "calls_of_newer_engine"
"""The recordings of CLI 3.276 that differ. The engine model follows the tested CLI."""
_MODULE = Path(__file__).parents[2] / "tools/cli/go.mod"


def changes(name: str, recording: list[dict[str, Any]]) -> str:
    """A diff of what was recorded in a situation and a new recording; empty if they are equal."""
    path = FOLDER / f"{name}.json"
    before = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(), _as_text(recording).splitlines(), f"{name}, recorded", "now", lineterm=""
    )
    return "\n".join(lines)


def is_tested(cli: str) -> bool:
    """Return whether that version of the CLI is the tested one, or older: the one that the model follows."""
    found = re.search(r"github.com/pulumi/pulumi/pkg/v3 v(\S+)", _MODULE.read_text())
    assert found
    return tuple(map(int, cli.split("."))) <= tuple(map(int, found[1].split(".")))


def is_of_newer(name: str, recording: list[dict[str, Any]]) -> bool:
    """Return whether a newer engine was recorded to make these calls."""
    path = NEWER / f"{name}.json"
    return path.exists() and path.read_text() == _as_text(recording)


def save(name: str, recording: list[dict[str, Any]], *, cli: str) -> None:
    """Write a recording: a call on each line. Of a newer CLI, only one that differs from the tested one's is kept."""
    text, tested = _as_text(recording), FOLDER / f"{name}.json"
    if is_tested(cli) or not tested.exists():
        tested.write_text(text)
        return
    (NEWER / tested.name).unlink(missing_ok=True)
    if text != tested.read_text():
        (NEWER / tested.name).write_text(text)


def _as_text(recording: list[dict[str, Any]]) -> str:
    return json.dumps(recording, indent=1) + "\n"
