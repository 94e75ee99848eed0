"""Wait for something in AWS."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["LAG_ALLOWED", "eventually"]

LAG_ALLOWED = 30.0
"""Seconds for which the provider puts up with a read that doesn't show a new deployment."""
SHORTEST, LONGEST = 0.2, 20.0
"""Seconds between two polls: a tenth of the time waited, within these bounds."""


def eventually(done: Callable[[], bool], timeout: float) -> bool:
    """Poll until something is done; return whether it was before the timeout (seconds)."""
    began = time.monotonic()
    while not done():
        waited = time.monotonic() - began
        if waited > timeout:
            return False
        time.sleep(min(max(waited / 10, SHORTEST), LONGEST))
    return True
