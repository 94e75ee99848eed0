"""Keep a comment within GitHub's limit: sections are in order of importance, and are cut from the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LIMIT", "Section", "assembled", "size"]

LIMIT = 65_536
"""GitHub's limit for a comment, in characters."""
_NOTE = 800
"""Bytes reserved for the note about omitted items; there are fewer than ten sections."""


@dataclass(frozen=True)
class Section:
    """A part of the comment: items that may be cut from the end, between an opening and a closing that stay.

    :param what: A plural noun for the items, for the note.
    """

    what: str
    opening: str
    items: Sequence[str]
    closing: str = ""


def size(text: str) -> int:
    """Return the largest size that GitHub may count.

    GitHub doesn't say whether it counts code points, UTF-16 units or bytes, or line ends as LF or CRLF.
    """
    return len(text.encode()) + text.count("\n")


def assembled(head: str, sections: Sequence[Section], *, limit: int = LIMIT) -> str:
    """Return the head, which is never cut, and as many items of the sections as fit."""
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
