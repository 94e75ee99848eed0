"""This package's provider in simulated time, so that forty minutes take seconds.

The provider, boto3 and a local Bedrock are real; only the waits' time isn't. The provider's methods are called as
Pulumi's dynamic host calls them, in the engine's order: all creates at once, and then all deletes. The engine itself
and its seconds aren't here.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from pulumi.dynamic import CreateResult, ResourceProvider
from pulumi_bedrock import serialized
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.waiting import LONGEST_PAUSE_FOR_ALL
from pulumi_bedrock.host.process import start_process
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.quotas import QUOTA, QUOTA_IN_PROGRESS
from pulumi_bedrock.values.configuration import AwsConfiguration

from tools.crowd_clock import CrowdClock

from .cases import CREATE, Case, Result, refused

__all__ = ["in_own_process", "lags", "simulate", "status_calls_of_one"]

T = TypeVar("T")
R = TypeVar("R")


def in_own_process(function: Callable[..., R], *arguments: Any, **options: Any) -> R:
    """Call a function of this module in a process of its own, with no AWS settings of the user's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_without_settings) as pool:
        return pool.submit(function, *arguments, **options).result()


def _without_settings() -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
        del os.environ[name]
    sys.stdout = io.StringIO()  # without an engine, lines of progress are printed


def simulate(case: Case, *, activation: float) -> Result:
    """Measure a case under AWS's quotas.

    :param activation: Simulated seconds from an accepted create until the deployment is Active.
    """
    with _account() as account:
        try:
            return account.replace(case, activation) if case.replaced else account.create(case, activation)
        except Exception as error:
            return Result(case, failure=f"{type(error).__name__}: {error}")


def lags(activation: float, seeds: int) -> list[float]:
    """Return the lag of one deployment, for each seed of the jitter.

    The activation is up to 5 s longer, by the seed: else a multiple of the pauses could make the lag look good.
    """
    with _account() as account:
        results = []
        for seed in range(seeds):
            account.reset(seed)
            case = Case("ours", 1, simulated=True)
            result = account.create(case, activation + account.crowd.clock.jitter(0, LONGEST_PAUSE_FOR_ALL))
            assert result.lag_worst is not None
            results.append(result.lag_worst)
        return results


def status_calls_of_one(activation: float) -> int:
    """Return the number of status calls for one deployment that takes that long."""
    with _account() as account:
        return account.create(Case("ours", 1, simulated=True), activation).status_calls


@contextmanager
def _account() -> Iterator[_Account]:
    account = _Account()
    with LocalBedrock.serve(
        quota_in_progress=QUOTA_IN_PROGRESS, quota=QUOTA, on_request=lambda entry: account.requested(entry)
    ) as local:
        os.environ.update(local.environment())
        account.local = local
        account.reset()
        yield account


class _Account:
    """An account in which simulated time passes."""

    local: LocalBedrock

    def __init__(self) -> None:
        self.clients = Clients(AwsConfiguration())  # for all runs: most time would go into making them

    def reset(self, seed: int = 0) -> None:
        """Begin with an empty account."""
        self.crowd = CrowdClock(0, seed=seed)
        self.activation = 0.0
        self.active_at: dict[str, float] = {}
        self.local.reset()
        self.local.set_activation(manual=True)

    def requested(self, entry: dict[str, Any]) -> None:
        """Plan when a new deployment becomes Active."""
        if (entry["operation"], entry["status"]) == (CREATE, 202):
            name = entry["resource"]
            self.active_at[name] = self.crowd.time + self.activation
            self.crowd.after(self.activation, partial(self._activate, name))

    def _activate(self, name: str) -> None:
        [arn] = [
            found["customModelDeploymentArn"]
            for found in self.local.deployments()
            if found["modelDeploymentName"] == name
        ]
        self.local.set_status(arn, "Active")

    def create(self, case: Case, activation: float) -> Result:
        """Measure deployments from nothing."""
        self.activation = activation
        began = self.crowd.time
        lags = self._create(self._new_run(), case.deployments, self.local.create_custom_model("bench"))[1]
        return self._result(case, began, lags)

    def replace(self, case: Case, activation: float) -> Result:
        """Measure the replacement of deployments, which were made before."""
        old = self._create(self._new_run(), case.deployments, self.local.create_custom_model("bench"))[0]
        self.local.clear_requests()
        self.activation = activation
        began, provider = self.crowd.time, self._new_run()
        lags = self._create(provider, case.deployments, self.local.create_custom_model("bench-2"))[1]
        self._at_once(lambda made: provider.delete(made.id, made.outs), old)
        return self._result(case, began, lags)

    def _result(self, case: Case, began: float, lags: list[float]) -> Result:
        requests = self.local.requests()
        return Result(
            case,
            seconds=self.crowd.time - began,
            calls=self.local.counts(),
            refused=refused(requests),
            lag_median=statistics.median(lags),
            lag_worst=max(lags),
        )

    def _new_run(self) -> ResourceProvider:
        """Return the provider of another run of `pulumi up`."""
        start_process().clients = self.clients
        provider = serialized.deployment()
        provider.clock = self.crowd.clock  # type: ignore[attr-defined]
        return provider

    def _create(
        self, provider: ResourceProvider, number: int, model_arn: str
    ) -> tuple[list[CreateResult], list[float]]:
        """Return what the creates returned, and how long after `Active` each did."""

        def create(index: int) -> tuple[CreateResult, float]:
            owner = {"project": "bench", "stack": "bench", "logicalName": f"d-{index:03}", "identity": "b7d6"}
            made = provider.create({"modelArn": model_arn, "region": self.local.region, "__owner": owner})
            assert made.outs
            return made, self.crowd.time - self.active_at[made.outs["modelDeploymentName"]]

        made = self._at_once(create, range(number))
        return [one for one, _ in made], [lag for _, lag in made]

    def _at_once(self, operation: Callable[[T], R], each: Sequence[T]) -> list[R]:
        self.crowd.join(len(each))

        def one(item: T) -> R:
            try:
                return operation(item)
            finally:
                self.crowd.leave()

        with ThreadPoolExecutor(len(each)) as threads:
            return list(threads.map(one, each))
