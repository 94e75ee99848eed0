"""How long to wait, how often to look, what to say meanwhile, and what to put up with.

Deployments take from seconds (locally) to the better part of an hour, so looks are a tenth of the time already waited
apart: whatever the wait, what has happened is noticed at most a tenth later, and never more than 30 s later. The
jitter keeps resources that were created together from asking together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pulumi_bedrock.errors import BedrockError, EndpointUnreachable
from pulumi_bedrock.values.durations import spoken

__all__ = ["Clock", "Deadline", "Wait"]

T = TypeVar("T")

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
AGE_SHARE = 0.1
JITTER = (0.9, 1.0)
PROGRESS_EVERY = 30.0


@dataclass(frozen=True)
class Clock:
    """Time as the waits see it, in seconds; a test gives its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform


@dataclass(frozen=True)
class Deadline:
    """One timeout, in seconds, shared by all the waits of one operation."""

    timeout: float
    clock: Clock = field(default_factory=Clock)
    start: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.clock.now())

    @property
    def elapsed(self) -> float:
        """Seconds since the operation began."""
        return self.clock.now() - self.start

    @property
    def remaining(self) -> float:
        """Seconds left; negative when the time is up."""
        return self.timeout - self.elapsed

    def at_most(self, timeout: float) -> Deadline:
        """A deadline that begins now, and ends with this one if not before."""
        return Deadline(min(timeout, self.remaining), self.clock)


class Wait:
    """One wait: iterate over it to look when it is due, until the deadline.

    :param deadline: When to stop.
    :param report: Takes a line for the person at the terminal.
    :param what: What is waited for, as the progress line's beginning and end: name, and target.
    :param answered: Whether AWS has answered a call of this operation already. An endpoint that was there a moment
        ago is worth waiting for; one that never answered is a mistake in the configuration, and said at once.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        report: Callable[[str], None],
        what: tuple[str, str],
        answered: bool = False,
    ) -> None:
        self._deadline, self._report, self._what, self._answered = deadline, report, what, answered
        self._status, self._said_at = "", 0.0
        self.last_error: BedrockError | None = None
        self.looked_at = 0.0
        """When this look was taken, by the clock; a look shared with other waits may be a little older."""

    def __iter__(self) -> Iterator[float]:
        """Yields the seconds waited so far each time it is due to look, for the last time at the deadline."""
        clock, began = self._deadline.clock, self._deadline.elapsed
        while True:
            waited = self._deadline.elapsed - began
            self.looked_at = clock.now()
            yield waited
            remaining = self._deadline.remaining
            if remaining <= 0:
                return
            pause = min(max(waited * AGE_SHARE, SHORTEST_PAUSE), LONGEST_PAUSE) * clock.jitter(*JITTER)
            # From the look on, so that waits which share it stay in step; but a slow answer earns AWS a rest too.
            clock.sleep(min(max(pause - (clock.now() - self.looked_at), pause / 2), remaining))

    def answer(self, call: Callable[[], T]) -> T:
        """What a call returns, tried again until the deadline while it fails with what may pass.

        :raises BedrockError: what doesn't pass, or what came last.
        """
        for _ in self:
            with self.riding_out():
                return call()
        assert self.last_error is not None  # each turn of the loop returns, raises, or rides an error out
        raise self.last_error

    @contextmanager
    def riding_out(self) -> Iterator[None]:
        """Lets an error pass that may be gone at the next look: AWS's bad minutes are no reason to lose the wait."""
        try:
            yield
        except BedrockError as error:
            self._answered = self._answered or not isinstance(error, EndpointUnreachable)
            if not error.transient or not self._answered:
                raise
            self.last_error = error
            self.progress(type(error).__name__)
        else:
            self.last_error, self._answered = None, True

    def progress(self, status: str) -> None:
        """Says how it stands: a line when the status changes, and otherwise one every 30 s."""
        elapsed = self._deadline.elapsed
        if status == self._status and elapsed - self._said_at < PROGRESS_EVERY:
            return
        self._status, self._said_at = status, elapsed
        name, target = self._what
        self._report(f"{name}: {status}, waiting for {target} ({spoken(elapsed)} of {spoken(self._deadline.timeout)})")
