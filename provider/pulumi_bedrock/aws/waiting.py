"""Waits: timeouts, poll intervals, progress lines and retries of transient errors.

A deployment takes from seconds (local Bedrock) to a quarter of an hour, as people have recorded. So the interval
between two polls grows with the time waited: 1 s at first, then 10 % of it, at most 30 s. A poll that is for all waits
of a run may come more often: 0.5 s at first, then 5 %, at most 5 s in the first quarter of an hour. Jitter keeps
resources that were created together from polling together, where they don't share polls.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pulumi_bedrock.errors import AnswerLost, BedrockError, EndpointUnreachable
from pulumi_bedrock.values.durations import format_duration

__all__ = ["Clock", "Deadline", "Snapshot", "Wait", "pause_after"]

T = TypeVar("T")

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
PAUSE_PER_SECOND_WAITED = 0.1
FOR_ALL = 0.5
"""Factor for the pause after a poll that is for all waits of a run."""

LONGEST_PAUSE_FOR_ALL = 5.0
USUAL_WAIT = 15 * 60.0
"""Seconds for which `LONGEST_PAUSE_FOR_ALL` holds: the longest time that people have recorded for a deployment."""

JITTER = (0.9, 1.0)
PROGRESS_EVERY = 30.0
"""Seconds between two progress lines with an unchanged status."""


@dataclass(frozen=True)
class Clock:
    """Time as waits see it, in seconds; tests inject their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform


@dataclass
class Deadline:
    """One timeout, in seconds, shared by all waits of one operation."""

    timeout: float
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.start = self.clock.now()

    @contextmanager
    def excluding(self) -> Iterator[None]:
        """Don't count the time that passes inside the block."""
        before = self.clock.now()
        yield
        self.start += self.clock.now() - before

    @property
    def elapsed(self) -> float:
        """Seconds since the operation began."""
        return self.clock.now() - self.start

    @property
    def remaining(self) -> float:
        """Seconds left; negative after the deadline."""
        return self.timeout - self.elapsed

    def at_most(self, timeout: float) -> Deadline:
        """Return a deadline that begins now and lasts `timeout` seconds, but not longer than this one."""
        return Deadline(min(timeout, self.remaining), self.clock)


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """An answer of AWS.

    :param at: The time of the request by the clock: no answer counts as newer than its request.
    :param is_for_all: Whether it is about all deployments, so that all waits of a run share it.
    """

    at: float
    value: T
    is_for_all: bool = False


def pause_after(waited: float, *, is_for_all: bool) -> float:
    """Return the seconds to the next poll.

    :param waited: Seconds that a wait has waited.
    :param is_for_all: Whether the last poll was for all waits of a run.
    """
    grown = max(waited * PAUSE_PER_SECOND_WAITED, SHORTEST_PAUSE)
    if not is_for_all:
        return min(grown, LONGEST_PAUSE)
    return min(grown * FOR_ALL, LONGEST_PAUSE_FOR_ALL if waited < USUAL_WAIT else LONGEST_PAUSE)


class Wait:
    """One wait: iterate over it to poll when a poll is due, until the deadline.

    :param deadline: When to stop.
    :param show: Takes a line of progress, which the next one replaces.
    :param name: The resource that waits, for progress lines.
    :param target: The status or event that it waits for, for progress lines.
    :param subject: Begins an error that doesn't say which resource it is about.
    :param answered: Whether AWS has answered a call of this operation. An endpoint that answered before is retried;
        one that never did is a wrong setting, and the error is raised at once.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        show: Callable[[str], None],
        name: str,
        target: str,
        subject: str = "",
        answered: bool = False,
    ) -> None:
        self._deadline, self._show, self._name, self._target = deadline, show, name, target
        self._subject, self._answered = subject, answered
        self._status, self._reported_at = "", 0.0
        self.last_error: BedrockError | None = None
        self.excludes = False
        """Whether the deadline doesn't count the next pause."""
        self._polled_at, self._is_for_all, self._pause = 0.0, False, SHORTEST_PAUSE

    def __iter__(self) -> Iterator[float]:
        """Yield the seconds waited so far each time a poll is due, for the last time at the deadline.

        After a poll that ended later, there is one more, unless that one failed.
        """
        clock = self._deadline.clock
        began = clock.now()
        while True:
            waited = clock.now() - began
            self._polled_at, self._is_for_all = clock.now(), False
            is_last = self._deadline.remaining <= 0
            yield waited
            remaining = self._deadline.remaining
            if remaining <= 0:
                if is_last or self.last_error:
                    return
                continue
            self._pause = pause = pause_after(waited, is_for_all=self._is_for_all)
            due = self._polled_at + pause * clock.jitter(*JITTER)
            # Counted from the poll, so that waits which share it stay in step; but a slow poll has a rest after it too.
            with self._deadline.excluding() if self.excludes else nullcontext():
                clock.sleep(min(max(due - clock.now(), pause / 2), remaining))

    @property
    def max_age(self) -> float:
        """Age in seconds up to which an answer that another wait got counts as new.

        It is half the pause before this poll, so that jitter doesn't lead to a poll for each wait; such an answer was
        asked for after this wait's last poll. For the first poll and at the deadline, it is half a second.
        """
        return (self._pause if self._deadline.remaining > 0 else SHORTEST_PAUSE) / 2

    @property
    def until(self) -> float:
        """The deadline by the clock, as of now."""
        return self._deadline.clock.now() + self._deadline.remaining

    def polled(self, snapshot: Snapshot[Any]) -> None:
        """Count the next pause from this answer, which may be a little older when it is shared."""
        self._polled_at, self._is_for_all = snapshot.at, snapshot.is_for_all

    @contextmanager
    def retry_transient(self, *, lost_answers: bool = True) -> Iterator[None]:
        """Swallow a transient error, so that the next poll tries again.

        :param lost_answers: Whether a call whose answer was lost may be repeated.
        :raises BedrockError: any other error, with this wait's subject.
        """
        try:
            yield
        except BedrockError as error:
            self._answered = self._answered or not isinstance(error, EndpointUnreachable)
            repeatable = error.transient and (lost_answers or not isinstance(error, AnswerLost))
            if not repeatable or not self._answered:
                raise error.about(self._subject) from error
            self.last_error = error
            self.progress(type(error).__name__)
        else:
            self.last_error, self._answered = None, True

    def failure(self) -> BedrockError:
        """Return the error to raise when every attempt until the deadline failed."""
        assert self.last_error is not None  # every poll of such a wait returns, raises or fails transiently
        return self.last_error.about(self._subject)

    def progress(self, status: str) -> None:
        """Report a changed status at once, and an unchanged one every 30 s."""
        elapsed = self._deadline.elapsed
        if status == self._status and elapsed - self._reported_at < PROGRESS_EVERY:
            return
        self._status, self._reported_at = status, elapsed
        waited, timeout = format_duration(elapsed), format_duration(self._deadline.timeout)
        # The status comes first: a terminal of 120 columns cuts the line after 20 characters.
        self._show(f"{status}, waiting for {self._target} ({waited} of {timeout}): {self._name}")

    def done(self, status: str) -> None:
        """Report the end, if there was progress before: in CI, the row would end with a status that is over."""
        if self._status:
            self._show(f"{status} after {format_duration(self._deadline.elapsed)}: {self._name}")

    def last_failure(self) -> str:
        """Return a sentence on the newest transient error, for the end of a timeout's message; empty without one."""
        error = self.last_error
        return f" The last error was {type(error).__name__}: {error.message}" if error else ""
