"""Check whether the engine that started this host is still there.

A killed CLI leaves the dynamic host alive: a waiting create would continue and finish, but the state would not record
the deployment. So the host exits at once when the engine is gone, and the deployment keeps its mark, by which the next
run finds it.

The engine reads the host's standard output. When it is gone, nobody holds the other end of that pipe, which the system
shows without a delay. Where that can't be polled, the engine's address decides, which is the host's last argument;
another process may have taken its port since.
"""

from __future__ import annotations

import os
import re
import select
import socket
import stat
import sys
import time
from pathlib import Path

__all__ = ["Engine"]

_ADDRESS = re.compile(r"(?P<host>[\w.-]+):(?P<port>\d+)")
_CONNECT_TIMEOUT = 5.0
_CHECK_EVERY = 0.5
"""Seconds for which all waits share the result of one connection."""


class Engine:
    """The engine at an address. Without an address, as in a test or another host, it counts as present.

    :param address: As `host:port`.
    :param stdout: The file descriptor that the engine reads from.
    """

    def __init__(self, address: str | None, stdout: int | None = None) -> None:
        self._seen_at = float("-inf")
        match = _ADDRESS.fullmatch(address or "")
        self.address = match[0] if match else None
        self._address = (match["host"], int(match["port"])) if match else None
        self._pipe = stdout if match and stdout is not None and _is_pipe(stdout) else None

    @classmethod
    def of_this_process(cls) -> Engine:
        """Return the engine that started this process, if this is a dynamic host."""
        is_host = Path(sys.argv[0]).parent.parts[-2:] == ("pulumi", "dynamic")
        return cls(sys.argv[-1], sys.__stdout__.fileno() if sys.__stdout__ else None) if is_host else cls(None)

    def present(self, *, fresh: bool = False) -> bool:
        """Return whether the engine is there. Of connections, only a refused one proves that it isn't.

        :param fresh: Whether to check the address now, and not to share the result of a check half a second ago.
        """
        if self._pipe is not None and _is_closed(self._pipe):
            return False
        if self._address is None or (not fresh and time.monotonic() - self._seen_at < _CHECK_EVERY):
            return True
        try:
            socket.create_connection(self._address, timeout=_CONNECT_TIMEOUT).close()
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
        self._seen_at = time.monotonic()
        return True

    def exit_if_gone(self, *, fresh: bool = False) -> None:
        """Exit this process when the engine is gone: without an engine, the state records nothing."""
        if not self.present(fresh=fresh):
            os._exit(1)

    def sleep(self, seconds: float) -> None:
        """Sleep, then exit if the engine is gone."""
        time.sleep(seconds)
        self.exit_if_gone()


def _is_pipe(stdout: int) -> bool:
    return hasattr(select, "poll") and stat.S_ISFIFO(os.fstat(stdout).st_mode)


def _is_closed(pipe: int) -> bool:
    """Return whether nobody can read from a pipe any more."""
    poll = select.poll()  # a new one each time: a poll can't serve two threads
    poll.register(pipe, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
