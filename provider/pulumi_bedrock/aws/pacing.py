"""Calls at the pace that AWS allows, operation by operation.

AWS throttles each operation by itself, and publishes no rates. botocore's adaptive mode finds the rate of one client
out, so each operation has a client of its own. Adaptive mode starts only after a first throttled answer, hence the few
calls at a time: a hundred creates that start together hear of the limit after a handful, not after a hundred.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Any

__all__ = ["AT_ONCE", "Paced"]

AT_ONCE = 4
"""Calls of one operation that are under way at the same time."""


class Paced:
    """Stands for a boto3 client, and makes each method's calls through a client of its own.

    :param make: Makes a boto3 client.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = Lock()
        self._methods: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if name not in self._methods:
                found = getattr(self._make(), name)
                self._methods[name] = _few_at_once(found) if callable(found) and name != "get_paginator" else found
            return self._methods[name]


def _few_at_once(method: Callable[..., Any]) -> Callable[..., Any]:
    gate = BoundedSemaphore(AT_ONCE)

    @functools.wraps(method)
    def call(**arguments: Any) -> Any:
        with gate:
            return method(**arguments)

    return call
