"""The benchmark's own code still runs, and counts what it says it counts. How fast anything is isn't asked here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    command = [sys.executable, "-m", "benchmarks", "smoke", "--results", str(folder)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    folder.joinpath("printed").write_text(done.stdout)
    return folder


@pytest.fixture(scope="module")
def measured(results: Path) -> dict[str, Any]:
    return dict(json.loads(results.joinpath("smoke.json").read_text()))


@pytest.mark.parametrize("contender", ["ours", "usual", "script"])
def test_each_contender_deploys(contender: str, measured: dict[str, Any]) -> None:
    [result] = [result for result in measured["results"] if result["case"]["contender"] == contender]

    assert result["failure"] == ""
    assert result["calls"]["CreateCustomModelDeployment"] == 2
    assert result["lag_worst"] >= result["lag_median"] > 0
    assert result["host_memory"] > 20, "MiB: less than an interpreter with boto3 needs, so another process was watched"
    assert result["host_cpu"] > 0
    assert result["seconds"] > 0


def test_floor_contender_calls_nothing(measured: dict[str, Any]) -> None:
    [floor] = [result for result in measured["results"] if result["case"]["contender"] == "trivial"]

    assert (floor["failure"], floor["calls"]) == ("", {})


def test_preview_without_changes_calls_nothing(measured: dict[str, Any]) -> None:
    assert len(measured["preview"]["ours"]) == 1
    assert measured["preview"]["calls"] == 0


def test_report_writes_tables_and_picture(results: Path, measured: dict[str, Any]) -> None:
    printed = results.joinpath("printed").read_text()

    assert all(goal["figure"] in printed for goal in measured["goals"])
    assert len(measured["goals"]) == 15
    assert "| usual provider " in printed
    assert "wall time, s" in "".join(ElementTree.parse(results / "smoke.svg").getroot().itertext())
