"""What the README shows and points to is there, and is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pulumi_bedrock as bedrock
import pytest

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text()
LINKS = re.findall(r"\]\(([^)#:]+)\)", README)
ANCHORS = re.findall(r"\]\(#([^)]+)\)", README)


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_links_resolve(link: str) -> None:
    assert (TOP / link).exists()


def test_contents_match_headings() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", README, re.M)
    }
    assert ANCHORS
    assert set(ANCHORS) <= headings


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.M)) <= targets


def test_example_comment_comes_from_real_preview() -> None:
    golden = TOP / "tests" / "preview_comment" / "goldens" / "model-changed-fixed-name.stream.md"
    shown = README.partition("<!-- comment -->")[2].partition("<!-- /comment -->")[0]
    assert shown.strip() == golden.read_text().strip()


def test_every_error_is_listed() -> None:
    table = README.partition("| error | meaning |")[2].partition("\n\n")[0]
    listed = {
        name for row in table.splitlines() for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1] if row else "")
    }
    raised = {name for name in bedrock.errors.__all__ if name[0].isupper() and name != "NO_REGION"} - {"BedrockError"}
    assert raised - listed == {"Conflict", "ModelNotReady", "UnexpectedAnswer"}, "ridden out, or AWS's own words alone"
    assert listed <= raised
