"""A Pulumi program run with mocks, and what it asks of the engine: inputs as they are sent, and options."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc, set_all_config
from pulumi.runtime.settings import set_root_resource

__all__ = ["UNKNOWN", "Registered", "Secret", "run_program"]

UNKNOWN: str = rpc.UNKNOWN
"""What is sent for a value that isn't known yet."""

_SIGNATURE, _IS_SECRET = rpc._special_sig_key, rpc._special_secret_sig


@dataclass(frozen=True)
class Secret:
    """A value that is sent as a secret."""

    value: Any


@dataclass(frozen=True)
class Registered:
    """One resource that the program declares, or reads."""

    type: str
    name: str
    inputs: dict[str, Any]
    request: Any


class _Echo(mocks.Mocks):
    """Outputs are the inputs, and whatever the test gives besides."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self.outputs = outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return args.resource_id or f"{args.name}-id", {**args.inputs, **self.outputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


class _Monitor(mocks.MockMonitor):
    def __init__(self, outputs: Mapping[str, Any]) -> None:
        super().__init__(_Echo(outputs))
        self.registered: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        if request.type != "pulumi:pulumi:Stack":
            self._note(request, request.object)
        return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        self._note(request, request.properties)
        return super().ReadResource(request)

    def _note(self, request: Any, properties: Any) -> None:
        inputs = _readable(json_format.MessageToDict(properties))
        inputs.pop("__provider", None)
        self.registered.append(Registered(request.type, request.name, inputs, request))


def run_program(
    program: Callable[[], Any],
    *,
    config: Mapping[str, str] | None = None,
    secret_config: Mapping[str, str] | None = None,
    outputs: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> dict[str, Registered]:
    """Runs a program in stack `dev` of project `shop`, and returns what it declares by logical name.

    :param outputs: What the engine answers besides a resource's inputs.
    """
    monitor = _Monitor(outputs or {})
    asyncio.set_event_loop(_event_loop())
    set_root_resource(None)  # a new run has a new stack
    mocks.set_mocks(_Echo({}), project="shop", stack="dev", preview=preview, monitor=monitor)
    set_all_config({**(config or {}), **(secret_config or {})}, list(secret_config or {}))

    @mocks.test
    def run() -> Any:
        result = program()
        return result if isinstance(result, pulumi.Output) else None

    try:
        run()
    finally:
        set_all_config({})
        set_root_resource(None)  # a lookup of a later test would take this run's clients
        _finish_tasks(_event_loop())
    return {registered.name: registered for registered in monitor.registered}


@cache
def _event_loop() -> asyncio.AbstractEventLoop:
    """The SDK asks for one, which newer Pythons no longer make. Never closed: its threads keep loops of their own."""
    return asyncio.new_event_loop()


def _finish_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Run the tasks that a failed program leaves, which would fail the next program of this loop."""
    while left := asyncio.all_tasks(loop):
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _IS_SECRET:
            return Secret(_readable(value["value"]))
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return value
