"""Run a command and observe it: its duration, the times of its lines, and the resources that its processes use."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
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
    :param memory: Peak of the worker's resident memory, in MiB (VmHWM).
    :param cpu: The worker's processor time in seconds: user and system.
    """

    seconds: float = 0.0
    created: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0
    cpu: float = 0.0
    failure: str = ""
    """The output, if the command failed."""


def observe(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], worker: str = "") -> Observed:
    """Run a command until it ends, successfully or not.

    :param worker: A command-line argument of the process to observe; left out, it is the command itself.
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
    found: int | None = None if worker else pid
    while not ended.wait(1 / SAMPLES_A_SECOND):
        try:
            found = found or _descendant(pid, worker)
            if found is None:
                continue
            status = Path(f"/proc/{found}/status").read_text()
            times = Path(f"/proc/{found}/stat").read_text().rpartition(")")[2].split()
        except (OSError, IndexError):
            continue  # the process ended
        if match := re.search(r"VmHWM:\s+(\d+) kB", status):
            seen.memory = max(seen.memory, int(match[1]) / 1024)
            seen.cpu = max(seen.cpu, (int(times[11]) + int(times[12])) / _TICKS)


def _descendant(pid: int, worker: str) -> int | None:
    """Return the descendant of the process `pid` that has the argument `worker`."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            arguments = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if worker.encode() in arguments:
                return child
            if (found := _descendant(child, worker)) is not None:
                return found
    return None
