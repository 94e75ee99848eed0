"""The table of scenarios in the README, made from the tests themselves: each carries what it shows as data."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

__all__ = ["BEGIN", "END", "Outcome", "outcomes", "scenario", "table"]

BEGIN, END = "<!-- scenarios -->", "<!-- /scenarios -->"
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
    """The rows of all modules here, in the order in which the modules and their tests are read."""
    here = Path(__file__).parent
    modules = [importlib.import_module(f"{__package__}.{path.stem}") for path in sorted(here.glob("test_*.py"))]
    return [row for module in modules for row in _of(module)]


def table() -> str:
    """The rows as Markdown."""
    rows = [f"| {row.what} | {row.outcome} |" for row in outcomes()]
    return "\n".join(["| What goes wrong | What becomes of it |", "| --- | --- |", *rows])


def _of(module: ModuleType) -> list[Outcome]:
    return [row for test in vars(module).values() for row in getattr(test, _ATTRIBUTE, [])]


if __name__ == "__main__":
    print(table())
