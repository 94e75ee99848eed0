"""Check whether the engine that started this host is still there.

A killed CLI leaves the dynamic host alive: a waiting create would continue and finish, but the state would not record
the deployment. The engine's address is the host's last argument. When nothing listens there, the host exits at once,
and the deployment keeps its mark, so the next run finds it.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from pathlib import Path

__all__ = ["Engine"]

_ADDRESS = re.compile(r"(?P<host>[\w.-]+):(?P<port>\d+)")
_CONNECT_TIMEOUT = 5.0
_CHECK_EVERY = 0.5
"""Seconds for which all waits share the result of one check."""


class Engine:
    """The engine at an address. Without an address, as in a test or another host, it counts as present."""

    def __init__(self, address: str | None) -> None:
        self._seen_at = float("-inf")
        match = _ADDRESS.fullmatch(address or "")
        self.address = match[0] if match else None
        self._address = (match["host"], int(match["port"])) if match else None

    @classmethod
    def of_this_process(cls) -> Engine:
        """Return the engine that started this process, if this is a dynamic host."""
        is_host = Path(sys.argv[0]).parent.parts[-2:] == ("pulumi", "dynamic")
        return cls(sys.argv[-1] if is_host else None)

    def present(self) -> bool:
        """Return whether something listens at the engine's address. Only a refused connection proves the opposite."""
        if self._address is None or time.monotonic() - self._seen_at < _CHECK_EVERY:
            return True
        try:
            socket.create_connection(self._address, timeout=_CONNECT_TIMEOUT).close()
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
        self._seen_at = time.monotonic()
        return True

    def exit_if_gone(self) -> None:
        """Exit this process when the engine is gone: without an engine, the state records nothing."""
        if not self.present():
            os._exit(1)

    def sleep(self, seconds: float) -> None:
        """Sleep, then exit if the engine is gone."""
        time.sleep(seconds)
        self.exit_if_gone()
