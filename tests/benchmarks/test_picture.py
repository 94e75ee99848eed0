"""The picture of the benchmark: what its axes show."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from benchmarks.aws_quotas import UnderQuotas
from benchmarks.cases import Case, Result
from benchmarks.overhead import Overhead
from benchmarks.picture import draw
from benchmarks.suite import SUITES, Measured


def test_labels_are_the_numbers_that_are_drawn(tmp_path: Path) -> None:
    """The cases with 40 deployments are in the tables only; 40 and 50 would lie on each other."""
    cases = [
        *(Case(contender, number) for contender in ("trivial", "ours") for number in (3, 31)),
        Case("trivial", 29),
        Case("ours", 29, slow="List of 1.5 s"),
    ]
    results = [Result(case, seconds=1.0, calls={"Create": 1}) for case in cases]
    nothing = Overhead([], [])

    draw(Measured(SUITES["smoke"], results, nothing, nothing, UnderQuotas([], [], 0), 1.0), tmp_path / "bench.svg")

    shown = list(ElementTree.parse(tmp_path / "bench.svg").getroot().itertext())
    assert [shown.count(label) for label in ("3", "29", "31")] == [2, 0, 2]
