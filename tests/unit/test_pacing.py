"""Each operation has a client of its own, and only so many calls under way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pulumi_bedrock.aws.pacing import MAX_CONCURRENT_CALLS, PacedClient


class Client:
    """As much of a boto3 client as matters here."""

    made = 0
    meta = "meta"

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
    """AWS limits each operation by itself, and botocore finds out the rate of a client."""
    paced = PacedClient(Client)

    assert [paced.first()[0], paced.second()[0], paced.first()[0], paced.second()[0]] == [1, 2, 1, 2]


def test_other_attributes_are_passed_through() -> None:
    assert PacedClient(Client).meta == "meta"
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
