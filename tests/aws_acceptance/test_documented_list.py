"""docs/assumptions.md and the suite name the same assumptions, and say the same of those without a probe."""

from __future__ import annotations

import re

from aws_acceptance.conftest import TOP
from pulumi_bedrock.local.contradictions import CONTRADICTIONS
from scenarios.outcomes import outcomes

from acceptance.results import NOT_PROBED, PROBED

PAGE = (TOP / "docs/assumptions.md").read_text()
LINES = re.findall(r"^- (.+)$", PAGE, re.MULTILINE)
ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE))


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


def test_local_bedrock_contradicts_only_documented_assumptions() -> None:
    assert CONTRADICTIONS.keys() <= {*PROBED, *NOT_PROBED}


def test_each_assumption_has_a_scenario_or_no_effect() -> None:
    assert ROWS.keys() == {*PROBED, *NOT_PROBED}
    with_effect = {identifier for identifier, text in ROWS.items() if not text.startswith("No effect")}
    shown = " ".join(row.what for row in outcomes())
    assert with_effect == {identifier for identifier in ROWS if f"`{identifier}`" in shown}
