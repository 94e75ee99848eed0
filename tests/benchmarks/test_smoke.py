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

    assert "AWS's own (--quota-in-progress=2 --quota=10)" in done.stderr
    assert "raised ones (--quota-in-progress=none --quota=none)" in done.stderr
    measured = json.loads(tmp_path.joinpath("smoke.json").read_text())
    for contender in ("ours", "usual", "script"):
        check_contender_that_deploys(_result(measured, contender))
    check_contender_that_deploys(_result(measured, "ours", providers=2))
    floor = _result(measured, "trivial")
    assert (floor["failure"], floor["calls"]) == ("", {}), "the floor calls nothing"
    assert len(measured["preview"]["ours"]) == 1
    assert measured["preview"]["calls"] == 0, "a preview without changes calls nothing"

    assert measured["comment"] > 0

    check_cases_under_quotas(measured["under_quotas"])

    assert len(measured["goals"]) == 23
    assert [goal["figure"] for goal in measured["goals"] if goal["figure"] not in done.stdout] == []
    assert "| typical dynamic provider " in done.stdout
    *tables, _machine = done.stdout.strip().split("\n\n")
    assert len(tables) == 3
    assert [table for table in tables if table not in page.read_text()] == []
    assert page.read_text().startswith("before\n<!-- bench -->\nMeasured on ")
    assert page.read_text().endswith(f"{tables[-1]}\n<!-- /bench -->\nafter\n")
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


def check_cases_under_quotas(found: dict[str, Any]) -> None:
    cases = [(each["case"]["deployments"], each["case"]["replaced"]) for each in found["results"]]
    assert cases == [(3, False), (2, True), (3, True)]
    for result, floor in zip(found["results"], found["floors"], strict=True):
        case = result["case"]
        assert result["failure"] == "", case
        assert floor == (4 if case["deployments"] == 3 else 2)
        assert result["seconds"] > floor, case
        assert result["calls"]["CreateCustomModelDeployment"] == case["deployments"] + result["refused"], case
        assert result["calls"].get("DeleteCustomModelDeployment", 0) == case["deployments"] * case["replaced"], case
        assert (result["refused"] > 0) == (case["deployments"] > 2), case
        assert result["lag_worst"] >= result["lag_median"] > 0, case
        assert (result["host_memory"] > 0) != case["simulated"], case
    assert len(found["lags"]) == 2
    assert found["status_calls"] > 100, "the waits of half an hour"


def _result(measured: dict[str, Any], contender: str, providers: int = 0) -> dict[str, Any]:
    [result] = [
        result
        for result in measured["results"]
        if (result["case"]["contender"], result["case"]["providers"]) == (contender, providers)
    ]
    return dict(result)
