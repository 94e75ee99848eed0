"""The table of scenarios in the README, made from the tests themselves: each carries what it shows as data."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TypeVar

__all__ = ["BEGIN", "END", "MODULES", "Outcome", "outcomes", "scenario", "table"]

BEGIN, END = "<!-- scenarios -->", "<!-- /scenarios -->"
MODULES = (
    "test_aws_in_trouble",
    "test_activation",
    "test_interrupted",
    "test_names",
    "test_forced_replacement",
    "test_replacement_fails",
    "test_deletion",
    "test_denied_tag_calls",
    "test_upgrade",
    "test_security",
)
"""In the order in which the table is read."""
_ATTRIBUTE = "scenario_outcomes"

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Outcome:
    """A row: what goes wrong, and what becomes of it."""

    what: str
    outcome: str


def scenario(what: str, outcome: str) -> Callable[[Test], Test]:
    """Says of a test which scenario it is; one that shows several rows has several of these."""

    def marked(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, [Outcome(what, outcome), *getattr(test, _ATTRIBUTE, [])])
        return test

    return marked


def outcomes() -> list[Outcome]:
    """The rows of all modules here, in the order of `MODULES` and of the tests in them."""
    return [row for name in MODULES for row in _of(importlib.import_module(f"{__package__}.{name}"))]


def table() -> str:
    """The rows as Markdown."""
    rows = [f"| {row.what} | {row.outcome} |" for row in outcomes()]
    return "\n".join(["| What goes wrong | What becomes of it |", "| --- | --- |", *rows])


def _of(module: ModuleType) -> list[Outcome]:
    return [row for test in vars(module).values() for row in getattr(test, _ATTRIBUTE, [])]


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
