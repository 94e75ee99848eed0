"""Generate the table in docs/failure-modes.md from the tests: `@scenario` gives a test its rows."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

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
)
"""The test modules, in the order of the table."""
_ATTRIBUTE = "scenario_outcomes"

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Outcome:
    """A row of the table."""

    what: str
    outcome: str


def scenario(what: str, outcome: str) -> Callable[[Test], Test]:
    """Add a row of the table to a test. A test that shows several rows has several of these decorators."""

    def marked(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, [Outcome(what, outcome), *getattr(test, _ATTRIBUTE, [])])
        return test

    return marked


def outcomes() -> list[Outcome]:
    """Return all rows, in the order of `MODULES` and of the tests in each module."""
    return [row for name in MODULES for row in _of(importlib.import_module(f"{__package__}.{name}"))]


def table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {row.what} | {row.outcome} |" for row in outcomes()]
    return "\n".join(["| What goes wrong | What happens |", "| --- | --- |", *rows])


def _of(module: ModuleType) -> list[Outcome]:
    return [row for test in vars(module).values() for row in getattr(test, _ATTRIBUTE, [])]


def write(page: Path = PAGE) -> None:
    """Write the table into the page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n{table()}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
