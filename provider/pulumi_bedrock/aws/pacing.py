"""Pace the calls of each operation to what AWS allows.

AWS throttles each operation separately, and publishes no rates. botocore's adaptive mode adapts to the rate of one
client, so each operation has its own client. Adaptive mode starts only after a first throttled answer, so only a few
calls run at a time: a hundred creates that start together learn the limit after a few calls, not after a hundred.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Any

__all__ = ["MAX_CONCURRENT_CALLS", "PacedClient"]

MAX_CONCURRENT_CALLS = 4
"""Calls of one operation that run at the same time."""


class PacedClient:
    """Stands for a boto3 client; each method makes its calls through a client of its own.

    :param make: Makes a boto3 client for the method of this name.
    """

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._lock = Lock()
        self._methods: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if name not in self._methods:
                found = getattr(self._make(name), name)
                self._methods[name] = _limited(found) if callable(found) and name != "get_paginator" else found
            return self._methods[name]


def _limited(method: Callable[..., Any]) -> Callable[..., Any]:
    gate = BoundedSemaphore(MAX_CONCURRENT_CALLS)

    @functools.wraps(method)
    def call(**arguments: Any) -> Any:
        with gate:
            return method(**arguments)

    return call
