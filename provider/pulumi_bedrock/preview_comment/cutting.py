"""Keeps a comment within GitHub's limit: sections come in order of importance, and are cut from the last one's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LIMIT", "Section", "assembled", "size"]

LIMIT = 65_536
"""Characters that GitHub takes in a comment."""
_NOTE = 800
"""Room for the note that tells what was left out; there are fewer than ten sections."""


@dataclass(frozen=True)
class Section:
    """A part of the comment: lines (`items`) that may be cut from the end, between an opening and a closing that stay.

    `what` says what the items are, for the note.
    """

    what: str
    opening: str
    items: Sequence[str]
    closing: str = ""


def size(text: str) -> int:
    """The most that GitHub could count.

    It doesn't say whether it means code points, UTF-16 or bytes, nor whether before or after line ends become CRLF.
    """
    return len(text.encode()) + text.count("\n")


def assembled(head: str, sections: Sequence[Section], *, limit: int = LIMIT) -> str:
    """The head, which is never cut, and as much of the sections as there is room for."""
    whole = "".join([head, *(section.opening + "".join(section.items) + section.closing for section in sections)])
    if size(whole) <= limit:
        return whole
    parts, room = [head], limit - size(head) - _NOTE
    left_out: list[str] = []
    for section in sections:
        frame = size(section.opening) + size(section.closing)
        kept, used = 0, frame
        while not left_out and kept < len(section.items) and used + size(section.items[kept]) <= room:
            used += size(section.items[kept])
            kept += 1
        if kept:
            parts += [section.opening, *section.items[:kept], section.closing]
            room -= used
        if kept < len(section.items):
            left_out.append(f"{len(section.items) - kept} of {len(section.items)} {section.what}")
    return "".join([*parts, f"\n*Cut to GitHub's {LIMIT:,} characters. Left out: {', '.join(left_out)}.*\n"])
