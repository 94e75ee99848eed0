"""The events of ConverseStream and the chunks of InvokeModelWithResponseStream, made from the whole answer.

moto encodes them as ``application/vnd.amazon.eventstream``. A word is a token, and each is an event of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["chunks_of", "events_of"]


def events_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of ConverseStream for the answer of Converse."""
    message = reply["output"]["message"]
    return [
        {"messageStart": {"role": message["role"]}},
        *(
            {"contentBlockDelta": {"delta": {"text": token}, "contentBlockIndex": 0}}
            for token in _tokens(message["content"][0]["text"])
        ),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": reply["stopReason"]}},
        {"metadata": {"usage": reply["usage"], "metrics": reply["metrics"]}},
    ]


def chunks_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of InvokeModelWithResponseStream: chunks in Amazon Nova's schema, the last with metrics."""
    events = events_of(reply)
    usage, latency = reply["usage"], reply["metrics"]["latencyMs"]
    events[-1]["amazon-bedrock-invocationMetrics"] = {
        "inputTokenCount": usage["inputTokens"],
        "outputTokenCount": usage["outputTokens"],
        "invocationLatency": latency,
        "firstByteLatency": latency,
    }
    return [{"chunk": {"bytes": json.dumps(event).encode()}} for event in events]


def _tokens(text: str) -> Iterator[str]:
    """Split a text so that the tokens, joined, are the text."""
    for index, word in enumerate(text.split(" ")):
        yield f" {word}" if index else word
