"""Time for tests of waits: it passes only when the code sleeps, and what a test has planned happens then."""

from __future__ import annotations

import math
from collections.abc import Callable

from pulumi_bedrock.aws.waiting import Clock

__all__ = ["FakeClock"]


class FakeClock:
    """Seconds that pass at once. `clock` is what is injected; `slept` holds each pause, in order."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.slept: list[float] = []
        self._planned: list[tuple[float, Callable[[], object]]] = []

    @property
    def clock(self) -> Clock:
        """The clock to inject. Its jitter is none: pauses are their full length."""
        return Clock(now=lambda: self.time, sleep=self.sleep, jitter=lambda _low, high: high)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Plans something for a time from now; it happens in the sleep that passes it."""
        self._planned.append((self.time + seconds, action))
        self._planned.sort(key=lambda planned: planned[0])

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        assert seconds > 0, "a pause of nothing is a busy loop"
        until = max(self.time + seconds, math.nextafter(self.time, math.inf))  # real time never stands still
        while self._planned and self._planned[0][0] <= until:
            self.time, action = self._planned.pop(0)
            action()
        self.time = until
        self.slept.append(seconds)
