"""An engine of which there is only `Log`: it takes what the host shows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

__all__ = ["EngineStandIn"]


class EngineStandIn(engine_pb2_grpc.EngineServicer):
    """Messages in the order in which they came, at an address."""

    def __init__(self) -> None:
        self.address = ""
        self.messages: list[tuple[str, str, str]] = []
        self.refuses = False

    @classmethod
    @contextmanager
    def serve(cls) -> Iterator[EngineStandIn]:
        """Listen at a free port."""
        engine = cls()
        server = grpc.server(ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
        engine.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        try:
            yield engine
        finally:
            server.stop(None)

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """Take a message."""
        if self.refuses:
            context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        severity = engine_pb2.LogSeverity.Name(request.severity)
        self.messages.append(("ephemeral" if request.ephemeral else severity, request.urn, request.message))
        return empty_pb2.Empty()
