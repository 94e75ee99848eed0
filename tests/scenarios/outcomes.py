"""Generate the table in docs/failure-modes.md from the tests: `@scenario` gives a test its rows."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from pulumi_bedrock.values.kinds import CUSTOM_MODEL, KINDS

__all__ = ["BEGIN", "END", "MODULES", "PAGE", "Outcome", "outcomes", "scenario", "table"]

PAGE = Path(__file__).parents[2] / "docs/failure-modes.md"
BEGIN, END = "<!-- scenarios -->", "<!-- /scenarios -->"
MODULES = (
    "test_aws_in_trouble",
    "test_activation",
    "test_slots",
    "test_interrupted",
    "test_obsolete",
    "test_names",
    "test_forced_replacement",
    "test_replacement_fails",
    "test_kept",
    "test_update_in_place",
    "test_deletion",
    "test_denied_tag_calls",
    "test_account",
    "test_shared_account",
    "test_orphans",
    "test_upgrade",
    "test_security",
    "test_assumptions",
    "test_model_assumptions",
)
"""The test modules, in the order of the table."""
_ATTRIBUTE = "scenario_outcomes"

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Outcome:
    """A row of the table.

    :param models: `too` when it is shown for custom models as well as for deployments, or `only`.
    """

    what: str
    outcome: str
    models: str = ""


def scenario(what: str, outcome: str, *, models: str = "") -> Callable[[Test], Test]:
    """Add a row of the table to a test. A test that shows several rows has several of these decorators.

    :param models: What the row says of custom models; left out, it follows from `subject.both` and its like.
    """

    def marked(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, [Outcome(what, outcome, models), *getattr(test, _ATTRIBUTE, [])])
        return test

    return marked


def outcomes() -> list[Outcome]:
    """Return all rows, in the order of `MODULES` and of the tests in each module."""
    return [row for name in MODULES for row in _of(importlib.import_module(f"{__package__}.{name}"))]


def table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {row.what} | {row.outcome} | {row.models} |" for row in outcomes()]
    return "\n".join(["| What goes wrong | What happens | Custom models |", "| --- | --- | --- |", *rows])


def _of(module: ModuleType) -> list[Outcome]:
    return [
        replace(row, models=row.models or _models(test))
        for test in vars(module).values()
        for row in getattr(test, _ATTRIBUTE, [])
    ]


def _models(test: Callable[..., None]) -> str:
    """Return for which kinds the marks of `subject` run a test, as the table says it."""
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize" and "kind" in ([mark.args[0]] if isinstance(mark.args[0], str) else mark.args[0]):
            kinds = {value[0] if isinstance(value, tuple) else value for value in mark.args[1]}
            return "too" if len(kinds) == len(KINDS) else "only" if CUSTOM_MODEL in kinds else ""
    return ""


def write(page: Path = PAGE) -> None:
    """Write the table into the page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n{table()}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
