"""The pages of the documentation, as Markdown and parsed."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["DOCS", "PAGES", "TOP", "anchors", "code", "links", "text"]

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PAGES = [
    path.relative_to(TOP)
    for path in (
        TOP / "README.md",
        TOP / "CHANGELOG.md",
        TOP / "CONTRIBUTING.md",
        TOP / "SECURITY.md",
        *sorted(DOCS.glob("*.md")),
        TOP / "examples/README.md",
        *sorted(TOP.glob("examples/*/README.md")),
    )
]


def text(page: Path | str) -> str:
    """A page, by its path from the repository's root."""
    return (TOP / page).read_text(encoding="utf-8")


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures, without those to other sites."""
    found = [
        str(token.attrs.get("href") or token.attrs.get("src"))
        for block in _tokens(page)
        for token in block.children or ()
        if token.type in ("link_open", "image")
    ]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings: lower case, no punctuation, hyphens for spaces."""
    tokens = _tokens(page)
    titles = [
        "".join(part.content for part in title.children or () if part.type in ("text", "code_inline"))
        for heading, title in pairwise(tokens)
        if heading.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def code(page: Path) -> list[str]:
    """The code of a page: its blocks, and the spans in its sentences."""
    blocks = [token.content for token in _tokens(page) if token.type == "fence"]
    spans = [part.content for token in _tokens(page) for part in token.children or () if part.type == "code_inline"]
    return blocks + spans


@cache
def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text(page))
