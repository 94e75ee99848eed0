"""The account that people have: AWS's own quotas of deployments, and an activation of minutes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pulumi_bedrock.local.quotas import QUOTA_IN_PROGRESS

from .account import QUOTAS, local_bedrock
from .cases import Case, Result, measure
from .contenders import Bench
from .simulated import in_own_process, lags, simulate, status_calls_of_one

__all__ = ["QuotaSuite", "UnderQuotas", "in_real_time", "in_simulated_time"]

HALF_AN_HOUR = 1800.0


@dataclass(frozen=True)
class QuotaSuite:
    """The cases to measure under AWS's quotas.

    :param activation: Seconds until a new deployment is Active, in real and in simulated time.
    :param seeds: The number of measurements of the lag.
    """

    activation: float
    cases: list[Case]
    seeds: int

    def floor(self, case: Case) -> float:
        """Return the minimum in seconds: the slots are never empty."""
        return math.ceil(case.deployments / QUOTA_IN_PROGRESS) * self.activation


@dataclass(frozen=True)
class UnderQuotas:
    """The results.

    :param lags: The lags of one deployment in simulated time, in seconds.
    :param status_calls: The number of status calls for one deployment that takes half an hour.
    """

    results: list[Result]
    lags: list[float]
    status_calls: int

    def result(self, deployments: int, *, replaced: bool, simulated: bool) -> Result | None:
        """Return a case's result, or None when it wasn't measured or failed."""
        for found in self.results:
            case = found.case
            if (case.deployments, case.replaced, case.simulated) == (deployments, replaced, simulated):
                return None if found.failure else found
        return None


def in_simulated_time(suite: QuotaSuite, say: Callable[[str], None]) -> UnderQuotas:
    """Measure the cases in simulated time, the lag, and the status calls."""
    results = []
    for case in suite.cases:
        if case.simulated:
            results.append(in_own_process(simulate, case, activation=suite.activation))
            _say(results[-1], say)
    found = in_own_process(lags, suite.activation, suite.seeds)
    say(f"lag of one, {suite.seeds} times in simulated time")
    return UnderQuotas(results, found, in_own_process(status_calls_of_one, HALF_AN_HOUR))


def in_real_time(suite: QuotaSuite, folder: Path, say: Callable[[str], None]) -> list[Result]:
    """Measure the cases in real time, with the Pulumi engine."""
    cases, results = [case for case in suite.cases if not case.simulated], []
    if cases:
        with local_bedrock(suite.activation, QUOTAS) as local:
            bench = Bench(folder, local)
            for case in cases:
                results.append(measure(bench, case, activation=suite.activation))
                _say(results[-1], say)
    return results


def _say(result: Result, say: Callable[[str], None]) -> None:
    took = "failed" if result.failure else f"{result.seconds:.1f} s"
    say(f"{result.case.name}, {' '.join(QUOTAS)}: {took}")
