"""Make text from a preview harmless: it may come from anyone who can open a pull request.

Escaping isn't enough on GitHub, which finds mentions, issue numbers and addresses in the *rendered* text, where
`&#64;octocat` is `@octocat` again. It doesn't search code. So every text from the preview is in a code span or a fence
with more backticks than the text has in a row, without line breaks, and without `|`, which ends a table cell even in
code, and which parsers unescape differently.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any
from urllib.parse import quote

from .values import UNKNOWNS, Sign

__all__ = ["VALUE_LENGTH", "code", "fence_for", "marker", "raw_value", "shortened", "value", "visible"]

VALUE_LENGTH = 200
"""Characters of a value in a table; the full diff has more."""
NOT_KNOWN = "known after apply"

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that are invisible, change the direction of text, or can't be encoded."""
_UNKNOWN = re.compile("|".join(UNKNOWNS))


def visible(text: str) -> str:
    """Return the text on one line, with invisible characters as escapes."""
    text = _UNKNOWN.sub(f"({NOT_KNOWN})", text)
    if text.isprintable():
        return text
    return "".join(_spelled(char) if unicodedata.category(char) in _INVISIBLE else char for char in text)


def _spelled(char: str) -> str:
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"


def shortened(text: str, length: int) -> str:
    """Return both ends of the text, since ARNs and paths differ there."""
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def code(text: str, *, length: int = VALUE_LENGTH) -> str:
    """Return a text as code spans, joined by entities in place of each `|`."""
    if not text:
        return "*(empty)*"
    # Shortened first, too: a text may have megabytes.
    pieces = shortened(visible(shortened(text, 10 * length)), length).split("|")
    return "&#124;".join(_span(piece) if piece else "" for piece in pieces)


def _span(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    # Parsers remove one space on each side. Without it, a backtick at the edge would join the fence.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def fence_for(text: str) -> str:
    """Return a fence that the text can't close."""
    return "`" * max(3, _longest_run(text) + 1)


_WORDS = {Sign.SECRET: "[secret]", Sign.UNKNOWN: f"({NOT_KNOWN})", Sign.MISSING: "(not set)"}


def raw_value(of: Any, *, length: int) -> str:
    """Return a property's value for a fenced block, on one line: JSON, or words for a value that can't be shown."""
    if isinstance(of, Sign):
        return _WORDS[of]
    text = json.dumps(of, ensure_ascii=False, default=_WORDS.__getitem__)
    return shortened(visible(shortened(text, 10 * length)), length)


def value(of: Any, *, missing: str = "*not set*") -> str:
    """Return a property's value for a table cell."""
    if of is Sign.MISSING:
        return missing
    if of is Sign.UNKNOWN:
        return f"*{NOT_KNOWN}*"
    return code(raw_value(of, length=VALUE_LENGTH))


def marker(project: str, stack: str) -> str:
    """Return the HTML comment by which a later run finds this one. Percent-encoded: no name can end or imitate it."""
    return f"<!-- pulumi-bedrock-preview: {_part(project)}/{_part(stack)} -->"


def _part(name: str) -> str:
    # quote() keeps letters, digits and "_.-~"; an HTML comment must not contain two hyphens in a row.
    encoded = quote(name.encode("utf-8", "surrogatepass"), safe="").replace("--", "-%2D")
    if len(encoded) > 300:
        encoded = f"{encoded[:200]}.{hashlib.sha256(encoded.encode()).hexdigest()}"
    return encoded
