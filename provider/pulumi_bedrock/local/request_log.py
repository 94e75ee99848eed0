"""The log of Bedrock requests and their responses, for tests and for people."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

__all__ = ["RequestLog"]

# Enough for a day of polling. The counts include older requests too.
_KEPT = 100_000

_SIGNED_BY = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/")


class RequestLog:
    """The newest requests in order of their responses, and counts of all requests since the last `clear`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.on_record: Callable[[dict[str, Any]], None] | None = None
        self._sequence = 0
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._counts: Counter[str] = Counter()
        self._throttled: Counter[str] = Counter()

    def record(
        self,
        operation: str,
        *,
        region: str,
        resource: str | None,
        status: int | None,
        error: str | None,
        authorization: str = "",
    ) -> None:
        """Add a request; ``status`` None means that the connection was closed without a response.

        ``authorization`` is the header of that name, of which the log keeps the access key's ID.
        """
        signed = _SIGNED_BY.match(authorization)
        with self._lock:
            self._sequence += 1
            entry = {
                "sequence": self._sequence,
                "time": time.time(),
                "operation": operation,
                "region": region,
                "resource": resource,
                "status": status,
                "error": error,
                "accessKeyId": signed[1] if signed else None,
            }
            self._entries.append(entry)
            self._counts[operation] += 1
            if error == "ThrottlingException":
                self._throttled[operation] += 1
        if self.on_record:
            self.on_record(entry)

    def clear(self) -> None:
        """Delete all entries and counts."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._throttled.clear()

    def to_dict(self) -> dict[str, Any]:
        """Return the requests, and the counts by operation."""
        with self._lock:
            return {
                "requests": list(self._entries),
                "counts": dict(self._counts),
                "throttled": dict(self._throttled),
            }
