"""Simulated time for many threads, for tests and benchmarks: it passes only when all of them sleep."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from heapq import heapify, heappop, heappush

from pulumi_bedrock.aws.waiting import Clock

__all__ = ["CrowdClock", "CrowdLock"]


class CrowdClock:
    """Time for many threads: it passes only when all of them sleep, up to the first that is to wake.

    :param crowd: How many threads there are.
    :param seed: Of the jitter.
    """

    def __init__(self, crowd: int, *, seed: int = 6) -> None:
        self.time = 1_000.0
        self._changed = threading.Condition(threading.RLock())
        self._awake = crowd
        self._sleepers: list[float] = []
        self._planned: list[tuple[float, Callable[[], object]]] = []
        self._jitter = random.Random(seed)

    @property
    def clock(self) -> Clock:
        """The clock to inject."""
        return Clock(now=lambda: self.time, sleep=self.sleep, jitter=self._jitter.uniform)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Plans something for a time from now."""
        with self._changed:
            self._planned.append((self.time + seconds, action))
            self._planned.sort(key=lambda planned: planned[0])

    def sleep(self, seconds: float) -> None:
        """Sleeps until the others have slept as long."""
        with self._changed:
            wakes = self.time + seconds
            heappush(self._sleepers, wakes)
            self._one_less_awake()
            self._changed.wait_for(lambda: self.time >= wakes)

    def lock(self) -> CrowdLock:
        """Returns a lock in whose queue a thread counts as asleep."""
        return CrowdLock(self)

    def join(self, crowd: int) -> None:
        """Counts more threads, which are about to start."""
        with self._changed:
            self._awake += crowd

    def leave(self) -> None:
        """One thread is done."""
        with self._changed:
            self._one_less_awake()

    def _one_less_awake(self) -> None:
        self._awake -= 1
        if self._awake or not self._sleepers:
            return
        self.time = self._sleepers[0]
        while self._planned and self._planned[0][0] <= self.time:
            self._planned.pop(0)[1]()
        while self._sleepers and self._sleepers[0] <= self.time:
            heappop(self._sleepers)
            self._awake += 1
        self._changed.notify_all()


class CrowdLock:
    """A lock by a crowd's clock: a thread that waits for it counts as asleep, so the holder may sleep meanwhile."""

    def __init__(self, crowd: CrowdClock) -> None:
        self._crowd, self._held = crowd, False
        self._queue: list[_Ticket] = []

    def acquire(self, timeout: float = threading.TIMEOUT_MAX) -> bool:
        """Takes the lock. Returns False when nobody has released it in so many seconds of the crowd."""
        crowd = self._crowd
        with crowd._changed:
            if not self._held:
                self._held = True
                return True
            ticket = _Ticket(crowd.time + timeout)
            self._queue.append(ticket)
            heappush(crowd._sleepers, ticket.wakes)
            crowd._one_less_awake()
            crowd._changed.wait_for(lambda: ticket not in self._queue or crowd.time >= ticket.wakes)
            if ticket not in self._queue:
                return True
            self._queue.remove(ticket)
            return False

    def release(self) -> None:
        """Gives the lock to the thread that has waited for it the longest."""
        crowd = self._crowd
        with crowd._changed:
            waiting = [ticket for ticket in self._queue if crowd.time < ticket.wakes]
            if not waiting:
                self._held = False
                return
            self._queue.remove(waiting[0])  # that thread holds the lock now
            crowd._sleepers.remove(waiting[0].wakes)
            heapify(crowd._sleepers)
            crowd._awake += 1
            crowd._changed.notify_all()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()


class _Ticket:
    """A place in the queue of a lock, until some time."""

    def __init__(self, wakes: float) -> None:
        self.wakes = wakes
