"""`make bench`: measure, print three tables, and write the results as JSON, as SVG and into docs/scale.md."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

from .account import NO_QUOTAS, QUOTAS
from .goals import goals
from .page import fill, section
from .picture import draw
from .suite import SUITES, Measured, run
from .tables import goal_table, quota_table, result_table


def main() -> None:
    """Measure a suite and show the results. The exit code doesn't depend on the goals: the machine may be slow."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure, print three tables, and write the results as JSON and SVG to benchmarks/results/.",
    )
    parser.add_argument("suite", nargs="?", default="default", choices=SUITES, help="what to measure")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", help="folder to write to")
    parser.add_argument("--page", type=Path, help="a Markdown page that shows them between its markers")
    options = parser.parse_args()
    began = time.perf_counter()

    def say(line: str) -> None:
        print(f"[{time.perf_counter() - began:5.0f} s] {line}", file=sys.stderr, flush=True)

    say(f"quotas of the local Bedrock: AWS's own ({' '.join(QUOTAS)}), then raised ones ({' '.join(NO_QUOTAS)})")
    measured = run(SUITES[options.suite], say)
    say("done")
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{options.suite}.json").write_text(json.dumps(_as_json(options.suite, measured), indent=1))
    draw(measured, options.results / f"{options.suite}.svg")
    if options.page:
        today = date.today().isoformat()
        fill(options.page, section(measured, suite=options.suite, date=today, machine=_machine()))
    print(f"\n{quota_table(measured)}\n\n{result_table(measured)}\n\n{goal_table(measured)}\n")
    print(f"{_machine()}. In {options.results}: {options.suite}.json, {options.suite}.svg.")


def _as_json(suite: str, measured: Measured) -> dict[str, object]:
    return {
        "suite": suite,
        "machine": _machine(),
        "activation": measured.suite.activation,
        "results": [
            {
                **dataclasses.asdict(result),
                "floor": measured.floor(
                    result.case.deployments, limited=result.case.limited, providers=result.case.providers
                ),
            }
            for result in measured.results
        ],
        "under_quotas": {
            **dataclasses.asdict(measured.under_quotas),
            "activation": measured.suite.quotas.activation,
            "floors": [measured.suite.quotas.floor(result.case) for result in measured.under_quotas.results],
        },
        "import": dataclasses.asdict(measured.imports),
        "preview": dataclasses.asdict(measured.preview),
        "comment": measured.comment,
        "goals": [dataclasses.asdict(goal) for goal in goals(measured)],
    }


def _machine() -> str:
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load at the end {load}"


if __name__ == "__main__":
    main()
