"""Show messages in the row of the resource that they are about, through the engine's `Log`.

A line that the host prints lands under the stack and stays there. A message that names a resource's URN lands in that
resource's own row; an ephemeral one is replaced by the next, and isn't among the Diagnostics at the end.

Pulumi's dynamic host doesn't pass the URN to a provider's method, but its caller's frame holds the request, which has
it. Without a URN or an engine nothing is shown here, and the caller prints the line instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import Lock
from types import FrameType

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

__all__ = ["log_ephemeral", "log_warning", "logical_name", "shorten_row", "working_on_resource_of"]

TIMEOUT = 5.0
"""Seconds that the engine may take for one message."""

_CURRENT_URN: ContextVar[str] = ContextVar("current_urn", default="")
"""The URN of the resource on which the current thread works."""

_HAS_WARNED: ContextVar[bool] = ContextVar("has_warned", default=False)
"""Whether the current call has shown a warning."""


@contextmanager
def working_on_resource_of(caller: FrameType) -> Iterator[None]:
    """Take the URN from the host's request, for what the block shows.

    :param caller: The frame of the host's method, such as `Create`.
    """
    urn = getattr(caller.f_locals.get("request"), "urn", "")
    token = _CURRENT_URN.set(urn if isinstance(urn, str) and urn.startswith("urn:pulumi:") else "")
    warned = _HAS_WARNED.set(False)
    try:
        yield
    finally:
        _HAS_WARNED.reset(warned)
        _CURRENT_URN.reset(token)


def logical_name() -> str:
    """Return the name that the program gives to the current resource; empty when it isn't known."""
    return _CURRENT_URN.get().rpartition("::")[2]


def log_ephemeral(address: str | None, message: str) -> bool:
    """Show a message in the current resource's row until the next one. Return False when that isn't possible.

    :param address: The engine's, as `host:port`.
    """
    return _log(address, engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, ephemeral=True))


def log_warning(address: str | None, message: str) -> bool:
    """Show a warning that stays among the Diagnostics of the current resource. Return False as `log_ephemeral`."""
    if not _log(address, engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message)):
        return False
    _HAS_WARNED.set(True)
    return True


def shorten_row(address: str | None) -> None:
    """Let the rows of a resource that the current call has warned of end with a few words.

    Without a terminal, the engine writes a row for each step of a replacement, each with the resource's last message.
    """
    if _HAS_WARNED.get():
        log_ephemeral(address, f"see the warning on {logical_name()}")


def _log(address: str | None, request: engine_pb2.LogRequest) -> bool:
    request.urn = _CURRENT_URN.get()
    if not address or not request.urn:
        return False
    try:
        _engine(address).Log(request, timeout=TIMEOUT)
    except grpc.RpcError:
        return False
    return True


_ONE_AT_A_TIME = Lock()
"""Held to make a channel: gRPC imports a part of itself for the first one, which fails in two threads at once."""


def _engine(address: str) -> engine_pb2_grpc.EngineStub:
    """Return the stub of an engine: one channel for the whole process, which ignores HTTPS_PROXY."""
    with _ONE_AT_A_TIME:
        return _stub(address)


@cache
def _stub(address: str) -> engine_pb2_grpc.EngineStub:
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]))
