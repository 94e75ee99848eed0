"""The overhead of the package when nothing is deployed: its import, and a preview without changes.

Both are small differences between large numbers, so they are measured in pairs, one after the other.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass

from .contenders import Bench

__all__ = ["Overhead", "of_import", "of_preview"]

_IMPORT = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"


@dataclass(frozen=True)
class Overhead:
    """Seconds with and without the package, one pair for each measurement.

    :param calls: The number of API calls of all measurements with the package.
    """

    ours: list[float]
    without: list[float]
    calls: int = 0

    @property
    def difference(self) -> float:
        """Median of the pairs' differences, in seconds."""
        return statistics.median(ours - without for ours, without in zip(self.ours, self.without, strict=True))

    @property
    def ratio(self) -> float:
        """Median of the pairs' quotients."""
        return statistics.median(ours / without for ours, without in zip(self.ours, self.without, strict=True))


def of_import(pairs: int) -> Overhead:
    """Compare `import pulumi_bedrock`, which imports pulumi, with `import pulumi`."""
    ours, without = [], []
    for _ in range(pairs):
        without.append(_import("pulumi"))
        ours.append(_import("pulumi_bedrock"))
    return Overhead(ours, without)


def of_preview(bench: Bench, *, ours: str, trivial: str, deployments: int, pairs: int) -> Overhead:
    """Compare the preview of deployed deployments with that of as many trivial resources.

    :raises RuntimeError: when a preview fails or finds a change.
    """
    seconds: dict[str, list[float]] = {trivial: [], ours: []}
    bench.local.clear_requests()
    for _ in range(pairs):
        for stack, taken in seconds.items():
            seen = bench.preview(stack, deployments)
            if seen.failure:
                raise RuntimeError(f"preview of {stack}: {seen.failure}")
            taken.append(seen.seconds)
    return Overhead(seconds[ours], seconds[trivial], calls=sum(bench.local.counts().values()))


def _import(module: str) -> float:
    command = [sys.executable, "-c", _IMPORT.format(module)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
