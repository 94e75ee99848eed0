"""The cases, and their order.

The typical provider creates four deployments at a time, so fifty take over two minutes in which the machine is idle. So
it runs at the same time as the others, in its own account and folder: it isn't slower, and the others hardly are. So do
the cases under AWS's quotas in real time, which take an hour.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from .account import LIMIT, local_bedrock
from .aws_quotas import QuotaSuite, UnderQuotas, in_real_time, in_simulated_time
from .cases import Case, Result, measure
from .comment import of_comment
from .contenders import Bench
from .overhead import Overhead, of_import, of_preview

__all__ = ["SUITES", "Measured", "Suite", "run"]

OURS, TRIVIAL = "ours-previewed", "trivial-previewed"


@dataclass(frozen=True)
class Suite:
    """The cases to measure.

    :param quotas: The cases under AWS's quotas; all others have none.
    :param activation: Seconds until a new deployment is Active, in the other cases.
    :param beside: The typical provider's cases, which run at the same time as the others.
    :param previewed: The number of deployments to preview.
    :param commented: The number of replaced deployments in the preview of which a comment is made.
    :param pairs: The number of pairs of imports, and of previews.
    """

    quotas: QuotaSuite
    activation: float
    beside: list[Case]
    cases: list[Case]
    previewed: int
    commented: int
    pairs: tuple[int, int]


@dataclass(frozen=True)
class Measured:
    """The results of a suite."""

    suite: Suite
    results: list[Result]
    imports: Overhead
    preview: Overhead
    under_quotas: UnderQuotas
    comment: float
    """Seconds for the pull-request comment."""

    def result(
        self,
        contender: str,
        deployments: int,
        *,
        limited: bool = False,
        slow: str = "",
        updated: bool = False,
        providers: int = 0,
    ) -> Result | None:
        """Return a case's result, or None when it wasn't measured or failed."""
        wanted = (contender, deployments, (limited, slow, updated, providers))
        for found in self.results:
            if (found.case.contender, found.case.deployments, found.case.circumstances) == wanted:
                return None if found.failure else found
        return None

    def floor(self, deployments: int, *, limited: bool = False, providers: int = 0) -> float | None:
        """Return the minimum in seconds: the activation, the engine's own time, and the limit on creates."""
        trivial = self.result("trivial", deployments, providers=providers)
        if trivial is None:
            return None
        return self.suite.activation + trivial.seconds + (deployments / LIMIT if limited else 0)


def _previewed(cases: list[Case], deployments: int) -> list[Case]:
    stacks = {"ours": OURS, "trivial": TRIVIAL}
    return [
        Case(case.contender, case.deployments, case.limited, stacks[case.contender])
        if case.deployments == deployments and not any(case.circumstances) and case.contender in stacks
        else case
        for case in cases
    ]


def _all(contenders: tuple[str, ...], numbers: tuple[int, ...], limited: tuple[bool, ...]) -> list[Case]:
    return [
        Case(contender, number, limit)
        for limit in limited
        for number in numbers
        for contender in contenders
        if not (limit and contender == "trivial")
    ]


_SLOW_LISTS = [
    Case("ours", 40, slow="List of 1.5 s"),
    Case("ours", 200, slow="List of 1.5 s"),
    Case("ours", 40, slow="List 0.5/s"),
]
_PROVIDERS = [Case(contender, 50, providers=number) for number in (2, 10) for contender in ("trivial", "ours")]
_UPDATES = [Case("ours", 1, updated=True), Case("ours", 50, updated=True)]
_IN_REAL_TIME = [Case("ours", 10), Case("ours", 5, replaced=True)]
_SIMULATED = [replace(case, simulated=True) for case in _IN_REAL_TIME]
_EIGHT_MINUTES = 480.0

SUITES = {
    "default": Suite(
        quotas=QuotaSuite(_EIGHT_MINUTES, _SIMULATED, seeds=30),
        activation=10,
        beside=_all(("usual",), (1, 50), (False,)),
        cases=_previewed(
            [
                *_all(("trivial", "script", "ours"), (1, 50), (False,)),
                *_all(("trivial", "ours"), (200,), (False,)),
                *_all(("script", "ours"), (200,), (True,)),
                *_all(("trivial",), (40,), (False,)),
                *_SLOW_LISTS,
                *_UPDATES,
                *_PROVIDERS,
                *_all(("trivial", "ours"), (500,), (False,)),
            ],
            200,
        ),
        previewed=200,
        commented=500,
        pairs=(9, 2),
    ),
    "full": Suite(
        quotas=QuotaSuite(_EIGHT_MINUTES, [*_SIMULATED, *_IN_REAL_TIME], seeds=200),
        activation=10,
        beside=_all(("usual",), (1, 10, 50, 200), (False, True)),
        cases=_previewed(
            [
                *_all(("trivial", "script", "ours"), (1, 10, 50, 200), (False, True)),
                *_all(("trivial",), (40,), (False,)),
                *_SLOW_LISTS,
                *_UPDATES,
                *_PROVIDERS,
                *_all(("trivial", "ours"), (500,), (False,)),
            ],
            200,
        ),
        previewed=200,
        commented=500,
        pairs=(15, 5),
    ),
    "smoke": Suite(
        quotas=QuotaSuite(
            2,
            [
                Case("ours", 3, simulated=True),
                Case("ours", 2, simulated=True, replaced=True),
                Case("ours", 3, replaced=True),
            ],
            seeds=2,
        ),
        activation=0,
        beside=_all(("usual",), (2,), (False,)),
        cases=[*_previewed(_all(("trivial", "script", "ours"), (2,), (False,)), 2), Case("ours", 2, providers=2)],
        previewed=2,
        commented=2,
        pairs=(1, 1),
    ),
}
"""`smoke` only shows that everything here runs; its measurements mean nothing."""


def run(suite: Suite, say: Callable[[str], None]) -> Measured:
    """Measure all cases.

    :param say: Takes a progress line.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        local_bedrock(suite.activation) as local,
        local_bedrock(suite.activation) as local_beside,
        ThreadPoolExecutor(2) as pool,
    ):
        bench, bench_beside = Bench(Path(folder) / "main", local), Bench(Path(folder) / "beside", local_beside)

        def measured(where: Bench, case: Case) -> Result:
            result = measure(where, case, activation=suite.activation)
            say(f"{case.name}: {'failed' if result.failure else f'{result.seconds:.1f} s'}")
            return result

        under_quotas = in_simulated_time(suite.quotas, say)
        real_time = pool.submit(in_real_time, suite.quotas, Path(folder) / "quotas", say)
        beside = pool.submit(lambda: [measured(bench_beside, case) for case in suite.beside])
        results, preview = [], Overhead([], [])
        for case in suite.cases:
            results.append(measured(bench, case))
            if case.stack == OURS:
                number, pairs = suite.previewed, suite.pairs[1]
                preview = of_preview(bench, ours=OURS, trivial=TRIVIAL, deployments=number, pairs=pairs)
                say(f"preview of {number} that are unchanged, over as many trivial resources: x {preview.ratio:.2f}")
        imports = of_import(suite.pairs[0])
        say(f"import pulumi_bedrock over import pulumi: {imports.difference * 1000:.0f} ms")
        comment = of_comment(suite.commented)
        say(f"pull-request comment, {suite.commented} replaced: {comment:.2f} s")
        results += beside.result()
        under_quotas.results.extend(real_time.result())
    return Measured(suite, results, imports, preview, under_quotas, comment)
