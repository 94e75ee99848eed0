"""A terminal in which a command runs: a pty, and what a person sees in it, frame by frame."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable

from engine.stack import Stack

__all__ = ["Terminal"]

_TITLE = re.compile(r"\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)")
"""What the engine tells the terminal itself: nothing of it is on the screen."""
_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


class Terminal:
    """The lines that a person sees. The engine draws its table, moves up, and draws it again.

    :param columns: The terminal's width. Rows are enough for every table here.
    """

    def __init__(self, columns: int = 120) -> None:
        self.columns, self.lines, self.frames = columns, [""], list[str]()
        self._row, self._written = 0, ""

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.lines).rstrip()

    def run(self, stack: Stack, *arguments: str, on_frame: Callable[[str], None] = lambda _frame: None) -> str:
        """Run a command on a stack as a person does, and return what is on the screen at its end.

        :param on_frame: Is called with each drawing of the engine's table.
        """
        stack._write_config()
        reader, writer = pty.openpty()
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 60, self.columns, 0, 0))
        command = ["pulumi", *arguments, "--stack", stack.name]
        environment = {**stack.environment, "TERM": "xterm"}
        with subprocess.Popen(
            command, cwd=stack.work, env=environment, stdin=writer, stdout=writer, stderr=writer, start_new_session=True
        ) as cli:
            os.close(writer)
            held = b""
            while chunk := _read(reader):
                whole, end, held = (held + chunk).rpartition(b"\n")  # a chunk may end inside a sequence
                self._take((whole + end).decode(), on_frame)
            self._take(held.decode(), on_frame)
        os.close(reader)
        assert cli.returncode == 0, self.text
        return self.text

    def _take(self, text: str, on_frame: Callable[[str], None]) -> None:
        for codes, command, end, plain in _TOKEN.findall(_TITLE.sub("", text)):
            if command == "A":
                self.frames.append(self.text)
                on_frame(self.text)
                self._row = max(0, self._row - int(codes or 1))
            elif command == "K":
                self.lines[self._row] = self._written
            elif end == "\n":
                self._row += 1
                self.lines += [""] * (self._row + 1 - len(self.lines))
            if end:
                self._written = ""
            elif plain:
                self._written += plain
                self.lines[self._row] = self._written


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # how a pty ends
        return b""
