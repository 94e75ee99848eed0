"""What was asked and what AWS answered, without credentials and with masked account numbers."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timezone
from typing import Any

__all__ = ["Exchanges", "mask"]

_ACCOUNT = re.compile(r"(?<![0-9a-zA-Z])\d{12}(?![0-9a-zA-Z])")
_ACCOUNT_IN_ARN = re.compile(r"(arn:[^:\s]*:[^:\s]*:[^:\s]*:)\d+:")
MASKED = "000000000000"


def mask(text: str) -> str:
    """Return a text with every account number replaced."""
    return _ACCOUNT.sub(MASKED, _ACCOUNT_IN_ARN.sub(rf"\g<1>{MASKED}:", text))


class Exchanges:
    """Records the calls of boto3 clients through botocore's events."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []

    def record(self, client: Any) -> None:
        """Record every call of a client from now on."""
        events, service = client.meta.events, client.meta.service_model.service_name
        events.register(f"before-parameter-build.{service}", self._before)
        events.register(f"after-call.{service}", self._after)
        events.register(f"after-call-error.{service}", self._failed)

    def as_json(self) -> str:
        """Return all exchanges, oldest first."""
        return mask(json.dumps(self._entries, indent=1, default=str)) + "\n"

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["acceptance"] = entry = {
            "at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "operation": model.name,
            "request": {key: value for key, value in params.items() if key != "messages"},
            "began": time.monotonic(),
        }
        self._entries.append(entry)

    def _after(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        entry = context.get("acceptance", {})
        answer = {key: value for key, value in parsed.items() if key not in ("ResponseMetadata", "Error")}
        self._finish(entry, status=http_response.status_code, answer=answer, error=parsed.get("Error"))

    def _failed(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        self._finish(context.get("acceptance", {}), error={"Code": type(exception).__name__})

    @staticmethod
    def _finish(entry: dict[str, Any], **members: Any) -> None:
        entry.update({key: value for key, value in members.items() if value})
        if "began" in entry:
            entry["seconds"] = round(time.monotonic() - entry.pop("began"), 3)
