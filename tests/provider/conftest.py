"""A host process as `pulumi up` has one, with a local Bedrock to call and a clock that a test moves."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from custom_models import ROLE, artifacts
from dynamic_host import Diffed, DynamicHost, Stored
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.pacing import Pace
from pulumi_bedrock.host import base_provider
from pulumi_bedrock.local import LocalBedrock

OWNER = {"project": "shop", "stack": "dev", "logicalName": "support-bot", "identity": "b7d6"}


class CheckingHost(DynamicHost):
    """The host as `up` and a preview use it: they check a resource before they call `diff`."""

    def diff(self, olds: Mapping[str, Any], news: Mapping[str, Any], *, resource_id: str = "an-id") -> Diffed:
        """Check and Diff."""
        self.check(news, olds)
        return super().diff(olds, news, resource_id=resource_id)


@pytest.fixture
def clock() -> FakeClock:
    """The time that the host's waits see."""
    return FakeClock()


@pytest.fixture
def start_host(
    local_bedrock_in_environment: None,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., DynamicHost]]:
    """Starts a host process with settings of the test's own, over those that lead to the local Bedrock."""
    # After a throttled answer, calls are paced in real time. These tests are about the waits, whose clock is simulated.
    monkeypatch.setattr(Pace, "register", lambda _pace, _client: None)
    # Both take much of the time of a test, and have tests of their own: a client for each operation, and the search
    # through all objects for the pool that the host runs in.
    monkeypatch.setattr(Clients, "_make", _once_for_equal_arguments(Clients._make))
    monkeypatch.setattr(base_provider, "widen_thread_pool", lambda: False)

    def start(config: dict[str, str] | None = None, **options: Any) -> DynamicHost:
        # One try for each call: botocore's own retries sleep in real time.
        host = CheckingHost({"aws:region": "us-east-1", "aws:maxRetries": "0", **(config or {})}, **options)
        host.provider.clock = clock.clock
        return host

    yield start
    # The provider takes the frames out of all tracebacks of its process; this process is pytest's.
    vars(sys).pop("tracebacklimit", None)


def _once_for_equal_arguments(make: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[Any, Any] = {}

    def shared(clients: Clients, *arguments: Any, **options: Any) -> Any:
        key = (clients, arguments, tuple(sorted(options.items())))  # the object itself, so that its id stays taken
        if key not in made:
            made[key] = make(clients, *arguments, **options)
        return made[key]

    return shared


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """The host process of one run."""
    return start_host()


@pytest.fixture
def model_arn(local_bedrock: LocalBedrock) -> str:
    """A custom model that is `Active`."""
    return local_bedrock.create_custom_model("support")


@pytest.fixture
def inputs(model_arn: str) -> dict[str, Any]:
    """What the program side sends for the smallest resource, after `check`."""
    return {"modelArn": model_arn, "region": "us-east-1", "__owner": OWNER}


@pytest.fixture
def deployed(host: DynamicHost, inputs: dict[str, Any]) -> Stored:
    """The smallest resource, created."""
    return host.create(inputs)


@pytest.fixture
def model_host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """The host process of a run with a custom model."""
    return start_host(make=serialized.custom_model)


@pytest.fixture
def model_inputs() -> dict[str, Any]:
    """What the program side sends for the smallest custom model, after `check`."""
    return {"roleArn": ROLE, "modelSourceConfig": artifacts(1), "region": "us-east-1", "__owner": OWNER}


@pytest.fixture
def made(model_host: DynamicHost, model_inputs: dict[str, Any]) -> Stored:
    """The smallest custom model, created."""
    return model_host.create(model_inputs)


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port on which nothing listens: it is bound, so nobody else can take it meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
