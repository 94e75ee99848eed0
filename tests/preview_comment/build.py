"""Previews and states, for cases that a real one is too long for; their shapes are those of the golden files."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["ARN", "DEPLOYMENT", "ROOT", "SECRET", "UNKNOWN", "exported", "state", "step", "stream", "urn"]

DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
ARN = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij01"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ROOT = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


def SECRET(text: str = "[secret]", key: str = "ciphertext") -> dict[str, str]:  # noqa: N802
    """A secret, as a preview has it."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", key: text}


def urn(name: str, type_: str = DEPLOYMENT, *, project: str = "shop", stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def state(inputs: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": "", "inputs": inputs or {}, "outputs": outputs or {}, **more}


def step(
    op: str,
    urn: str,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    *,
    keys: tuple[str, ...] = (),
    diffs: tuple[str, ...] = (),
    detailed: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A step of a preview."""
    return {
        "op": op,
        "urn": urn,
        "old": old,
        "new": new,
        "keys": list(keys),
        "diffs": list(diffs),
        "detailed": detailed,
    }


def stream(
    *steps: dict[str, Any],
    diagnostics: list[dict[str, Any]] | None = None,
    result: str = "succeeded",
    same: int = 1,
    policies: list[dict[str, Any]] | None = None,
) -> str:
    def shown(of: dict[str, Any]) -> dict[str, Any]:
        kinds = {path: {"diffKind": kind, "inputDiff": False} for path, kind in (of["detailed"] or {}).items()}
        metadata = {key: of[key] for key in ("op", "urn", "old", "new", "keys", "diffs")} | {
            "detailedDiff": kinds or None
        }
        return {"metadata": metadata, "planning": True}

    events: list[dict[str, Any]] = [{"preludeEvent": {"config": {}}}]
    events += [{"diagnosticEvent": {"color": "never", **found}} for found in diagnostics or []]
    events += [{"policyEvent": found} for found in policies or []]
    root = [] if any(of["urn"] == ROOT for of in steps) else [step("same", ROOT, state(), state())]
    for of in [*root, *steps]:
        events += [{"resourcePreEvent": shown(of)}, {"resOutputsEvent": shown(of)}]
    events += [{"summaryEvent": {"resourceChanges": {"same": same}, "result": result}}, {"cancelEvent": {}}]
    return "".join(json.dumps({"sequence": n, **event}) + "\n" for n, event in enumerate(events))


def exported(*operations: tuple[str, str]) -> str:
    """The output of `pulumi stack export` with pending operations: kind and URN."""
    pending = [{"resource": {"urn": urn, "custom": True}, "type": kind} for kind, urn in operations]
    return json.dumps({"version": 3, "deployment": {"resources": [], "pending_operations": pending}}, indent=4)
