"""The goals under AWS's quotas: met at their limit, and missed beyond it."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws_quotas import UnderQuotas
from benchmarks.cases import Case, Result
from benchmarks.goals import Goal, goals
from benchmarks.overhead import Overhead
from benchmarks.suite import SUITES, Measured

TEN = "AWS's quotas: 10 from nothing, simulated time"
FIVE = "AWS's quotas: 5 replaced, real time"
LAG = "detection lag, activation 8 min, simulated time"
CALLS = "status calls of one deployment in half an hour, simulated time"
COMMENT = "pull-request comment, 500 replaced beside 2,000 unchanged"


def goals_of(
    *,
    ten: float = 2400,
    five: float = 1440,
    lags: tuple[float, ...] = (1,),
    calls: int = 1,
    comment: float = 1,
    **of_result: Any,
) -> dict[str, Goal]:
    results = [
        Result(Case("ours", 10, simulated=True), seconds=ten, **of_result),
        Result(Case("ours", 5, replaced=True), seconds=five, **of_result),
    ]
    imports = Overhead([1.0], [1.0])
    quotas = UnderQuotas(results, list(lags), calls)
    measured = Measured(SUITES["full"], [], imports, Overhead([], []), quotas, comment)
    return {goal.figure: goal for goal in goals(measured)}


@pytest.mark.parametrize(
    ("figure", "met", "missed"),
    [
        (TEN, {"ten": 2520.0}, {"ten": 2521.0}),
        (FIVE, {"five": 1512.0}, {"five": 1513.0}),
        (LAG, {"lags": (1, 3, 6)}, {"lags": (1, 3.1, 6)}),
        (LAG, {"lags": (1, 3, 6)}, {"lags": (1, 3, 6.1)}),
        (COMMENT, {"comment": 4.9}, {"comment": 5.0}),
        (CALLS, {"calls": 308}, {"calls": 309}),
    ],
)
def test_goal_is_met_up_to_its_limit(figure: str, met: dict[str, Any], missed: dict[str, Any]) -> None:
    assert goals_of(**met)[figure].met is True
    assert goals_of(**missed)[figure].met is False


def test_measured_floor_is_that_of_two_at_a_time() -> None:
    assert goals_of()[TEN].measured == "1.000 x (40.0 min, floor 40.0 min)"
    assert goals_of()[FIVE].measured == "1.000 x (24.0 min, floor 24.0 min)"


def test_failed_case_meets_no_goal() -> None:
    assert goals_of(failure="error: ServiceQuotaExceeded")[TEN].met is None
