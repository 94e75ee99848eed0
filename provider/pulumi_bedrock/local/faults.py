"""Injected faults: a list of rules, which can be changed while the server runs.

A rule says which operation it is for (``*`` for all), what happens, and how many times (``count``; without
one, until it is deleted). With ``resource``, the ARN or name in the request log, ``error``, ``throttle``,
``delay`` and ``close`` apply only to requests for that resource. The kinds, and their members:

``error``       returns ``error`` (any code), with ``message`` and ``status`` (both have defaults)
``throttle``    returns ThrottlingException above ``rate`` requests a second, by a token bucket of ``burst``
                for each operation and region
``delay``       executes the request, and returns the response after ``seconds``
``close``       closes the connection without a response, ``when`` = ``before`` or ``after`` the request was
                executed
``activation``  the create, update or job that CreateCustomModelDeployment, CreateCustomModel,
                CreateModelCustomizationJob or UpdateCustomModelDeployment starts: with ``outcome`` = ``fail``
                it fails (with ``message``), with ``never`` it doesn't end
``stale``       Get doesn't find a new deployment or custom model, and List doesn't show it, for ``reads`` reads
                or ``seconds``; neither of them shows a new update
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
    "stale": ("CreateCustomModelDeployment", "CreateCustomModel", "UpdateCustomModelDeployment"),
}


@dataclass
class Fault:
    """One rule; ``count`` is the number of times that it still applies."""

    kind: str = "error"
    operation: str = "*"
    resource: str | None = None
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
        """Refuse a rule that could never apply: it would make a test that can't fail."""
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
        """Return whether the rule applies to this request; a throttle applies only to those above the rate."""
        if self.kind != "throttle" or self.rate is None:
            return True
        burst = float(self.burst or max(1, int(self.rate)))
        tokens, since = self._buckets.get((operation, region), (burst, now))
        tokens = min(burst, tokens + (now - since) * self.rate)
        allowed = tokens >= 1
        self._buckets[operation, region] = (tokens - 1 if allowed else tokens, now)
        return not allowed

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as the control path shows it."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}


class Faults:
    """The active rules, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> int:
        """Add a rule, and return its number."""
        with self._lock:
            fault.id = next(self._numbers)
            self._rules.append(fault)
        return fault.id

    def clear(self, number: int | None = None) -> None:
        """Delete one rule, or all."""
        with self._lock:
            self._rules = [rule for rule in self._rules if number is not None and rule.id != number]

    def rules(self) -> list[dict[str, Any]]:
        """Return the active rules."""
        with self._lock:
            return [rule.to_dict() for rule in self._rules]

    def take(
        self,
        operation: str,
        *,
        region: str,
        kinds: Iterable[str],
        when: str | None = None,
        resource: str | None = None,
    ) -> list[Fault]:
        """Return the rules of these kinds that apply to this request, and reduce their counts.

        A request fails only once: the rules after the first failure keep their counts.
        """
        hits: list[Fault] = []
        with self._lock:
            for rule in self._rules:
                if rule.operation not in ("*", operation) or rule.kind not in kinds:
                    continue
                if rule.resource not in (None, resource):
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
