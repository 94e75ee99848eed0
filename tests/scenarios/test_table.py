"""The table in docs/failure-modes.md is up to date."""

from __future__ import annotations

import re
from pathlib import Path

from scenarios.outcomes import BEGIN, END, MODULES, PAGE, outcomes, table


def test_documented_table_matches_scenarios() -> None:
    _, begin, rest = PAGE.read_text().partition(BEGIN)
    shown, end, _ = rest.partition(END)
    assert begin, f"docs/failure-modes.md has no {BEGIN}"
    assert end, f"docs/failure-modes.md has no {END}"
    assert shown.strip() == table(), "in tests/, run: ../.venv/bin/python -m scenarios.outcomes"


def test_every_scenario_module_is_in_table() -> None:
    here = Path(__file__).parent
    marked = {path.stem for path in here.glob("test_*.py") if re.search(r"^@scenario\(", path.read_text(), re.M)}
    assert marked == set(MODULES)
    whats = [row.what for row in outcomes()]
    assert len(whats) == len(set(whats))
