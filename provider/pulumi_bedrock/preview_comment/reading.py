"""Read the event stream of `pulumi preview --json`, and refuse any other text.

It has one event per line, and ends with a `summaryEvent` and a `cancelEvent`: without them, it is cut off. Without the
variable, Pulumi prints one document instead, which lacks the order of a replacement.
"""

from __future__ import annotations

import json
from typing import Any

from . import stream
from .preview import MalformedPreview, Preview

__all__ = ["VARIABLE", "read"]

VARIABLE = "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"


def read(text: str) -> Preview:
    """Return the preview in a text.

    :raises MalformedPreview: when the text isn't a stream of events; the message is one line.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise MalformedPreview("it is empty; pulumi's standard error has the reason")
    try:
        first, _ = json.JSONDecoder().raw_decode(text)
        if not isinstance(first, dict):
            raise MalformedPreview(f"it begins with a JSON {_kind(first)}, not with an event")
        if "sequence" not in first:
            raise MalformedPreview(f"it is one JSON document; set {VARIABLE}=1 for `pulumi preview --json`")
        return stream.read([_event(line, number) for number, line in _lines(text)])
    except json.JSONDecodeError as error:
        raise MalformedPreview(f"it is not complete JSON: {error}") from error
    except MalformedPreview:
        raise
    except ValueError as error:  # a number with more digits than Python parses
        raise MalformedPreview(f"its JSON can't be read: {error}") from error
    except RecursionError as error:
        raise MalformedPreview("its JSON is nested too deeply") from error


def _lines(text: str) -> list[tuple[int, str]]:
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _event(line: str, number: int) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except json.JSONDecodeError as error:
        raise MalformedPreview(f"line {number} is not complete JSON: {error}") from error
    if not isinstance(event, dict):
        raise MalformedPreview(f"line {number} is a JSON {_kind(event)}, not an event")
    return event


def _kind(value: Any) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")
