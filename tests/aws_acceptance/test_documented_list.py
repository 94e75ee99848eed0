"""docs/assumptions.md and the suite name the same assumptions, and say the same of those without a probe."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aws_acceptance.conftest import TOP
from pulumi_bedrock.local.contradictions import CONTRADICTIONS

from acceptance.report import assumptions
from acceptance.results import NOT_PROBED, PROBED

# Without the screen and report that it shows.
PAGE = re.sub(r"^```.*?^```$", "", (TOP / "docs/assumptions.md").read_text(), flags=re.MULTILINE | re.DOTALL)
LINES = re.findall(r"^- (.+)$", PAGE, re.MULTILINE)
ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE))
NO_EFFECT = {
    "constraints-before-replay",
    "converse-deleting",
    "converse-failed",
    "deployment-beside-model",
    "imported-model-arn",
    "list-filters",
    "nobody-sets-aws-tags",
    "throttled-per-operation",
}
"""The assumptions on which the provider doesn't depend."""
SHOWN_BY = ("test_assumptions.py", "test_model_assumptions.py")
"""The scenarios of assumptions that don't hold."""


@dataclass(frozen=True)
class Scenario:
    """A test in one of the modules `SHOWN_BY`.

    :param named: The assumptions in its title.
    :param contradicted: Those with which it calls `contradict`.
    :param has_fault: Whether it adds a fault, which contradicts what `contradict` can't.
    """

    test: str
    named: set[str]
    contradicted: set[str]
    has_fault: bool


def scenarios() -> Iterator[Scenario]:
    """Read the source: a title says what is contradicted, and only the calls do it."""
    modules = [ast.parse((TOP / "tests/scenarios" / name).read_text(encoding="utf-8")) for name in SHOWN_BY]
    for test in [statement for module in modules for statement in module.body]:
        if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
            continue
        titles = [ast.literal_eval(each.args[0]) for each in test.decorator_list if _name(each) == "scenario"]
        calls = [each for each in ast.walk(test) if isinstance(each, ast.Call)]
        contradicted = [each.args for each in calls if _name(each) == "contradict"]
        yield Scenario(
            test.name,
            {word for word in re.findall(r"`([a-z-]+)`", " ".join(titles)) if word in ROWS},
            {ast.literal_eval(argument) for arguments in contradicted for argument in arguments},
            any(_name(each) == "add_fault" for each in calls),
        )


def _name(call: ast.AST) -> str:
    """Return the name of what a call calls: `contradict` for `local.contradict(…)`."""
    return ast.unparse(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""


SCENARIOS = list(scenarios())


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


def test_each_assumption_says_what_is_known_of_it() -> None:
    states = r" Known: (recorded|written|code|documented|nothing yet)\b"
    assert [line for line in LINES if len(re.findall(states, line)) != 1] == []


def test_report_shows_each_assumption_without_what_is_known_of_it() -> None:
    shown = assumptions()
    assert shown.keys() == {*PROBED, *NOT_PROBED}
    assert [text for text in shown.values() if re.search("Known:|Not probed:", text) or text[-1] != "."] == []


def test_local_bedrock_contradicts_only_documented_assumptions() -> None:
    assert CONTRADICTIONS.keys() <= {*PROBED, *NOT_PROBED}


def test_each_assumption_has_a_scenario_or_no_effect() -> None:
    assert ROWS.keys() == {*PROBED, *NOT_PROBED}
    assert {identifier for identifier, text in ROWS.items() if text.startswith("No effect")} == NO_EFFECT
    named = {identifier for scenario in SCENARIOS for identifier in scenario.named}
    assert named == ROWS.keys() - NO_EFFECT
    assert not NO_EFFECT & CONTRADICTIONS.keys()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.test)
def test_scenario_contradicts_what_it_names(scenario: Scenario) -> None:
    assert scenario.named
    assert scenario.contradicted == scenario.named & CONTRADICTIONS.keys()
    assert scenario.named <= CONTRADICTIONS.keys() or scenario.has_fault
