"""The processes that a command has started, from `ps`. The dynamic host is one of them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

__all__ = ["Process", "alive", "descendants"]


@dataclass(frozen=True)
class Process:
    """A process, as `ps` listed it.

    :param command: Its command line. It distinguishes the process from a later one with the same PID.
    """

    pid: int
    command: str
    parent: int = field(compare=False)
    state: str = field(compare=False)

    @property
    def is_dynamic_host(self) -> bool:
        """Whether it is Pulumi's Python dynamic host, not the shell that started it."""
        return " -m pulumi.dynamic " in self.command


def descendants(pid: int) -> list[Process]:
    """Return the child processes of a process, their children, and so on."""
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
    """Return whether a process still runs. A zombie doesn't."""
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
