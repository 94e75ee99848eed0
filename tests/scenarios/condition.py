"""Wait for a condition instead of sleeping for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

__all__ = ["eventually"]

T = TypeVar("T")

_HANGS = 60.0
_CHECK_EVERY = 0.05


def eventually(check: Callable[[], T], what: str) -> T:
    """Call `check` until it returns something true, and return that; fail after a timeout, with a message on `what`."""
    give_up = time.monotonic() + _HANGS
    while not (found := check()):
        if time.monotonic() > give_up:
            pytest.fail(f"timed out waiting for {what}")
        time.sleep(_CHECK_EVERY)
    return found
