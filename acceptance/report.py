"""The report of a run, as Markdown that can be pasted into an issue."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from .exchanges import mask
from .main_job import Step
from .results import Result

__all__ = ["report"]


def report(results: Sequence[Result], steps: Sequence[Step], *, region: str, local: bool) -> str:
    """Return the report.

    :param local: Whether it is of a local Bedrock, which proves nothing about AWS.
    """
    counts = {verdict: sum(result.verdict == verdict for result in results) for verdict in _VERDICTS}
    where = "a local endpoint, which proves nothing about AWS" if local else f"AWS, {region}"
    rows = [
        f"| `{result.identifier}` | {_VERDICTS[result.verdict]} | {_cell(result.answer)} | {result.at} |"
        for result in results
    ]
    jobs = [
        f"| {step.name} | {'worked' if step.worked else 'failed: ' + _cell(step.said)} | {step.seconds:.1f} s |"
        for step in steps
    ]
    lines = [
        "# Acceptance report of pulumi_bedrock",
        "",
        f"On {where}, with pulumi-bedrock {version('pulumi-bedrock')} and botocore {version('botocore')}: "
        + ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        + ".",
        "",
        "## Main job",
        "",
        "| step | result | time |",
        "| --- | --- | --- |",
        *jobs,
        "",
        "## Assumptions",
        "",
        "| identifier | verdict | what AWS answered | when (UTC) |",
        "| --- | --- | --- | --- |",
        *rows,
    ]
    return mask("\n".join(lines)) + "\n"


_VERDICTS = {"held": "held", "not held": "**not held**", "not probed": "not probed"}


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
