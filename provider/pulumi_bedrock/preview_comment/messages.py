"""Diagnostics: errors and warnings are shown, others are in a collapsed section."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from .cutting import Section
from .markdown import code, fence_for, shortened, visible
from .preview import Diagnostic, Preview

__all__ = ["diagnostics", "messages"]

_LENGTH = 6_000
"""Characters of one message: enough for most tracebacks; both ends are shown, and the last line says the most."""
_WIDTH = 100
"""Characters of a line that fit into GitHub's comment, whose blocks of code scroll but don't wrap."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def diagnostics(preview: Preview, severities: Sequence[str], *, title: str) -> list[Section]:
    """Return the messages of some severities, each in its own fenced block."""
    found = [_text(message) for message in _unique(preview) if message.severity in severities]
    return [Section(f"{title.lower()}", f"\n### {title}\n", found)] if found else []


def messages(preview: Preview) -> list[Section]:
    """Return all other messages, in a collapsed section."""
    found = [_text(message) for message in _unique(preview) if message.severity not in ("error", "warning")]
    if not found:
        return []
    return [Section("messages", "\n<details><summary>Messages</summary>\n", found, "\n</details>\n")]


def _unique(preview: Preview) -> list[Diagnostic]:
    return [message for message in dict.fromkeys(preview.diagnostics) if message.message]


def _text(of: Diagnostic) -> str:
    lines = _COLOURS.sub("", of.message).replace("\r\n", "\n").expandtabs(4).split("\n")
    text = shortened("\n".join(_wrapped(visible(line)) for line in lines), _LENGTH)
    fence = fence_for(text)
    about = f"\n{code(of.urn.name)} ({code(of.urn.short_type)}):\n" if of.urn else ""
    return f"{about}\n{fence}text\n{text}\n{fence}\n"


def _wrapped(line: str) -> str:
    """Return a line that is broken only at spaces, so that ARNs and commands stay whole."""
    if len(line) <= _WIDTH:
        return line
    return "\n".join(
        textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
    )
