"""The results as Markdown tables, which are also readable in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from .goals import goals
from .suite import Measured

__all__ = ["goal_table", "quota_table", "result_table"]

_NAMES = {"ours": "pulumi_bedrock", "usual": "typical dynamic provider", "script": "boto3 script, a thread each"}


def result_table(measured: Measured) -> str:
    """Return a row for each case, with its floor."""
    rows = []
    groups = sorted({(result.case.circumstances, result.case.deployments) for result in measured.results})
    for circumstances, number in groups:
        for contender, name in _NAMES.items():
            for result in measured.results:
                case = result.case
                if (case.contender, case.circumstances, case.deployments) != (contender, circumstances, number):
                    continue
                floor = measured.floor(number, limited=case.limited, providers=case.providers)
                throttled = f", {result.throttled} throttled" if result.throttled else ""
                rows.append(
                    (
                        case.account,
                        name,
                        f"{'failed: ' if result.failure else ''}{result.seconds:.1f} s",
                        "" if result.failure else _times(result.seconds, floor),
                        f"{result.all_calls}{throttled}",
                        str(result.status_calls),
                        "" if result.failure else _lag(result.lag_median, result.lag_worst),
                        f"{result.host_memory:.0f} MiB",
                        f"{result.host_cpu:.1f} s",
                    )
                )
    head = (
        "N",
        "provider",
        "wall time",
        "times the floor",
        "API calls",
        "status calls",
        "lag, median / worst",
        "memory",
        "CPU",
    )
    return _table(head, rows)


def quota_table(measured: Measured) -> str:
    """Return a row for each case under AWS's quotas."""
    rows = []
    for result in measured.under_quotas.results:
        case, floor = result.case, measured.suite.quotas.floor(result.case)
        rows.append(
            (
                f"{case.deployments} {'replaced' if case.replaced else 'from nothing'}",
                "simulated" if case.simulated else "real",
                f"{'failed: ' if result.failure else ''}{result.seconds / 60:.1f} min",
                "" if result.failure else f"{result.seconds / floor:.3f} x {floor / 60:.1f} min",
                str(result.refused),
                str(result.all_calls),
                str(result.status_calls),
                "" if result.failure else _lag(result.lag_median, result.lag_worst),
            )
        )
    head = (
        "N",
        "time",
        "wall time",
        "times the floor",
        "refused creates",
        "API calls",
        "status calls",
        "lag, median / worst",
    )
    return _table(head, rows)


def goal_table(measured: Measured) -> str:
    """Return a row for each goal."""
    words = {True: "met", False: "**not met**", None: ""}
    rows = [(goal.figure, goal.goal, goal.measured or "not measured", words[goal.met]) for goal in goals(measured)]
    return _table(("figure", "goal", "measured", ""), rows)


def _times(seconds: float, floor: float | None) -> str:
    return f"{seconds / floor:.2f} x {floor:.1f} s" if floor else ""


def _lag(median: float | None, worst: float | None) -> str:
    return f"{median:.2f} / {worst:.2f} s" if median is not None and worst is not None else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    cells = ([text.ljust(width) for text, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
