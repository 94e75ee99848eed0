"""The goals, and whether they are met."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .suite import Measured

__all__ = ["Goal", "goals"]

STATUS_CALLS_BEFORE = 154
"""The status calls of an earlier version, with longer pauses, for one deployment that takes half an hour."""


@dataclass(frozen=True)
class Goal:
    """One goal.

    :param measured: The measurement in words; empty if this suite doesn't measure it, or a case failed.
    """

    figure: str
    goal: str
    measured: str = ""
    met: bool | None = None


def goals(measured: Measured) -> list[Goal]:
    """Return every goal with its measurement."""
    return [_reached(figure, goal, read, measured) for figure, goal, read in _GOALS]


def _reached(figure: str, goal: str, read: Callable[[Measured], tuple[str, bool] | None], measured: Measured) -> Goal:
    found = read(measured)
    return Goal(figure, goal, *found) if found else Goal(figure, goal)


def _under_quotas(measured: Measured, *, deployments: int, replaced: bool, simulated: bool) -> tuple[str, bool] | None:
    ours = measured.under_quotas.result(deployments, replaced=replaced, simulated=simulated)
    if ours is None:
        return None
    floor = measured.suite.quotas.floor(ours.case)
    return f"{ours.seconds / floor:.3f} x ({ours.seconds / 60:.1f} min, floor {floor / 60:.1f} min)", (
        ours.seconds <= 1.05 * floor
    )


def _lag_at_eight_minutes(measured: Measured) -> tuple[str, bool] | None:
    lags = measured.under_quotas.lags
    if measured.suite.quotas.activation < 480:
        return None
    median, worst = statistics.median(lags), max(lags)
    return f"{median:.1f} s, {worst:.1f} s ({len(lags)} times)", median <= 3 and worst <= 6


def _calls_in_half_an_hour(measured: Measured) -> tuple[str, bool]:
    calls = measured.under_quotas.status_calls
    return f"{calls / STATUS_CALLS_BEFORE:.2f} x ({calls})", calls <= 2 * STATUS_CALLS_BEFORE


def _fifty(measured: Measured) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", 50), measured.floor(50)
    if ours is None or floor is None:
        return None
    usual = measured.result("usual", 50)
    beside = f"; typical provider {usual.seconds / floor:.1f} x" if usual else ""
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s){beside}", (
        ours.seconds <= 1.15 * floor
    )


def _providers(measured: Measured) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", 50, providers=2), measured.floor(50, providers=2)
    if ours is None or floor is None:
        return None
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s)", ours.seconds <= 1.15 * floor


def _limited(measured: Measured) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", 200, limited=True), measured.floor(200, limited=True)
    if ours is None or floor is None:
        return None
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s)", ours.seconds <= 1.15 * floor


def _slow(measured: Measured, *, deployments: int, slow: str) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", deployments, slow=slow), measured.floor(deployments)
    if ours is None or floor is None:
        return None
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s)", ours.seconds <= 1.5 * floor


def _five_hundred(measured: Measured) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", 500), measured.floor(500)
    if ours is None or floor is None:
        return None
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s)", ours.seconds <= 1.15 * floor


def _updates(measured: Measured) -> tuple[str, bool] | None:
    ours, floor = measured.result("ours", 50, updated=True), measured.floor(50)
    if ours is None or floor is None:
        return None
    return f"{ours.seconds / floor:.2f} x ({ours.seconds:.1f} s, floor {floor:.1f} s)", ours.seconds <= 1.15 * floor


def _update_polls(measured: Measured) -> tuple[str, bool] | None:
    many, one = measured.result("ours", 50, updated=True), measured.result("ours", 1, updated=True)
    if many is None or one is None:
        return None
    # The polls are shared. Get proves what a list can't show, so its calls are counted for each deployment.
    lists, of_one = (result.calls["ListCustomModelDeployments"] for result in (many, one))
    gets = many.calls["GetCustomModelDeployment"] / many.case.deployments
    return (
        f"{lists / of_one:.2f} x ({lists}, and {of_one} for one), and {gets:.1f} Gets a deployment",
        lists <= 1.5 * of_one and gets <= 3,
    )


def _status_calls(measured: Measured) -> tuple[str, bool] | None:
    many, one = measured.result("ours", 200), measured.result("ours", 1)
    if many is None or one is None:
        return None
    return f"{many.status_calls / one.status_calls:.2f} x ({many.status_calls}, and {one.status_calls} for one)", (
        many.status_calls <= 1.5 * one.status_calls
    )


def _throttled(measured: Measured) -> tuple[str, bool] | None:
    ours = measured.result("ours", 200, limited=True)
    if ours is None:
        return None
    share = ours.throttled / ours.all_calls
    return f"{share:.1%} ({ours.throttled} of {ours.all_calls})", share < 0.03


def _lag(measured: Measured, *, limited: bool) -> tuple[str, bool] | None:
    cases = [
        found
        for found in measured.results
        if (found.case.contender, found.case.circumstances) == ("ours", (limited, "", False, 0))
    ]
    medians = [(found.lag_median, found.case.deployments) for found in cases if found.lag_median is not None]
    if not medians:
        return None
    largest, number = max(medians)
    return f"{largest:.2f} s (N = {number}, the slowest)", largest < 1


def _import(measured: Measured) -> tuple[str, bool]:
    milliseconds = measured.imports.difference * 1000
    return f"{milliseconds:.0f} ms", milliseconds < 30


def _preview(measured: Measured) -> tuple[str, bool] | None:
    preview = measured.preview
    if not preview.ours or measured.suite.previewed < 200:
        return None
    return f"{preview.calls} calls, {preview.ratio:.2f} x", preview.calls == 0 and preview.ratio <= 1.1


def _memory(measured: Measured) -> tuple[str, bool] | None:
    many, one = measured.result("ours", 200), measured.result("ours", 1)
    if many is None or one is None:
        return None
    ratio = many.host_memory / one.host_memory
    return f"{ratio:.2f} x ({many.host_memory:.0f} MiB, and {one.host_memory:.0f} MiB for one)", ratio <= 1.5


def _comment(measured: Measured) -> tuple[str, bool] | None:
    if measured.suite.commented < 500:
        return None
    return f"{measured.comment:.1f} s", measured.comment < 5


_GOALS: list[tuple[str, str, Callable[[Measured], tuple[str, bool] | None]]] = [
    *(
        (
            f"AWS's quotas: {deployments} {'replaced' if replaced else 'from nothing'}, "
            f"{'simulated' if simulated else 'real'} time",
            "at most 1.05 x the floor",
            partial(_under_quotas, deployments=deployments, replaced=replaced, simulated=simulated),
        )
        for simulated in (True, False)
        for deployments, replaced in ((10, False), (5, True))
    ),
    ("detection lag, activation 8 min, simulated time", "median 3 s, worst 6 s", _lag_at_eight_minutes),
    (
        "status calls of one deployment in half an hour, simulated time",
        f"at most double of {STATUS_CALLS_BEFORE}",
        _calls_in_half_an_hour,
    ),
    ("wall time, N = 50, no limit", "at most 1.15 x the floor", _fifty),
    ("wall time, N = 50, 2 providers", "at most 1.15 x the floor", _providers),
    ("wall time, N = 200, limit of 10/s per operation", "at most 1.15 x the floor", _limited),
    ("wall time, N = 500, no limit", "at most 1.15 x the floor", _five_hundred),
    *(
        (f"wall time, N = {number}, {slow}", "at most 1.5 x the floor", partial(_slow, deployments=number, slow=slow))
        for number, slow in ((40, "List of 1.5 s"), (200, "List of 1.5 s"), (40, "List 0.5/s"))
    ),
    ("wall time, 50 updates in place", "at most 1.15 x the floor", _updates),
    ("polls of the list, 50 updates in place", "at most 1.5 x those of one, and 3 Gets a deployment", _update_polls),
    ("status calls, N = 200, no limit", "at most 1.5 x those of N = 1", _status_calls),
    ("throttled answers, N = 200, limit of 10/s", "under 3 % of all calls", _throttled),
    ("detection lag, activation 10 s, no limit", "median under 1 s", partial(_lag, limited=False)),
    ("detection lag, activation 10 s, limit of 10/s", "median under 1 s", partial(_lag, limited=True)),
    ("`import pulumi_bedrock` over `import pulumi`", "under 30 ms", _import),
    ("no-op preview, N = 200", "no API call, at most 1.1 x trivial resources", _preview),
    ("host's peak memory, N = 200", "at most 1.5 x N = 1", _memory),
    ("pull-request comment, 500 replaced beside 2,000 unchanged", "under 5 s", _comment),
]
