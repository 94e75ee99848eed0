"""Many at once, in one host: they wait side by side, share their looks, and each gets through a watcher's bad minutes."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from heapq import heappop, heappush
from typing import Any

import pytest
from dynamic_host import DynamicHost, Stored
from pulumi_bedrock import pool, watch
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.waiting import Clock

ACTIVATION = 60.0
LIST = "ListCustomModelDeployments"


class CrowdClock:
    """Time for many threads: it passes only when all of them sleep, up to the first that is to wake.

    :param crowd: How many threads there are.
    """

    def __init__(self, crowd: int) -> None:
        self.time = 1_000.0
        self._changed = threading.Condition()
        self._awake = crowd
        self._sleepers: list[float] = []
        self._planned: list[tuple[float, Callable[[], object]]] = []
        self._jitter = random.Random(6)

    @property
    def clock(self) -> Clock:
        """The clock to inject."""
        return Clock(now=lambda: self.time, sleep=self.sleep, jitter=self._jitter.uniform)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        self._planned.append((self.time + seconds, action))

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wakes = self.time + seconds
            heappush(self._sleepers, wakes)
            self._one_less_awake()
            self._changed.wait_for(lambda: self.time >= wakes)

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


@pytest.fixture
def create_many(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> Callable[[int], list[Stored]]:
    """Creates so many at once, as one run of `pulumi up` does; they are Active a minute after the run began."""

    def create(number: int) -> list[Stored]:
        host, crowd = start_host(), CrowdClock(number)
        host.provider.clock = crowd.clock
        local_bedrock.set_activation(manual=True)
        crowd.after(ACTIVATION, lambda: local_bedrock.set_activation(seconds=0))

        def one(index: int) -> Stored:
            try:
                return host.create({**inputs, "owner": {**inputs["owner"], "logicalName": f"bot-{index}"}})
            finally:
                crowd.leave()

        with ThreadPoolExecutor(number) as threads:
            return list(threads.map(one, range(number)))

    return create


def status_calls(local_bedrock: LocalBedrock) -> int:
    counts = local_bedrock.counts()
    return counts.get(LIST, 0) + counts.get("GetCustomModelDeployment", 0)


def all_served(created: list[Stored], local_bedrock: LocalBedrock) -> bool:
    live = {found["customModelDeploymentArn"]: found["status"] for found in local_bedrock.deployments()}
    return set(live) == {one.id for one in created} and set(live.values()) == {"Active"}


def test_status_calls_depend_on_how_long_it_takes_and_not_on_how_many_wait(
    create_many: Callable[[int], list[Stored]], local_bedrock: LocalBedrock, model_arn: str
) -> None:
    create_many(1)
    one = status_calls(local_bedrock)
    local_bedrock.reset()
    local_bedrock.create_custom_model("support")

    assert all_served(create_many(20), local_bedrock)

    assert 15 < one < 40
    assert status_calls(local_bedrock) <= 1.5 * one


@pytest.mark.parametrize("error", ["InternalServerException", "ThrottlingException", "AccessDeniedException"])
def test_each_finishes_though_the_shared_look_fails(
    error: str, create_many: Callable[[int], list[Stored]], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=LIST, error=error, count=8)

    assert all_served(create_many(20), local_bedrock)
    assert local_bedrock.faults() == [], "the watcher has met them all" if error != "AccessDeniedException" else ""


def test_each_finishes_though_a_later_page_fails(
    create_many: Callable[[int], list[Stored]], local_bedrock: LocalBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LARGEST_PAGE", 5)
    assert local_bedrock._server is not None  # the one in this process
    log, control = local_bedrock._server.application.log, local_bedrock._server.application.control
    outcomes: list[str | None] = []

    def fail_what_follows(entry: dict[str, Any]) -> None:
        if entry["operation"] != LIST:
            return
        outcomes.append(entry["error"])
        if outcomes == [None] * 8:
            local_bedrock.add_fault(operation=LIST, error="InternalServerException", count=1)

    monkeypatch.setattr(log, "on_record", fail_what_follows)
    assert all_served(create_many(20), local_bedrock)
    assert outcomes.count("InternalServerException") == 1
    assert control.faults.rules() == []


def test_each_finishes_though_the_list_lags_behind_the_creates(
    create_many: Callable[[int], list[Stored]], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="stale", reads=4)

    assert all_served(create_many(20), local_bedrock)
    assert local_bedrock.counts()["CreateCustomModelDeployment"] == 20


def test_the_pool_of_a_host_is_widened_from_inside() -> None:
    side_by_side = threading.Barrier(12, timeout=30)
    with ThreadPoolExecutor(max_workers=4) as threads:
        assert threads.submit(pool.widen).result() is True
        for waiting in [threads.submit(side_by_side.wait) for _ in range(12)]:
            waiting.result()


def test_a_thread_of_no_pool_widens_nothing() -> None:
    assert pool.widen() is False
