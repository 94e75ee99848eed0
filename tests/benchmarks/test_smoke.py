"""The benchmark's code runs, and its counts are right. How fast anything is isn't tested here.

One test, not several that share the results: each worker of pytest-xdist would run the benchmark for its share.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

TOP = Path(__file__).parents[2]


def test_smoke_benchmark_measures_each_contender_and_reports(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    command = [sys.executable, "-m", "benchmarks", "smoke", "--results", str(tmp_path), "--page", str(page)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    assert "--quota=none" in done.stderr, "it says that its account isn't like AWS's"
    measured = json.loads(tmp_path.joinpath("smoke.json").read_text())
    for contender in ("ours", "usual", "script"):
        check_contender_that_deploys(_result(measured, contender))
    floor = _result(measured, "trivial")
    assert (floor["failure"], floor["calls"]) == ("", {}), "the floor calls nothing"
    assert len(measured["preview"]["ours"]) == 1
    assert measured["preview"]["calls"] == 0, "a preview without changes calls nothing"

    assert len(measured["goals"]) == 15
    assert [goal["figure"] for goal in measured["goals"] if goal["figure"] not in done.stdout] == []
    assert "| typical dynamic provider " in done.stdout
    tables = done.stdout.strip().rpartition("\n\n")[0]
    assert page.read_text().startswith("before\n<!-- bench -->\nMeasured on ")
    assert page.read_text().endswith(f"{tables}\n<!-- /bench -->\nafter\n")
    assert "wall time, s" in "".join(ElementTree.parse(tmp_path / "smoke.svg").getroot().itertext())


def check_contender_that_deploys(result: dict[str, Any]) -> None:
    contender = result["case"]["contender"]
    assert result["failure"] == "", contender
    assert result["calls"]["CreateCustomModelDeployment"] == 2, contender
    assert result["lag_worst"] >= result["lag_median"] > 0, contender
    assert result["host_memory"] > 20, (
        f"{contender}, MiB: less than an interpreter with boto3 needs, so another process was watched"
    )
    assert result["host_cpu"] > 0, contender
    assert result["seconds"] > 0, contender


def _result(measured: dict[str, Any], contender: str) -> dict[str, Any]:
    [result] = [result for result in measured["results"] if result["case"]["contender"] == contender]
    return dict(result)
