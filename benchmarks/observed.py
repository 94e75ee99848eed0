"""Run a command and observe it: its duration, the times of its lines, and the resources that its processes use."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Observed", "observe"]

SAMPLES_A_SECOND = 5
_CREATED = re.compile(r"\b(d-\d{3}) created\b")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Observed:
    """The observations of one run.

    :param created: The time of the line that says that a deployment is created, by name, in seconds since 1970.
    :param memory: Peak of the workers' resident memory, in MiB (VmHWM), summed.
    :param cpu: The workers' processor time in seconds: user and system, summed.
    """

    seconds: float = 0.0
    created: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0
    cpu: float = 0.0
    failure: str = ""
    """The output, if the command failed."""


def observe(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], worker: str = "") -> Observed:
    """Run a command until it ends, successfully or not.

    :param worker: A command-line argument of the processes to observe; left out, it is the command itself.
    """
    seen = Observed()
    said: list[str] = []
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        ended = threading.Event()
        sampler = threading.Thread(target=_sample, args=(process.pid, worker, seen, ended))
        sampler.start()
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if match := _CREATED.search(line):
                seen.created.setdefault(match[1], time.time())
        code = process.wait()
        seen.seconds = time.perf_counter() - began
        ended.set()
        sampler.join()
    seen.failure = "".join(said) if code else ""
    return seen


def _sample(pid: int, worker: str, seen: Observed, ended: threading.Event) -> None:
    peaks: dict[int, float] = {}
    times: dict[int, float] = {}
    while not ended.wait(1 / SAMPLES_A_SECOND):
        for each in list(_descendants(pid, worker)) if worker else [pid]:
            try:
                status = Path(f"/proc/{each}/status").read_text()
                stat = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # the process ended
            if match := re.search(r"VmHWM:\s+(\d+) kB", status):
                peaks[each] = int(match[1]) / 1024
                times[each] = (int(stat[11]) + int(stat[12])) / _TICKS
    seen.memory, seen.cpu = sum(peaks.values()), sum(times.values())


def _descendants(pid: int, worker: str) -> Iterator[int]:
    """Yield the descendants of the process `pid` that have the argument `worker`, but not what they start."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return  # the process ended
    for child in children:
        with suppress(OSError):
            if worker.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                yield child
                continue
        yield from _descendants(child, worker)
