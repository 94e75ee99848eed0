"""Records the calls to the servicer of a dynamic host, in the real engine and in the model of it.

With a `Gate`, calls that change something are held until the engine sends nothing more, and are then executed one at a
time. So the calls of one wave, those between two executions, are those that the engine makes before it has an answer:
each of them may be concurrent with the ones that are held. The waves are the same in every run.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.protobuf import json_format

__all__ = ["HELD", "Gate", "Recorder"]

HELD = ("Create", "Update", "Delete", "Read")
"""What the engine does in parallel. It awaits each Check and Diff before it goes on."""

_ALL = ("Check", "Diff", *HELD)
_Key = tuple[str, str, str]


class Gate:
    """Executes held calls one at a time, by name, method and age, when nothing has arrived for a while.

    :param quiet: For how long, in seconds. While this process gets the CPU late, the engine may too: that counts for
        nothing.
    """

    def __init__(self, quiet: float) -> None:
        self._quiet, self._changed = quiet, threading.Condition()
        self._held: list[_Key] = []
        self._running = False
        self._last = time.monotonic()
        self.wave = 0

    def arrive(self) -> int:
        """Note a call, and return its wave."""
        with self._changed:
            self._last = time.monotonic()
            return self.wave

    def enter(self, key: _Key) -> None:
        """Wait for this call's turn."""
        with self._changed:
            self._held.append(key)
            patience = time.monotonic() + 20 * self._quiet
            while self._running or key != min(self._held) or time.monotonic() - self._last < self._quiet:
                expected = time.monotonic() + self._quiet / 10
                self._changed.wait(self._quiet / 10)
                if expected + self._quiet / 10 < time.monotonic() < patience:
                    self._last = time.monotonic()
            self._held.remove(key)
            self._running = True
            self.wave += 1

    def leave(self) -> None:
        """Note the end of the call that is executed."""
        with self._changed:
            self._running, self._last = False, time.monotonic()


class Recorder:
    """Writes a line of JSON for each call.

    :param path: The file.
    :param gate: None when the caller executes one call at a time, and calls `hold` where it would hold one.
    """

    def __init__(self, path: str | Path, gate: Gate | None = None) -> None:
        self._path, self._gate = Path(path), gate
        self._lock, self._number, self._wave = threading.Lock(), 0, 0
        self._held: dict[_Key, tuple[int, int]] = {}

    def hold(self, *key: str) -> None:
        """Note a call that is executed later: the last part of its URN, its method and ID."""
        self._number += 1
        self._held[key] = self._number, self._wave  # type: ignore[index]

    def watch(self, servicer: Any) -> None:
        """Record the calls to a servicer from now on."""
        for method in _ALL:
            setattr(servicer, method, self._recorded(method, getattr(servicer, method)))

    def _recorded(self, method: str, execute: Callable[..., Any]) -> Callable[..., Any]:
        def call(request: Any, context: Any) -> Any:
            seen: dict[str, Any] = {"method": method, "urn": request.urn, "id": getattr(request, "id", "")}
            with self._lock:
                self._number += 1
                seen["number"], seen["wave"] = self._number, self._gate.arrive() if self._gate else self._wave
                key = request.urn.rpartition("::")[2], method, seen["id"]
                if key in self._held:
                    seen["number"], seen["wave"] = self._held.pop(key)
                    self._wave += 1
            for field in ("olds", "news", "properties", "inputs"):
                if hasattr(request, field) and request.HasField(field):
                    seen[field] = json_format.MessageToDict(getattr(request, field))
            gate = self._gate if method in HELD else None
            if gate:
                gate.enter((*key[:2], seen.get("properties", {}).get("createdAt", "")))
            try:
                answer = execute(request, context)
                if answer is not None:
                    seen["answer"] = json_format.MessageToDict(answer)
                return answer
            finally:
                with self._lock, self._path.open("a") as file:
                    file.write(json.dumps(seen) + "\n")
                if gate:
                    gate.leave()

        return call
