"""The time that `pulumi-bedrock-preview-comment` takes for the preview of a large stack."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from pulumi_bedrock.preview_comment import comment

__all__ = ["UNCHANGED", "of_comment"]

UNCHANGED = 4
"""Unchanged resources beside each replaced deployment; one of them holds its ARN."""

_DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
_STEPS = ("create-replacement", "replace", "delete-replaced")


def of_comment(deployments: int) -> float:
    """Return the seconds for a preview in which so many deployments are replaced."""
    events = [*_events(deployments), {"summaryEvent": {"resourceChanges": {}}}, {"cancelEvent": {}}]
    text = "\n".join(json.dumps({"sequence": number, **event}) for number, event in enumerate(events))
    began = time.perf_counter()
    comment(text)
    return time.perf_counter() - began


def _events(deployments: int) -> Iterator[dict[str, Any]]:
    for number in range(deployments):
        arn = f"arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/{number:012}"
        old = _state({"modelArn": "arn:old", "tags": {"team": "support"}}, id=arn)
        new = _state({"modelArn": "arn:new", "tags": {"team": "support"}})
        for op in _STEPS:
            yield from _step(op, _DEPLOYMENT, f"bot-{number}", old, None if op == "delete-replaced" else new)
        for other in range(UNCHANGED):
            value = arn if other == 0 else "eu.anthropic.claude"
            held = _state({"type": "String", "value": value, "tags": {"team": "support", "stage": "production"}})
            yield from _step("same", "aws:ssm/parameter:Parameter", f"parameter-{number}-{other}", held, held)


def _state(inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"inputs": inputs, "outputs": inputs, **more}


def _step(op: str, kind: str, name: str, old: dict[str, Any], new: dict[str, Any] | None) -> list[dict[str, Any]]:
    metadata = {
        "op": op,
        "urn": f"urn:pulumi:dev::shop::{kind}::{name}",
        "old": old,
        "new": new,
        "keys": ["modelArn"] if new and old is not new else [],
    }
    return [{event: {"metadata": metadata, "planning": True}} for event in ("resourcePreEvent", "resOutputsEvent")]
