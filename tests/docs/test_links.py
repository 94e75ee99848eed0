"""Every link of the documentation leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.pages import PAGES, TOP, anchors, links


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_of_page_lead_to_files_and_headings(page: Path) -> None:
    broken = [target for target in links(page) if not leads_somewhere(page, target)]
    assert broken == []


def test_readme_links_to_every_page() -> None:
    linked = {(TOP / target.partition("#")[0]).resolve() for target in links(Path("README.md"))}
    missing = [page for page in PAGES if page.parent.name == "docs" and TOP / page not in linked]
    assert missing == []


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether a link's file exists, in the repository, and has the heading that the link names."""
    path, _, anchor = target.partition("#")
    found = (TOP / page.parent / path).resolve() if path else TOP / page
    if not found.exists() or TOP not in (found, *found.parents):
        return False
    return not anchor or (found.suffix == ".md" and anchor in anchors(found.relative_to(TOP)))


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("docs/scale.md", True),
        ("docs/scale.md#benchmark", True),
        ("#install", True),
        ("docs/none.md", False),
        ("docs/scale.md#none", False),
        ("#none", False),
        ("../none", False),
    ],
)
def test_link_checker_tells_broken_links_from_others(target: str, leads: bool) -> None:
    assert leads_somewhere(Path("README.md"), target) is leads
