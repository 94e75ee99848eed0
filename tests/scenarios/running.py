"""A Pulumi command that is still under way: what it has said so far, its host, and ways to end them."""

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
    """A command of the CLI in a session of its own, as in a terminal of its own.

    :param output: Where its output goes; a file never fills up as a pipe does.
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
        """What it has said so far."""
        return self._output.read_text()

    @property
    def under_way(self) -> bool:
        """Whether the CLI still runs."""
        return self._process.poll() is None

    def says(self, words: str) -> None:
        """Wait until it has said this."""
        eventually(lambda: words in self.text or not self.under_way, f"{words!r} in the output")
        assert words in self.text, self.text

    def host(self) -> Process:
        """Its dynamic host."""

        def look() -> list[Process]:
            self._started |= {*descendants(self._process.pid)}
            return [process for process in self._started if process.is_dynamic_host and alive(process)]

        (found,) = eventually(look, "a dynamic host")
        return found

    def interrupt(self) -> None:
        """Ctrl-C, once: the terminal sends it to all processes in the foreground."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self) -> Process:
        """Kill the CLI alone with `kill -9`. The processes that it started run on; return its dynamic host."""
        host = self.host()
        self._process.kill()
        self._process.wait()
        return host

    def finish(self) -> Run:
        """Wait for the command's end."""
        self._process.wait(_HANGS)
        return Run(subprocess.CompletedProcess(self._process.args, self._process.returncode, self.text, ""))

    def end(self) -> None:
        """End all that is left of it, whatever the state of things."""
        if self.under_way:
            self._started |= {*descendants(self._process.pid)}
            self._process.kill()
        self._process.wait()
        # A host's shell and the program's host outlive a killed CLI too; all were seen as its descendants.
        for process in self._started:
            if alive(process):
                os.kill(process.pid, signal.SIGKILL)
