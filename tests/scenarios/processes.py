"""The processes that a command has started, as `ps` sees them: the dynamic host is one of them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

__all__ = ["Process", "alive", "descendants"]


@dataclass(frozen=True)
class Process:
    """A process as it was when it was seen.

    :param command: Its command line: with its number it tells it from a later process that got the same number.
    """

    pid: int
    command: str
    parent: int = field(compare=False)
    state: str = field(compare=False)

    @property
    def is_dynamic_host(self) -> bool:
        """Whether it is Pulumi's Python dynamic host itself, and not the shell around it."""
        return " -m pulumi.dynamic " in self.command


def descendants(pid: int) -> list[Process]:
    """The processes that a process has started, and those that they have."""
    everything = _processes()
    found: list[Process] = []
    parents = {pid}
    while children := [
        process for process in everything.values() if process.parent in parents and process not in found
    ]:
        found += children
        parents = {process.pid for process in children}
    return found


def alive(process: Process) -> bool:
    """Whether it still runs: a zombie doesn't."""
    now = _processes().get(process.pid)
    return now is not None and now.command == process.command and not now.state.startswith("Z")


def _processes() -> dict[int, Process]:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in listed.splitlines():
        pid, parent, state, *command = line.split(maxsplit=3)
        found[int(pid)] = Process(int(pid), command[0] if command else "", int(parent), state)
    return found
