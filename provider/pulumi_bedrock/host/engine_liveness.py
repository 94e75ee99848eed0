"""Whether the engine that this host works for is still there.

A killed CLI leaves the dynamic host alive, and a waiting create would go on, finish, and be recorded by nobody. The
engine's address is the host's last argument; when nothing listens there any more, the host ends at once, and what it
was waiting for keeps the mark by which the next run finds it.
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
_PATIENCE = 5.0
_ENOUGH = 0.5
"""Seconds for which the engine, once seen, isn't looked for again: many waits may want to know at the same time."""


class Engine:
    """The engine at an address; without one, as in a test or another host, it counts as present."""

    def __init__(self, address: str | None) -> None:
        self._seen_at = float("-inf")
        match = _ADDRESS.fullmatch(address or "")
        self._address = (match["host"], int(match["port"])) if match else None

    @classmethod
    def of_this_process(cls) -> Engine:
        """The engine that started this process, if it is a dynamic host."""
        is_host = Path(sys.argv[0]).parent.parts[-2:] == ("pulumi", "dynamic")
        return cls(sys.argv[-1] if is_host else None)

    def present(self) -> bool:
        """Whether something listens at the engine's address. Any other trouble than a refusal is no proof."""
        if self._address is None or time.monotonic() - self._seen_at < _ENOUGH:
            return True
        try:
            socket.create_connection(self._address, timeout=_PATIENCE).close()
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
        self._seen_at = time.monotonic()
        return True

    def require(self) -> None:
        """Ends this process when the engine is gone: what it does now would be recorded nowhere."""
        if not self.present():
            os._exit(1)

    def sleep(self, seconds: float) -> None:
        """Sleeps, and doesn't wake up for an engine that is gone."""
        time.sleep(seconds)
        self.require()
