"""Pace the calls of each operation to the rate that AWS allows.

AWS throttles each operation separately, and publishes no rates. So each operation learns its rate from throttled
answers: the rate drops below what AWS answered just before, and grows by 3 % a second until AWS throttles again. Before
the first throttled answer only a few calls run at a time, so that a hundred creates that start together learn the rate
from a few throttled answers, not from a hundred.

botocore's adaptive mode has one rate for all operations of a client, and lets it grow back within seconds.
"""

from __future__ import annotations

import functools
import time
from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore, Lock, local
from typing import Any

__all__ = ["MAX_CONCURRENT_CALLS", "Pace", "PacedClient"]

MAX_CONCURRENT_CALLS = 4
"""Calls of one operation that run at the same time."""

REDUCTION = 0.7
GROWTH = 0.03
"""Share by which the rate grows in a second."""

LOWEST_RATE = 0.2
LOWEST_GROWTH = 0.05
"""Calls a second; and calls a second, gained in a second."""

WINDOWS = (1.0, 10.0)
"""Seconds over which answers are counted: the longer where the shorter has fewer than `ENOUGH`."""

ENOUGH = 3

_THROTTLED = ("ThrottlingException", "TooManyRequestsException")


class PacedClient:
    """Stands for a boto3 client; each method makes its calls through a client of its own, at a pace of its own.

    :param make: Makes a boto3 client for the method of this name.
    """

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._lock = Lock()
        self._methods: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if name not in self._methods:
                client = self._make(name)
                Pace().register(client)
                found = getattr(client, name)
                self._methods[name] = _limited(found) if callable(found) and name != "get_paginator" else found
            return self._methods[name]


def _limited(method: Callable[..., Any]) -> Callable[..., Any]:
    gate = BoundedSemaphore(MAX_CONCURRENT_CALLS)

    @functools.wraps(method)
    def call(**arguments: Any) -> Any:
        with gate:
            return method(**arguments)

    return call


class Pace:
    """The rate of one operation. It limits nothing until an answer is throttled.

    :param now: Returns the time in seconds.
    :param sleep: Sleeps some seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._now, self._sleep, self._lock = now, sleep, Lock()
        self._answered: deque[float] = deque(maxlen=1000)
        self._began, self._next_at = now(), 0.0
        self._rate: float | None = None
        self._reduced_at = 0.0
        self._this_thread = local()

    def register(self, client: Any) -> None:
        """Pace every attempt of a boto3 client's calls, botocore's own retries included."""
        client.meta.events.register("before-send", lambda **_event: self.wait())
        client.meta.events.register("response-received", self._response_received)

    def wait(self) -> None:
        """Return when the next call may be sent."""
        with self._lock:
            now = self._now()
            at = max(now, self._next_at)
            rate = self._rate_at(at)
            if rate is not None:
                self._next_at = at + 1 / rate
        self._this_thread.sent_at = at
        if at > now:
            self._sleep(at - now)

    def learn(self, *, throttled: bool) -> None:
        """Count an answer; after a throttled one, reduce the rate."""
        with self._lock:
            now = self._now()
            if not throttled:
                self._answered.append(now)
            elif self._this_thread.sent_at > self._reduced_at:  # else the rate was reduced since it was sent
                rate = self._rate_at(now) or self._rate_answered(now)
                self._rate = max(LOWEST_RATE, REDUCTION * rate)
                self._reduced_at = now
                self._next_at = max(self._next_at, now + 1 / self._rate)

    def _rate_at(self, at: float) -> float | None:
        if self._rate is None:
            return None
        return self._rate + max(GROWTH * self._rate, LOWEST_GROWTH) * (at - self._reduced_at)

    def _rate_answered(self, now: float) -> float:
        for seconds in WINDOWS:
            count = sum(1 for at in self._answered if at > now - seconds)
            if count >= ENOUGH:
                break
        return count / min(seconds, max(WINDOWS[0], now - self._began))

    def _response_received(self, *, parsed_response: Any = None, **_event: Any) -> None:
        code = ((parsed_response or {}).get("Error") or {}).get("Code")
        self.learn(throttled=code in _THROTTLED)
