"""docs/assumptions.md and the suite name the same assumptions, and say the same of those without a probe."""

from __future__ import annotations

import re

from aws_acceptance.conftest import TOP

from acceptance.results import NOT_PROBED, PROBED

LINES = re.findall(r"^- (.+)$", (TOP / "docs/assumptions.md").read_text(), re.MULTILINE)


def test_each_line_has_an_identifier_of_its_own() -> None:
    found = [re.match(r"`([a-z-]+)`: [A-Z`].+\.$", line) for line in LINES]
    assert all(found), [line for line, match in zip(LINES, found, strict=True) if not match]
    identifiers = [match[1] for match in found if match]
    assert len(identifiers) == len(set(identifiers))
    assert set(identifiers) == {*PROBED, *NOT_PROBED}


def test_each_assumption_is_probed_or_says_why_not() -> None:
    said = {line.split("`")[1]: line.partition(" Not probed: ")[2].rstrip(".") for line in LINES}
    assert {identifier: why for identifier, why in said.items() if why} == NOT_PROBED
    assert not set(PROBED) & NOT_PROBED.keys()
