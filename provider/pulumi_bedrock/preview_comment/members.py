"""Members of JSON objects by type, with an error that names the member instead of an `AttributeError` later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from .preview import ROOT, Diagnostic, MalformedPreview, State, Step, Urn
from .values import Sign, decoded, masked

__all__ = ["diagnostic", "keys", "member", "optional", "properties", "state", "unchanged_of"]

_T = TypeVar("_T")


def member(of: dict[str, Any], name: str, kind: type[_T]) -> _T:
    """A member that must be there."""
    found = optional(of, name, kind)
    if found is None:
        raise MalformedPreview(f'it lacks "{name}"')
    return found


def optional(of: dict[str, Any], name: str, kind: type[_T]) -> _T | None:
    """A member that may be missing or null."""
    found = of.get(name)
    if found is not None and not isinstance(found, kind):
        raise MalformedPreview(f'its "{name}" is not of the type {kind.__name__}')
    return found


def keys(of: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(str(item) for item in optional(of, name, list) or ())


def properties(of: dict[str, Any], kind: str) -> dict[str, str]:
    """A provider's detailed diff: property path to kind of change."""
    found = optional(of, "detailedDiff", dict) or {}
    return {path: str(diff.get(kind, "")) for path, diff in found.items() if isinstance(diff, dict)}


def state(of: dict[str, Any], name: str) -> State | None:
    """A resource's state before or after a step; the forms differ in what they leave out."""
    found = optional(of, name, dict)
    if found is None:
        return None
    declared_secret = dict.fromkeys(keys(found, "additionalSecretOutputs"), Sign.SECRET)
    inputs, outputs = (
        masked(_object(decoded(optional(found, part, dict) or {})), declared_secret) for part in ("inputs", "outputs")
    )
    return State(
        id=optional(found, "id", str) or "",
        inputs=inputs,
        outputs=outputs,
        dependencies=frozenset(keys(found, "dependencies")),
        property_dependencies={
            key: frozenset(str(urn) for urn in urns)
            for key, urns in (optional(found, "propertyDependencies", dict) or {}).items()
            if isinstance(urns, list)
        },
        retained=found.get("retainOnDelete") is True,
    )


def _object(value: Any) -> dict[str, Any]:
    """Inputs or outputs, which are nothing to show where the whole of them is secret."""
    return value if isinstance(value, dict) else {}


def diagnostic(of: dict[str, Any]) -> Diagnostic:
    """A message, without the severity that some forms put before it."""
    severity = (optional(of, "severity", str) or "info").lower()
    message = optional(of, "message", str) or ""
    urn = optional(of, "urn", str)
    return Diagnostic(severity, message.removeprefix(f"{severity}: ").strip(), Urn(urn) if urn else None)


def unchanged_of(counts: dict[str, Any] | None, steps: Iterable[Step]) -> int | None:
    """How many resources stay, from the engine's own counts; the stack is one of them there, if it stays."""
    if counts is None:
        return None
    ops = {step.op for step in steps if step.urn.type == ROOT}
    same = counts.get("same", 0)
    return max(0, same - bool(ops and ops <= {"same", "refresh"})) if isinstance(same, int) else None
