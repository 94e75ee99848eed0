"""The report of a run, as Markdown that can be pasted into an issue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from .exchanges import mask
from .main_job import Step
from .quotas import Quota
from .results import Result

__all__ = ["assumptions", "report"]

_PAGE = Path(__file__).resolve().parent.parent / "docs/assumptions.md"


def assumptions() -> dict[str, str]:
    """Return each assumption of docs/assumptions.md by its identifier."""
    lines = re.findall(r"^- `([a-z-]+)`: (.+)$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {identifier: text.partition(" Known: ")[0] for identifier, text in lines}


def report(
    results: Sequence[Result],
    steps: Sequence[Step],
    said: Mapping[str, str],
    *,
    quotas: Sequence[Quota] | str,
    creates: Sequence[tuple[str, datetime, float]],
    models: Sequence[tuple[str, datetime, float]] = (),
    region: str,
    local: bool,
) -> str:
    """Return the report.

    :param said: The assumptions by identifier.
    :param quotas: What the account has, or else why that isn't known.
    :param creates: See `Creates.rows`.
    :param models: The same of custom models, with the seconds until Get showed one as `Active`.
    :param local: Whether it is of a local Bedrock, which proves nothing about AWS.
    """
    counts = {verdict: sum(result.verdict == verdict for result in results) for verdict in _VERDICTS}
    where = "a local endpoint, which proves nothing about AWS" if local else f"AWS, {region}"
    rows = [
        f"| `{result.identifier}` | {_cell(said[result.identifier])} | {result.asked or '-'} "
        f"| {_VERDICTS[result.verdict]} | {_cell(result.answer)} | {_took(result.seconds)} | {result.at} |"
        for result in results
    ]
    jobs = [
        f"| {step.name} | {'worked' if step.worked else 'failed: ' + _cell(step.said)} | {_took(step.seconds)} |"
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
        "## Creates",
        "",
        *_creates(creates),
        *(["", *_creates(models, what="custom model", until="Get showing it as Active")] if models else []),
        "",
        "## Quotas of custom models and deployments",
        "",
        *_quotas(quotas),
        "",
        "## Assumptions",
        "",
        "| identifier | assumption | asked | verdict | what AWS answered | took | when (UTC) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
        "exchanges.json has the calls of the probes, but not those of the Pulumi CLI in the main job.",
    ]
    return mask("\n".join(lines)) + "\n"


_VERDICTS = {"held": "held", "not held": "**not held**", "not probed": "not probed"}


def _creates(
    creates: Sequence[tuple[str, datetime, float]], what: str = "deployment", until: str = "lastUpdatedAt"
) -> list[str]:
    if not creates:
        return ["No deployment was seen as Active."]
    rows = [f"| {name} | {at.isoformat(timespec='seconds')} | {seconds:.1f} s |" for name, at, seconds in creates]
    return [f"| {what} | created at | from then to {until} |", "| --- | --- | --- |", *rows]


def _quotas(quotas: Sequence[Quota] | str) -> list[str]:
    if isinstance(quotas, str):
        return [quotas]
    rows = [f"| {_cell(each.name)} | {each.code} | {each.value:g} | {_adjustable(each)} |" for each in quotas]
    return ["| quota | code | value | adjustable |", "| --- | --- | --- | --- |", *rows]


def _adjustable(quota: Quota) -> str:
    return "yes" if quota.adjustable else "no"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _took(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f} s"
