"""Text from a preview, made harmless: it may come from anyone who can open a pull request.

Escaping characters doesn't do on GitHub: mentions, issue numbers and addresses are looked for in the *rendered* text,
where `&#64;octocat` is `@octocat` again. They aren't in code. So every foreign text stands in a code span or a fence
whose run of backticks is longer than any inside, without line breaks, and without `|`, which ends a table's cell even
in code, and which parsers unescape differently.
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
NOT_KNOWN = "known only after the apply"

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that show as nothing, turn the direction of text, or can't be encoded."""
_UNKNOWN = re.compile("|".join(UNKNOWNS))


def visible(text: str) -> str:
    """The text on one line, with what can't be seen spelled out."""
    text = _UNKNOWN.sub(f"({NOT_KNOWN})", text)
    if text.isprintable():
        return text
    return "".join(_spelled(char) if unicodedata.category(char) in _INVISIBLE else char for char in text)


def _spelled(char: str) -> str:
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"


def shortened(text: str, length: int) -> str:
    """The text's both ends, since ARNs and paths differ at theirs."""
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def code(text: str, *, length: int = VALUE_LENGTH) -> str:
    """A foreign text as code spans, joined by entities where it holds a `|`."""
    if not text:
        return "*(empty)*"
    # Shortened before as well: a text may be megabytes.
    pieces = shortened(visible(shortened(text, 10 * length)), length).split("|")
    return "&#124;".join(_span(piece) if piece else "" for piece in pieces)


def _span(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    # One space on either side is taken off again by every parser; without, a backtick at the edge would join the run.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def fence_for(text: str) -> str:
    """A fence that nothing in the text can close."""
    return "`" * max(3, _longest_run(text) + 1)


_WORDS = {Sign.SECRET: "[secret]", Sign.UNKNOWN: f"({NOT_KNOWN})", Sign.MISSING: "(not set)"}


def raw_value(of: Any, *, length: int) -> str:
    """A property's value for inside a fence: JSON, or words for what can't be shown. It is one line."""
    if isinstance(of, Sign):
        return _WORDS[of]
    text = json.dumps(of, ensure_ascii=False, default=_WORDS.__getitem__)
    return shortened(visible(shortened(text, 10 * length)), length)


def value(of: Any, *, missing: str = "*not set*") -> str:
    """A property's value for a table's cell."""
    if of is Sign.MISSING:
        return missing
    if of is Sign.UNKNOWN:
        return f"*{NOT_KNOWN}*"
    return code(raw_value(of, length=VALUE_LENGTH))


def marker(project: str, stack: str) -> str:
    """The comment that finds the comment again. Percent-encoded, so that no name ends it or looks like another's."""
    return f"<!-- pulumi-bedrock-preview: {_part(project)}/{_part(stack)} -->"


def _part(name: str) -> str:
    # quote() keeps letters, digits and "_.-~"; two hyphens in a row are no good in an HTML comment.
    encoded = quote(name.encode("utf-8", "surrogatepass"), safe="").replace("--", "-%2D")
    if len(encoded) > 300:
        encoded = f"{encoded[:200]}.{hashlib.sha256(encoded.encode()).hexdigest()}"
    return encoded
