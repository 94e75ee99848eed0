"""Each operation has a client and a rate of its own, and only so many calls at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.hooks import HierarchicalEmitter
from fake_clock import FakeClock
from pulumi_bedrock.aws.pacing import MAX_CONCURRENT_CALLS, Pace, PacedClient


class Client:
    """As much of a boto3 client as matters here."""

    made = 0

    meta = SimpleNamespace(events=HierarchicalEmitter())

    def __init__(self, method: str = "") -> None:
        self.method = method
        type(self).made += 1
        self.number = type(self).made
        self.under_way = 0
        self.most = 0
        self.changed = threading.Condition()
        self.full = threading.Barrier(MAX_CONCURRENT_CALLS)

    def first(self, **arguments: Any) -> Any:
        """First."""
        return self.number, arguments

    def second(self, **arguments: Any) -> Any:
        return self.number, arguments

    def slow(self) -> None:
        with self.changed:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.full.wait(timeout=30)  # goes on only when as many as may be are under way
        with self.changed:
            self.under_way -= 1

    def get_paginator(self, operation: str) -> str:
        return f"pages of {operation}"


@pytest.fixture(autouse=True)
def none_made() -> None:
    Client.made = 0


def test_calls_reach_client_unchanged() -> None:
    assert PacedClient(Client).first(a=1) == (1, {"a": 1})


def test_each_operation_has_its_own_client() -> None:
    """AWS limits each operation separately."""
    paced = PacedClient(Client)

    assert [paced.first()[0], paced.second()[0], paced.first()[0], paced.second()[0]] == [1, 2, 1, 2]


def test_other_attributes_are_passed_through() -> None:
    assert PacedClient(Client).meta is Client.meta
    assert PacedClient(Client).get_paginator("list") == "pages of list"


def test_missing_operation_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_operation"):
        PacedClient(Client).no_such_operation  # noqa: B018


def test_concurrent_calls_are_limited() -> None:
    client = Client()
    paced = PacedClient(lambda _method: client)

    with ThreadPoolExecutor(4 * MAX_CONCURRENT_CALLS) as pool:
        for done in [pool.submit(paced.slow) for _ in range(4 * MAX_CONCURRENT_CALLS)]:
            done.result()

    assert client.most == MAX_CONCURRENT_CALLS


def test_failed_call_frees_its_place() -> None:
    class Failing(Client):
        def first(self, **_arguments: Any) -> Any:
            raise KeyError("x")

    paced = PacedClient(Failing)
    for _ in range(2 * MAX_CONCURRENT_CALLS):
        with pytest.raises(KeyError):
            paced.first()


# The rate


class Aws:
    """An operation of AWS that lets through so many calls a second, and so many at once."""

    def __init__(self, clock: FakeClock, *, rate: float, burst: float) -> None:
        self.clock, self.rate, self.burst = clock, rate, burst
        self.tokens, self.since = burst, clock.time
        self.calls = self.throttled = 0
        self.pace = Pace(clock.clock.now, clock.sleep)

    def call(self, takes: float = 0.02) -> None:
        """One call, repeated until AWS accepts it."""
        while True:
            self.pace.wait()
            now = self.clock.time
            self.tokens = min(self.burst, self.tokens + (now - self.since) * self.rate)
            self.since = now
            accepted = self.tokens >= 1
            self.tokens -= accepted
            self.clock.sleep(takes)
            self.pace.learn(throttled=not accepted)
            self.calls += 1
            self.throttled += not accepted
            if accepted:
                return


def test_pace_limits_nothing_before_a_throttled_answer(clock: FakeClock) -> None:
    aws = Aws(clock, rate=1000, burst=1000)

    for _ in range(100):
        aws.call(takes=0.01)

    assert clock.time - 1_000 == pytest.approx(1.0)


@pytest.mark.parametrize("rate", [2.0, 10.0, 25.0])
def test_pace_stays_near_the_limit_with_few_throttled_answers(rate: float, clock: FakeClock) -> None:
    aws = Aws(clock, rate=rate, burst=rate)

    for _ in range(300):
        aws.call()

    assert aws.throttled / aws.calls < 0.04
    assert 300 / (clock.time - 1_000) > 0.85 * rate


def test_pace_of_a_slow_operation_recovers_after_early_throttling(clock: FakeClock) -> None:
    """Another program in the account used the quota, so the first call was throttled."""
    aws = Aws(clock, rate=10, burst=10)
    aws.tokens = 0

    for _ in range(10):
        aws.call()
    began = clock.time
    for _ in range(40):
        aws.call()

    assert 40 / (clock.time - began) > 1


def test_rate_is_reduced_once_for_calls_sent_together(clock: FakeClock) -> None:
    pace = Pace(clock.clock.now, clock.sleep)
    for _ in range(10):
        pace.wait()
        clock.sleep(0.1)
        pace.learn(throttled=False)

    def throttled_call(sent: threading.Barrier) -> None:
        pace.wait()
        sent.wait(timeout=10)
        pace.learn(throttled=True)

    together = threading.Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(throttled_call, together) for _ in range(4)]:
            done.result()
    before = clock.time
    for _ in range(5):
        pace.wait()

    assert 5 / 10 < clock.time - before < 1


def test_every_attempt_of_a_boto3_client_is_paced() -> None:
    client = boto3.client("bedrock", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    seen: list[Any] = []

    class Seen(Pace):
        def wait(self) -> None:
            seen.append("sent")

        def learn(self, *, throttled: bool) -> None:
            seen.append(throttled)

    class Raw:
        def __init__(self, body: bytes) -> None:
            self.body = body

        def stream(self) -> Any:
            yield self.body

    def answer(**_event: Any) -> AWSResponse:
        status, headers = (200, {}) if len(seen) > 1 else (429, {"x-amzn-errortype": "ThrottlingException"})
        return AWSResponse("http://aws", status, headers, Raw(b"{}"))

    Seen().register(client)
    client.meta.events.register_last("before-send", answer)
    client.list_custom_model_deployments()

    assert seen == ["sent", True, "sent", False]
