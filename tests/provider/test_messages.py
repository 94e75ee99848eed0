"""What a person sees of a resource: progress in its own row, warnings that stay, and lines where there is no row."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import FrameType
from typing import Any

import grpc
import pytest
from dynamic_host import DynamicHost
from engine_stand_in import EngineStandIn
from fake_clock import FakeClock
from pulumi.runtime.proto import provider_pb2
from pulumi_bedrock import serialized
from pulumi_bedrock.host.engine_liveness import Engine
from pulumi_bedrock.host.engine_log import log_ephemeral, logical_name, working_on_resource_of
from pulumi_bedrock.local import LocalBedrock

URN = "urn:pulumi:dev::shop::app:index:Bots$pulumi-python:dynamic/bedrock:CustomModelDeployment::support-bot"


@pytest.fixture
def engine() -> Iterator[EngineStandIn]:
    """The engine that the host's messages go to."""
    with EngineStandIn.serve() as engine:
        yield engine


@pytest.fixture
def host(start_host: Callable[..., DynamicHost], engine: EngineStandIn) -> DynamicHost:
    """A host of that engine, which asks for one resource."""
    host = start_host()
    host.urn = URN
    host.provider.engine = Engine(engine.address)
    return host


def test_create_shows_its_progress_in_the_resource_s_row(
    host: DynamicHost, engine: EngineStandIn, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    host.create({**inputs, "modelDeploymentName": "fixed"})

    assert engine.messages == [("ephemeral", URN, "Active after 0 s: fixed")]
    assert capsys.readouterr().out == ""


def test_delete_shows_the_deployment_s_name(
    host: DynamicHost,
    start_host: Callable[..., DynamicHost],
    engine: EngineStandIn,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    created = start_host().create({**inputs, "modelDeploymentName": "fixed"})
    local_bedrock.set_deletion(manual=True)
    clock.after(5, lambda: local_bedrock.set_deletion(seconds=0))

    host.delete(created.id, created.outputs)

    assert engine.messages == [
        ("ephemeral", URN, "Deleting, waiting for its deletion (0 s of 20 min): fixed"),
        ("ephemeral", URN, "Deleted after 5 s: fixed"),
    ]


def test_what_is_left_in_the_account_is_a_warning_that_stays(
    host: DynamicHost, engine: EngineStandIn, inputs: dict[str, Any]
) -> None:
    created = host.create({**inputs, "modelDeploymentName": "fixed"})
    engine.messages.clear()

    host.delete(created.id, created.outputs)

    kept = "fixed: kept, because a create of this run returned it; the state holds it as the new resource"
    assert engine.messages == [("WARNING", URN, kept)]


def test_each_thread_shows_progress_in_its_own_resource_s_row(engine: EngineStandIn) -> None:
    both_started = Barrier(2)

    def create(request: provider_pb2.CreateRequest) -> None:
        with working_on_resource_of(sys._getframe()):
            both_started.wait(10)
            log_ephemeral(engine.address, logical_name())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(create, [provider_pb2.CreateRequest(urn=f"{URN}-{number}") for number in (1, 2)]))

    assert sorted(engine.messages) == [
        ("ephemeral", f"{URN}-1", "support-bot-1"),
        ("ephemeral", f"{URN}-2", "support-bot-2"),
    ]


def test_first_messages_of_many_threads_make_one_channel(
    engine: EngineStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GRPC's first channel imports a part of gRPC, which fails in two threads at once."""
    all_started, made = Barrier(4), []
    real = grpc.insecure_channel

    def channel(*given: Any, **options: Any) -> grpc.Channel:
        made.append(given)
        time.sleep(0.05)  # the others come meanwhile
        return real(*given, **options)

    monkeypatch.setattr(grpc, "insecure_channel", channel)

    def show(number: int) -> bool:
        with working_on_resource_of(_frame_of(provider_pb2.CreateRequest(urn=URN))):
            all_started.wait(10)
            return log_ephemeral(engine.address, f"line {number}")

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(show, range(4)))

    assert len(made) == 1


def test_progress_reaches_the_engine_where_a_proxy_is_set(
    engine: EngineStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the setting, gRPC asks the proxy even for 127.0.0.1."""
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")

    with working_on_resource_of(_frame_of(provider_pb2.CreateRequest(urn=URN))):
        assert log_ephemeral(engine.address, "Creating")

    assert engine.messages == [("ephemeral", URN, "Creating")]


def _frame_of(request: provider_pb2.CreateRequest) -> FrameType:
    """The frame of a method of the host that has this request."""
    return sys._getframe()


def test_a_request_without_a_urn_is_shown_under_the_stack(
    host: DynamicHost, engine: EngineStandIn, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    host.urn = ""

    host.create({**inputs, "modelDeploymentName": "fixed"})

    assert engine.messages == []
    assert capsys.readouterr().out == "Active after 0 s: fixed\n"


def test_an_engine_that_refuses_messages_fails_nothing(
    host: DynamicHost, engine: EngineStandIn, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    engine.refuses = True

    assert host.create({**inputs, "modelDeploymentName": "fixed"}).outputs["status"] == "Active"

    assert capsys.readouterr().out == "Active after 0 s: fixed\n"


def test_an_invocation_shows_its_progress_in_its_own_row(
    start_host: Callable[..., DynamicHost],
    engine: EngineStandIn,
    local_bedrock: LocalBedrock,
    inputs: dict[str, Any],
) -> None:
    model_id = start_host().create(inputs).id
    local_bedrock.add_fault(operation="Converse", error="ModelNotReadyException", count=1)
    host = start_host(make=serialized.invocation)
    host.provider.engine = Engine(engine.address)
    host.urn = "urn:pulumi:dev::shop::pulumi-python:dynamic/bedrock:ModelInvocation::smoke-test"

    host.create({"modelId": model_id, "prompt": "Say hello."})

    assert engine.messages == [
        ("ephemeral", host.urn, "ModelNotReady, waiting for the model to answer (0 s of 10 min): smoke-test"),
        ("ephemeral", host.urn, "Answered after 1 s: smoke-test"),
    ]
