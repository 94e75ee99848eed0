"""Read both forms of `pulumi preview --json`, and refuse any other text.

The digest is one object. The stream (`PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1`) has one event per line, and ends with a
`summaryEvent` and a `cancelEvent`: without them, it is cut off.
"""

from __future__ import annotations

import json
from typing import Any

from . import digest, stream
from .preview import MalformedPreview, Preview

__all__ = ["read"]


def read(text: str) -> Preview:
    """Return the preview in a text.

    :raises MalformedPreview: when the text isn't a preview; the message is one line.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise MalformedPreview("it is empty; pulumi's standard error has the reason")
    try:
        first, end = json.JSONDecoder().raw_decode(text)
        if not isinstance(first, dict):
            raise MalformedPreview(f"it begins with a JSON {_kind(first)}, not with an object")
        if "sequence" in first:
            return stream.read([_event(line, number) for number, line in _lines(text)])
        if text[end:].strip():
            raise MalformedPreview("there is more text after its JSON object")
        return digest.read(first)
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
