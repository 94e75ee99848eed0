"""One case, with its result: a contender, a number of deployments, and what the account makes of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .account import LIMIT
from .contenders import Bench

__all__ = ["CREATE", "SLOW", "Case", "Result", "measure", "refused"]

SLOW: dict[str, dict[str, Any]] = {
    "List of 1.5 s": {"kind": "delay", "seconds": 1.5},
    "List 0.5/s": {"kind": "throttle", "rate": 0.5},
}
"""Faults of the local Bedrock, by what the tables call them."""

CREATE = "CreateCustomModelDeployment"
STATUS_CALLS = ("GetCustomModelDeployment", "ListCustomModelDeployments")


@dataclass(frozen=True)
class Case:
    """A case to measure.

    :param limited: Whether the account allows only `LIMIT` requests per second for each operation.
    :param slow: What is slow about ListCustomModelDeployments: one of `SLOW`, or nothing.
    :param updated: Whether updates in place are measured, of deployments made before.
    :param replaced: Whether the replacement is measured of deployments made before.
    :param providers: The number of `aws.Provider`s that the deployments use in turn; 0 is the stack's configuration.
    :param simulated: Whether the time is simulated.
    :param stack: The stack's name, if it is needed again.
    """

    contender: str
    deployments: int
    limited: bool = False
    stack: str = ""
    slow: str = ""
    updated: bool = False
    replaced: bool = False
    simulated: bool = False
    providers: int = 0

    @property
    def circumstances(self) -> tuple[bool, str, bool, int]:
        """What is special about the account and the run; the plain case has none of it."""
        return self.limited, self.slow, self.updated, self.providers

    @property
    def name(self) -> str:
        """The case in words."""
        return f"{self.contender}, {self.account}"

    @property
    def account(self) -> str:
        """The number of deployments, and what the account makes of them."""
        return ", ".join(
            filter(
                None,
                (
                    str(self.deployments),
                    f"{LIMIT}/s" if self.limited else "",
                    self.slow,
                    "updates" if self.updated else "",
                    "replaced" if self.replaced else "",
                    f"{self.providers} providers" if self.providers else "",
                    "simulated time" if self.simulated else "",
                ),
            )
        )


@dataclass(frozen=True)
class Result:
    """The result of a case; times in seconds, memory in MiB.

    :param refused: The number of creates that AWS refused for a quota.
    :param host_memory: The sum of all hosts, and so is `host_cpu`.
    :param lag_median: The time between `Active` in the account and the line in the terminal.
    :param failure: The output of the run, if it failed.
    """

    case: Case
    seconds: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)
    throttled: int = 0
    refused: int = 0
    lag_median: float | None = None
    lag_worst: float | None = None
    host_memory: float = 0.0
    host_cpu: float = 0.0
    failure: str = ""

    @property
    def all_calls(self) -> int:
        """The number of calls of all operations."""
        return sum(self.calls.values())

    @property
    def status_calls(self) -> int:
        """The number of calls that only poll."""
        return sum(self.calls.get(operation, 0) for operation in STATUS_CALLS)


def measure(bench: Bench, case: Case, *, activation: float) -> Result:
    """Run a case in an empty account."""
    bench.local.reset()
    if case.limited:
        bench.local.add_fault(kind="throttle", rate=LIMIT, burst=LIMIT)
    if case.slow:
        bench.local.add_fault(operation="ListCustomModelDeployments", **SLOW[case.slow])
    if case.updated or case.replaced:
        seen = bench.change(case.contender, case.deployments, activation=activation, in_place=case.updated)
    else:
        seen = bench.deploy(case.contender, case.deployments, case.stack, providers=case.providers)
    requests = bench.local.requests()
    created_at = {
        str(request["resource"])[:5]: request["time"]
        for request in requests
        if request["operation"] == CREATE and request["status"] == 202
    }
    # In the account, a deployment becomes Active exactly `activation` seconds after its create.
    lags = sorted(seen.created[name] - at - activation for name, at in created_at.items() if name in seen.created)
    return Result(
        case,
        seconds=seen.seconds,
        calls=bench.local.counts(),
        throttled=sum(bench.local.throttled().values()),
        refused=refused(requests),
        lag_median=statistics.median(lags) if lags else None,
        lag_worst=max(lags) if lags else None,
        host_memory=seen.memory,
        host_cpu=seen.cpu,
        failure=_reason(seen.failure),
    )


def refused(requests: Iterable[dict[str, Any]]) -> int:
    """Return how many of these requests AWS refused for a quota."""
    return sum(request["error"] == "ServiceQuotaExceededException" for request in requests)


def _reason(output: str) -> str:
    """Return the last line that names an error: the whole output has this machine's paths."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "Error" in line or "Exception" in line), *lines[-1:] or [""])
