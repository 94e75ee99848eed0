"""Halts a dynamic host before or after one of its calls to AWS, or one of the engine's calls to it.

Only the engine's calls about deployments and custom models count. A point is `before` or `after`, the name of the call,
and perhaps its number: `after Create 2`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Halt"]

_TYPES = (":CustomModelDeployment::", ":CustomModel::")
_ENGINE_S = ("Create", "Read", "Update", "Delete")


class Halt:
    """Writes the file `halted` into a folder at a point, and goes on when there is a file `go`."""

    def __init__(self, point: str, folder: str) -> None:
        self._when, self._call, *number = point.split()
        self._number = int(*number or "1")
        self._folder = Path(folder)
        self._lock, self._reached = threading.Lock(), Counter[tuple[str, str]]()

    def install(self) -> None:
        """Watch this process."""
        from botocore.client import BaseClient
        from pulumi.runtime.proto import provider_pb2_grpc as grpc_side

        call, add = BaseClient._make_api_call, grpc_side.add_ResourceProviderServicer_to_server

        def calls(client: Any, operation: str, arguments: Any) -> Any:
            return self._around(operation, lambda: call(client, operation, arguments))

        def add_watched(servicer: Any, server: Any) -> None:
            for method in _ENGINE_S:
                setattr(servicer, method, self._watched(method, getattr(servicer, method)))
            add(servicer, server)

        BaseClient._make_api_call = calls
        grpc_side.add_ResourceProviderServicer_to_server = add_watched

    def _watched(self, method: str, execute: Callable[..., Any]) -> Callable[..., Any]:
        def called(request: Any, context: Any) -> Any:
            if not any(type_ in request.urn for type_ in _TYPES):
                return execute(request, context)
            return self._around(method, lambda: execute(request, context))

        return called

    def _around(self, call: str, make: Callable[[], Any]) -> Any:
        self._reach("before", call)
        answer = make()
        self._reach("after", call)
        return answer

    def _reach(self, when: str, call: str) -> None:
        with self._lock:
            self._reached[when, call] += 1
            is_it = (when, call) == (self._when, self._call) and self._reached[when, call] == self._number
        if is_it:
            (self._folder / "halted").touch()
            while not (self._folder / "go").exists():
                time.sleep(0.01)
