"""Run a slow command: show that it is still running, and show its output only if it fails.

Set-up takes minutes the first time.
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
"""Seconds between two progress lines."""


class CommandFailedError(Exception):
    """A command failed or timed out; ``output`` is its output."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output

    @property
    def last_line(self) -> str:
        """The last line of the output, which usually says why the command failed."""
        lines = self.output.strip().splitlines()
        return lines[-1].strip() if lines else str(self)


def say(text: str) -> None:
    """Write a line for the user to standard error; standard output is for results."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Lock the folder, so that no other set-up uses it at the same time. The lock ends with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another set-up that uses {folder}.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def run(command: Sequence[str | Path], *, cwd: Path | None = None, timeout: float = 3600) -> None:
    """Run a command without its output, and report every 20 seconds the time and the last line of the output.

    :param timeout: Seconds after which the command and the processes that it started are ended.
    :raises CommandFailedError: when its exit code isn't 0, it can't be started, or it times out.
    """
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        except OSError as error:
            raise CommandFailedError(f"{command[0]} can't be started: {error.strerror}") from error
        try:
            _wait(process, log, timeout)
        finally:
            if process.poll() is None:
                _end_group(process)
        if process.returncode:
            raise CommandFailedError(f"{command[0]} exited with {process.returncode}", _output(log))


def _wait(process: subprocess.Popen[bytes], log: BinaryIO, timeout: float) -> None:
    started = time.monotonic()
    while True:
        left = started + timeout - time.monotonic()
        if left <= 0:
            raise CommandFailedError(f"timed out after {timeout:.0f} s", _output(log))
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
