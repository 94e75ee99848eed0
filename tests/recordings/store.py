"""The recordings: a file for each situation."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

__all__ = ["ENGINE", "FOLDER", "changes", "save"]

FOLDER = Path(__file__).parent / "calls"
ENGINE = Path(__file__).parent / "engine.json"
"""What they were recorded with."""


def changes(name: str, recording: list[dict[str, Any]]) -> str:
    """A diff of what was recorded in a situation and a new recording; empty if they are equal."""
    path = FOLDER / f"{name}.json"
    before = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(), _as_text(recording).splitlines(), f"{name}, recorded", "now", lineterm=""
    )
    return "\n".join(lines)


def save(name: str, recording: list[dict[str, Any]]) -> None:
    """Write a recording: a call on each line."""
    (FOLDER / f"{name}.json").write_text(_as_text(recording))


def _as_text(recording: list[dict[str, Any]]) -> str:
    return json.dumps(recording, indent=1) + "\n"
