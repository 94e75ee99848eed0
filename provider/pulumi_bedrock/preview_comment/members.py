"""Read members of JSON objects by type; an error names the member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from .preview import ROOT, Diagnostic, MalformedPreview, State, Step, Urn
from .values import decoded

__all__ = ["diagnostic", "member", "optional", "state", "step", "unchanged_of"]

_T = TypeVar("_T")


def member(of: dict[str, Any], name: str, kind: type[_T]) -> _T:
    """Return a required member."""
    found = optional(of, name, kind)
    if found is None:
        raise MalformedPreview(f'it lacks "{name}"')
    return found


def optional(of: dict[str, Any], name: str, kind: type[_T]) -> _T | None:
    """Return a member, or None when it is missing or null."""
    found = of.get(name)
    if found is not None and not isinstance(found, kind):
        raise MalformedPreview(f'its "{name}" is not of the type {kind.__name__}')
    return found


def keys(of: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of strings."""
    return tuple(str(item) for item in optional(of, name, list) or ())


def step(of: dict[str, Any]) -> Step:
    """Return a step of the plan."""
    detailed = optional(of, "detailedDiff", dict) or {}
    return Step(
        op=member(of, "op", str),
        urn=Urn(member(of, "urn", str)),
        old=state(of, "old"),
        new=state(of, "new"),
        keys=keys(of, "keys"),
        diffs=keys(of, "diffs"),
        detailed={path: str(diff.get("diffKind", "")) for path, diff in detailed.items() if isinstance(diff, dict)},
    )


def state(of: dict[str, Any], name: str) -> State | None:
    """Return a resource's state before or after a step."""
    found = optional(of, name, dict)
    if found is None:
        return None
    return State(
        id=optional(found, "id", str) or "",
        inputs=_object(decoded(optional(found, "inputs", dict) or {})),
        outputs=_object(decoded(optional(found, "outputs", dict) or {})),
        retained=found.get("retainOnDelete") is True,
    )


def _object(value: Any) -> dict[str, Any]:
    """Return inputs or outputs; empty when they are secret as a whole."""
    return value if isinstance(value, dict) else {}


def diagnostic(of: dict[str, Any]) -> Diagnostic:
    """Return a diagnostic."""
    severity = (optional(of, "severity", str) or "info").lower()
    urn = optional(of, "urn", str)
    return Diagnostic(severity, (optional(of, "message", str) or "").strip(), Urn(urn) if urn else None)


def unchanged_of(counts: dict[str, Any] | None, steps: Iterable[Step]) -> int | None:
    """Return the number of unchanged resources, from the engine's counts, without the stack, which they may include."""
    if counts is None:
        return None
    ops = {step.op for step in steps if step.urn.type == ROOT}
    same = counts.get("same", 0)
    return max(0, same - bool(ops and ops <= {"same", "refresh"})) if isinstance(same, int) else None
