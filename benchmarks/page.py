"""The results as a section of a Markdown page, between two markers. So no figure there is typed by hand."""

from __future__ import annotations

from pathlib import Path

from pulumi_bedrock.local.quotas import QUOTA, QUOTA_IN_PROGRESS

from .contenders import PARALLEL
from .suite import Measured
from .tables import goal_table, quota_table, result_table

__all__ = ["fill", "section"]

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def section(measured: Measured, *, suite: str, date: str, machine: str) -> str:
    """Return the section in Markdown.

    :param date: When it was measured, in ISO 8601.
    :param machine: The machine, and how busy it was.
    """
    return (
        f"Measured on {date} with `make bench BENCH={suite}` ({machine}), with `--parallel {PARALLEL}`.\n\n"
        f"### AWS's quotas: {QUOTA_IN_PROGRESS} in progress, {QUOTA} in all\n\n"
        f"With an activation of {measured.suite.quotas.activation / 60:.2g} min.\n\n{quota_table(measured)}\n\n"
        f"### Raised quotas\n\nWith an activation of {measured.suite.activation:.0f} s, and no quotas.\n\n"
        f"![Wall time and API calls against the number of deployments](../benchmarks/results/{suite}.svg)\n\n"
        f"{result_table(measured)}\n\n### Goals\n\n{goal_table(measured)}"
    )


def fill(page: Path, text: str) -> None:
    """Replace what is between the markers of a page.

    :raises ValueError: when the page doesn't have them.
    """
    head, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no {BEGIN} and {END}")
    page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")
