"""A Pulumi command in the background: its output so far, its host, and ways to end them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from engine.stack import Run

from .condition import eventually
from .processes import Process, alive, descendants

__all__ = ["Running"]

_HANGS = 120


class Running:
    """A command of the CLI in a session of its own, as if in a terminal of its own.

    :param output: The file for its output. A pipe could fill up and block it.
    """

    def __init__(self, command: list[str], *, folder: Path, environment: dict[str, str], output: Path) -> None:
        self._output = output
        self._started: set[Process] = set()
        with output.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        """Its output so far."""
        return self._output.read_text()

    @property
    def under_way(self) -> bool:
        """Whether the CLI still runs."""
        return self._process.poll() is None

    def says(self, words: str) -> None:
        """Wait until its output has these words."""
        eventually(lambda: words in self.text or not self.under_way, f"{words!r} in the output")
        assert words in self.text, self.text

    def host(self) -> Process:
        """Wait for its dynamic host and return it."""

        def find() -> list[Process]:
            self._started |= {*descendants(self._process.pid)}
            return [process for process in self._started if process.is_dynamic_host and alive(process)]

        (found,) = eventually(find, "a dynamic host")
        return found

    def interrupt(self) -> None:
        """Press Ctrl-C once: a terminal sends SIGINT to all processes in the foreground."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self, host: Process | None = None) -> Process:
        """Kill only the CLI, with `kill -9`; return its dynamic host, which still runs.

        :param host: The dynamic host, where it is known already: to find it takes a tenth of a second.
        """
        host = host or self.host()
        self._process.kill()
        self._process.wait()
        return host

    def kill_host(self) -> None:
        """Kill only the dynamic host, with `kill -9`, and see that the command fails."""
        os.kill(self.host().pid, signal.SIGKILL)
        assert self.finish().code != 0

    def finish(self) -> Run:
        """Wait until the command has ended, and return its result."""
        self._process.wait(_HANGS)
        return Run(subprocess.CompletedProcess(self._process.args, self._process.returncode, self.text, ""))

    def end(self) -> None:
        """End every process of the command that still runs."""
        if self.under_way:
            self._started |= {*descendants(self._process.pid)}
            self._process.kill()
        self._process.wait()
        # A host's shell and the program's host outlive a killed CLI too; all were among its descendants.
        for process in self._started:
            if alive(process):
                os.kill(process.pid, signal.SIGKILL)
