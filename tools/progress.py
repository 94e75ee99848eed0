"""Runs a slow command without flooding the terminal, and without falling silent either.

Set-up takes minutes the first time. Whoever waits should see that it is alive, and all the output only if it
failed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

__all__ = ["CommandFailedError", "one_at_a_time", "run", "say"]

INTERVAL = 20
"""Seconds between two signs of life."""


class CommandFailedError(Exception):
    """A command that failed or took too long; ``output`` is all that it wrote."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output

    @property
    def last_line(self) -> str:
        """What the command said at the very end, which is mostly why it failed."""
        lines = self.output.strip().splitlines()
        return lines[-1].strip() if lines else str(self)


def say(text: str) -> None:
    """Tell the user; standard output is left to results."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder against another set-up that runs at the same time; the lock ends with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another set-up that is at work in {folder}.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def run(command: Sequence[str | Path], *, cwd: Path | None = None, timeout: float = 3600) -> None:
    """Run a command quietly, saying every 20 seconds how long it has been and what it did last.

    :param timeout: seconds after which the command, with all that it started, is ended.
    :raises CommandFailedError: if it ends with anything but 0, can't be started, or takes longer.
    """
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        except OSError as error:
            raise CommandFailedError(f"{command[0]} can't be run: {error.strerror}") from error
        try:
            _wait(process, log, timeout)
        finally:
            if process.poll() is None:
                _end_group(process)
        if process.returncode:
            raise CommandFailedError(f"{command[0]} ended with {process.returncode}", _output(log))


def _wait(process: subprocess.Popen[bytes], log: BinaryIO, timeout: float) -> None:
    started = time.monotonic()
    while True:
        left = started + timeout - time.monotonic()
        if left <= 0:
            raise CommandFailedError(f"no end after {timeout:.0f} s", _output(log))
        try:
            process.wait(timeout=min(INTERVAL, left))
        except subprocess.TimeoutExpired:
            minutes, seconds = divmod(int(time.monotonic() - started), 60)
            lines = _output(log).strip().splitlines()
            sign = f"   … {minutes}:{seconds:02d} min  {lines[-1].strip() if lines else ''}"
            say(sign[: shutil.get_terminal_size().columns])
        else:
            return


def _output(log: BinaryIO) -> str:
    size = os.fstat(log.fileno()).st_size
    return os.pread(log.fileno(), size, 0).decode(errors="replace")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
