"""The full diff, in a collapsed section: every changed property of every changed resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .changes import Action, Change
from .cutting import Section
from .markdown import fence_for, raw_value, shortened, visible
from .values import Sign, path_text

__all__ = ["full_diff"]

_LENGTH = 1_000
"""Characters of a value, or of a path."""


def full_diff(changes: Sequence[Change]) -> list[Section]:
    """Return one fenced block in a collapsed section, which GitHub colours. No value can close either."""
    lines = [line for change in changes for line in _lines(change)]
    if not lines:
        return []
    fence = fence_for("".join(lines))
    opening = f"\n<details><summary>Full diff</summary>\n\n{fence}diff\n"
    return [Section("lines of the full diff", opening, lines, f"{fence}\n\n</details>\n")]


def _lines(change: Change) -> Iterator[str]:
    yield f"@@ {change.action.value}: {shortened(visible(change.urn.text), _LENGTH)} @@\n"
    gone = change.action in (Action.DELETE, Action.DELETE_REPLACED, Action.FORGET)
    for leaf in change.leaves:
        path = shortened(visible(path_text(leaf.path)), _LENGTH)
        if leaf.old is not Sign.MISSING:
            yield f"- {path}: {raw_value(leaf.old, length=_LENGTH)}\n"
        if leaf.new is not Sign.MISSING and not gone:
            yield f"+ {path}: {raw_value(leaf.new, length=_LENGTH)}\n"
