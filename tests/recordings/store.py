"""The recordings: a file for each situation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["ENGINE", "as_text", "load", "path_of"]

_FOLDER = Path(__file__).parent / "calls"
ENGINE = Path(__file__).parent / "engine.json"
"""What they were recorded with."""


def path_of(name: str) -> Path:
    """The file of a situation."""
    return _FOLDER / f"{name}.json"


def load(name: str) -> list[dict[str, Any]]:
    """What was recorded in a situation; nothing if it is new."""
    path = path_of(name)
    return list(json.loads(path.read_text())) if path.exists() else []


def as_text(recording: list[dict[str, Any]]) -> str:
    """A recording as its file holds it: a call on each line."""
    return json.dumps(recording, indent=1) + "\n"
