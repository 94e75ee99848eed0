"""Waiting for something to be so: never for a time that is hoped to be long enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

__all__ = ["eventually"]

T = TypeVar("T")

_HANGS = 60.0
_LOOKS_EVERY = 0.05


def eventually(look: Callable[[], T], what: str) -> T:
    """What `look` returns as soon as that is true; a failure that names `what` when it doesn't come to that."""
    give_up = time.monotonic() + _HANGS
    while not (found := look()):
        if time.monotonic() > give_up:
            pytest.fail(f"waited in vain for {what}")
        time.sleep(_LOOKS_EVERY)
    return found
