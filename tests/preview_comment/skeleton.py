"""A comment's structure as a Markdown parser sees it, with everything that stands in code blanked out."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["skeleton"]

# GitHub's flavour: tables, strikethrough, and bare addresses turned into links; HTML is let through, so that it shows.
_PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": True})
_CODE = "\0"


def skeleton(markdown: str) -> str:
    """Every token in order: a link, a heading, HTML or a mention that came from foreign text would show here."""
    return "\n".join(_block(token) for token in _PARSER.parse(markdown))


def _block(token: Token) -> str:
    if token.type == "inline":
        # A foreign text with a `|` in it is several spans with that between them; our own texts have none.
        return re.sub(f"[{_CODE}|]+", _CODE, "".join(_inline(child) for child in token.children or []))
    return f"fence {token.info}" if token.type == "fence" else _other(token)


def _inline(token: Token) -> str:
    if token.type == "code_inline":
        return _CODE
    return token.content if token.type == "text" else _other(token)


def _other(token: Token) -> str:
    attributes = " ".join(f"{key}={value}" for key, value in token.attrs.items())
    return f"<{token.type} {attributes} {token.content}>"
