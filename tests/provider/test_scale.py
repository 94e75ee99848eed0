"""Many at once, in one host: they wait side by side, share their looks, and get through a watcher's bad minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from dynamic_host import DynamicHost, Stored
from pulumi_bedrock.aws import poller as watch
from pulumi_bedrock.aws.poller import Poller
from pulumi_bedrock.host import thread_pool as pool
from pulumi_bedrock.local import LocalBedrock

from tools.crowd_clock import CrowdClock

ALL_WAIT, ACTIVATION = 5.0, 60.0
HALF_AN_HOUR = 1800.0
CreateMany = Callable[..., list[Stored]]
LIST = "ListCustomModelDeployments"


@pytest.fixture
def create_many(
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
) -> CreateMany:
    """Creates so many at once, as one run of `pulumi up` does; they are Active some time after the run began.

    The account has no quotas.
    What is to go wrong begins when all of them wait. A list may take a while by the crowd's clock.
    """
    list_tracked = Poller._list_tracked

    def create(
        number: int,
        go_wrong: Callable[[], object] = lambda: None,
        *,
        list_takes: float = 0.0,
        activation: float = ACTIVATION,
    ) -> list[Stored]:
        host, crowd = start_host(), CrowdClock(number)
        host.provider.clock = crowd.clock
        if list_takes:
            monkeypatch.setattr(watch, "Lock", crowd.lock)
            monkeypatch.setattr(Poller, "_list_tracked", slowly(list_tracked, crowd, list_takes))
        local_bedrock.set_quota_in_progress(None)
        local_bedrock.set_quota(None)
        local_bedrock.set_activation(manual=True)
        crowd.after(ALL_WAIT, go_wrong)
        crowd.after(activation, lambda: local_bedrock.set_activation(seconds=0))

        def one(index: int) -> Stored:
            try:
                return host.create({**inputs, "__owner": {**inputs["__owner"], "logicalName": f"bot-{index}"}})
            finally:
                crowd.leave()

        with ThreadPoolExecutor(number) as threads:
            return list(threads.map(one, range(number)))

    return create


def slowly(ask: Callable[[Poller], Any], crowd: CrowdClock, seconds: float) -> Callable[[Poller], Any]:
    """Makes an answer, or a failure, take a while."""

    def wrapper(poller: Poller) -> Any:
        try:
            return ask(poller)
        finally:
            crowd.sleep(seconds)

    return wrapper


def status_calls(local_bedrock: LocalBedrock) -> int:
    counts = local_bedrock.counts()
    return counts.get(LIST, 0) + counts.get("GetCustomModelDeployment", 0)


def all_served(created: list[Stored], local_bedrock: LocalBedrock) -> bool:
    live = {found["customModelDeploymentArn"]: found["status"] for found in local_bedrock.deployments()}
    return set(live) == {one.id for one in created} and set(live.values()) == {"Active"}


@pytest.mark.parametrize("activation", [ACTIVATION, HALF_AN_HOUR])
def test_number_of_status_calls_does_not_grow_with_number_of_deployments(
    activation: float, create_many: CreateMany, local_bedrock: LocalBedrock, model_arn: str
) -> None:
    create_many(1, activation=activation)
    one = status_calls(local_bedrock)
    local_bedrock.reset()
    local_bedrock.create_custom_model("support")

    assert all_served(create_many(20, activation=activation), local_bedrock)

    assert 50 < one <= 308  # twice what the longer pauses of an earlier version cost in half an hour
    assert status_calls(local_bedrock) <= 1.2 * one


@pytest.mark.parametrize("list_takes", [1.0, 1.5, 5.0])
def test_waits_share_slow_lists(list_takes: float, create_many: CreateMany, local_bedrock: LocalBedrock) -> None:
    create_many(1, list_takes=list_takes)
    one = status_calls(local_bedrock)
    local_bedrock.reset()
    local_bedrock.create_custom_model("support")

    assert all_served(create_many(40, list_takes=list_takes), local_bedrock)

    assert 8 < one < 40
    assert status_calls(local_bedrock) <= 1.5 * one


def test_waits_share_slow_failures_of_list(create_many: CreateMany, local_bedrock: LocalBedrock) -> None:
    """After eight failures of 5 s each, about 40 s, the ninth list succeeds."""
    created = create_many(
        40, lambda: local_bedrock.add_fault(operation=LIST, error="ThrottlingException", count=8), list_takes=5.0
    )

    assert all_served(created, local_bedrock)
    failed = [entry for entry in local_bedrock.requests() if entry["error"] == "ThrottlingException"]
    assert len(failed) == 8
    assert status_calls(local_bedrock) < 20


@pytest.mark.parametrize("error", ["InternalServerException", "ThrottlingException", "AccessDeniedException"])
def test_all_creates_finish_when_shared_list_fails(
    error: str, create_many: CreateMany, local_bedrock: LocalBedrock
) -> None:
    created = create_many(20, lambda: local_bedrock.add_fault(operation=LIST, error=error, count=8))

    assert all_served(created, local_bedrock)
    failed = [entry for entry in local_bedrock.requests() if entry["error"] == error]
    # Without leave to list, each asks for its own; what may pass is asked for again, by one for all.
    assert len(failed) == (1 if error == "AccessDeniedException" else 8)


def test_creates_are_seen_by_get_when_the_list_keeps_failing(
    create_many: CreateMany, local_bedrock: LocalBedrock
) -> None:
    created = create_many(3, lambda: local_bedrock.add_fault(operation=LIST, error="InternalServerException"))

    assert all_served(created, local_bedrock)
    assert local_bedrock.counts()["GetCustomModelDeployment"] >= 3


def test_all_creates_finish_when_later_page_fails(
    create_many: CreateMany, local_bedrock: LocalBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LARGEST_PAGE", 5)
    assert local_bedrock._server is not None  # the one in this process
    log, pages = local_bedrock._server.application.log, []

    def fail_the_third(entry: dict[str, Any]) -> None:
        if entry["operation"] == LIST:
            pages.append(entry["error"])
            if pages == [None, None]:
                local_bedrock.add_fault(operation=LIST, error="InternalServerException", count=1)

    created = create_many(20, lambda: monkeypatch.setattr(log, "on_record", fail_the_third))

    assert all_served(created, local_bedrock)
    assert pages[:7] == [None, None, "InternalServerException", None, None, None, None]


def test_all_creates_finish_when_list_lags(create_many: CreateMany, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="stale", reads=4)

    assert all_served(create_many(20), local_bedrock)
    assert local_bedrock.counts()["CreateCustomModelDeployment"] == 20


def test_host_thread_pool_is_widened() -> None:
    side_by_side = threading.Barrier(12, timeout=30)
    with ThreadPoolExecutor(max_workers=4) as threads:
        threads.submit(int).result()  # a pool lists a thread just after the thread's start; a host's is listed by now
        assert threads.submit(pool.widen_thread_pool).result() is True
        for waiting in [threads.submit(side_by_side.wait) for _ in range(12)]:
            waiting.result()


def test_thread_outside_pool_widens_nothing() -> None:
    assert pool.widen_thread_pool() is False
