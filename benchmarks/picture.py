"""Wall time and API calls against the number of deployments, as one SVG."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# matplotlib's cache of fonts, in the checkout like all files of set-up.
os.environ.setdefault("MPLCONFIGDIR", str(Path(__file__).parents[1] / ".local/matplotlib"))

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot

from .account import LIMIT
from .suite import Measured

__all__ = ["draw"]

_STYLES = {"ours": ("pulumi_bedrock", "C0"), "usual": ("typical provider", "C3"), "script": ("boto3 script", "C1")}


def draw(measured: Measured, path: Path) -> None:
    """Write the picture: solid without a limit, hollow and dashed with a limit; a cross if a run failed."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9})
    figure, (wall, calls) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    ticks: set[int] = set()
    for limited, line in ((False, "-"), (True, "--")):
        suffix = f", {LIMIT}/s" if limited else ""
        numbers = sorted(
            {
                result.case.deployments
                for result in measured.results
                if result.case.contender in _STYLES and result.case.circumstances == (limited, "", False, 0)
            }
        )
        ticks.update(numbers)
        floors = [(number, floor) for number in numbers if (floor := measured.floor(number, limited=limited))]
        if floors:
            wall.plot(*zip(*floors, strict=True), f"k{line}", marker="_", linewidth=1, label=f"the floor{suffix}")
        for contender, (name, colour) in _STYLES.items():
            found = sorted(
                (result.case.deployments, result.seconds, result.all_calls, bool(result.failure))
                for result in measured.results
                if (result.case.contender, result.case.circumstances) == (contender, (limited, "", False, 0))
            )
            if not found:
                continue
            failed = any(row[3] for row in found)
            style: dict[str, Any] = {
                "color": colour,
                "linestyle": line,
                "label": f"{name}{suffix}{' (failed)' if failed else ''}",
            }
            style |= {
                "markerfacecolor": "white" if limited else colour,
                "linewidth": 4 if contender == "usual" else 1.5,
            }
            marker = "x" if failed else "o"
            wall.plot([row[0] for row in found], [row[1] for row in found], marker=marker, **style)
            calls.plot([row[0] for row in found], [row[2] for row in found], marker=marker, **style)
    for axes, title in ((wall, "wall time, s"), (calls, "API calls")):
        axes.set(title=title, xlabel="deployments", xscale="log", yscale="log")
        axes.set_xticks(sorted(ticks), [str(tick) for tick in sorted(ticks)])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    wall.set_yticks([10, 20, 50, 100, 200, 500], ["10", "20", "50", "100", "200", "500"])
    calls.set_yticks([5, 10, 20, 50, 100, 200, 500], ["5", "10", "20", "50", "100", "200", "500"])
    wall.legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
