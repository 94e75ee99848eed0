"""Faults on purpose: a list of rules, each about one operation, that can be changed while the server runs.

A rule says which operation it is about (``*`` for all), what happens, and how many times (``count``;
without one, until it is cleared). The kinds, and the members each one takes:

``error``       answers with ``error`` (any code), ``message`` and ``status`` (both have sensible defaults)
``throttle``    answers ThrottlingException above ``rate`` requests a second, by a token bucket of ``burst``
                for each operation and region
``delay``       does what was asked, and answers ``seconds`` late
``close``       closes the connection without an answer, ``when`` = ``before`` or ``after`` the request was
                carried out
``activation``  what CreateCustomModelDeployment, CreateCustomModel, CreateModelCustomizationJob or
                UpdateCustomModelDeployment began ends in ``outcome`` = ``fail`` (with ``message``) or
                ``never`` ends
``stale``       a deployment just created is not found by Get and not shown by List for ``reads`` reads or
                ``seconds``
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["KINDS", "Fault", "Faults"]

KINDS = ("error", "throttle", "delay", "close", "activation", "stale")
_ABOUT = {
    "activation": (
        "CreateCustomModelDeployment",
        "CreateCustomModel",
        "CreateModelCustomizationJob",
        "UpdateCustomModelDeployment",
    ),
    "stale": ("CreateCustomModelDeployment",),
}


@dataclass
class Fault:
    """One rule; ``count`` is what is left of it."""

    kind: str = "error"
    operation: str = "*"
    count: int | None = None
    error: str | None = None
    message: str | None = None
    status: int | None = None
    rate: float | None = None
    burst: int | None = None
    seconds: float = 0.0
    when: str = "before"
    outcome: str = "fail"
    reads: int = 0
    id: int = 0
    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could never happen: a fault that silently does nothing makes a test that can't fail."""
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.kind == "error" and not self.error:
            raise ValueError("a fault of kind error needs error, the code to answer with")
        if self.kind == "throttle" and not (self.rate and self.rate > 0):
            raise ValueError("a fault of kind throttle needs rate, in requests a second")
        if self.kind == "delay" and self.seconds <= 0:
            raise ValueError("a fault of kind delay needs seconds")
        if self.kind == "close" and self.when not in ("before", "after"):
            raise ValueError(f"when must be before or after, not {self.when!r}")
        if self.kind == "activation" and self.outcome not in ("fail", "never"):
            raise ValueError(f"outcome must be fail or never, not {self.outcome!r}")
        if self.kind == "stale" and self.reads <= 0 and self.seconds <= 0:
            raise ValueError("a fault of kind stale needs reads or seconds")
        about = _ABOUT.get(self.kind)
        if about and self.operation not in ("*", *about):
            raise ValueError(f"a fault of kind {self.kind} is about {' or '.join(about)}, not {self.operation}")
        if self.count is not None and self.count < 1:
            raise ValueError("count must be at least 1")

    def takes(self, operation: str, region: str, now: float) -> bool:
        """Whether this request is hit: by a throttle, only what is above the rate."""
        if self.kind != "throttle" or self.rate is None:
            return True
        burst = float(self.burst or max(1, int(self.rate)))
        tokens, since = self._buckets.get((operation, region), (burst, now))
        tokens = min(burst, tokens + (now - since) * self.rate)
        allowed = tokens >= 1
        self._buckets[operation, region] = (tokens - 1 if allowed else tokens, now)
        return not allowed

    def to_dict(self) -> dict[str, Any]:
        """The rule as the control path shows it."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    """The rules in force, in the order they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> int:
        """Put a rule in force, and return its number."""
        with self._lock:
            fault.id = next(self._numbers)
            self._rules.append(fault)
        return fault.id

    def clear(self, number: int | None = None) -> None:
        """Take one rule out of force, or all."""
        with self._lock:
            self._rules = [rule for rule in self._rules if number is not None and rule.id != number]

    def rules(self) -> list[dict[str, Any]]:
        """The rules in force."""
        with self._lock:
            return [rule.to_dict() for rule in self._rules]

    def take(self, operation: str, *, region: str, kinds: Iterable[str], when: str | None = None) -> list[Fault]:
        """Use up, and return, each rule of these kinds that hits this request.

        A request fails once: the rules behind the first failure keep their counts.
        """
        hits: list[Fault] = []
        with self._lock:
            for rule in self._rules:
                if rule.operation not in ("*", operation) or rule.kind not in kinds:
                    continue
                if rule.kind == "close" and rule.when != when:
                    continue
                if not rule.takes(operation, region, time.monotonic()):
                    continue
                if rule.count is not None:
                    rule.count -= 1
                hits.append(rule)
                if rule.kind in ("error", "throttle", "close"):
                    break
            self._rules = [rule for rule in self._rules if rule.count != 0]
        return hits
