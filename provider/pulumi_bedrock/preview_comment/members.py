"""Read members of JSON objects by type; an error names the member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from .preview import ROOT, Diagnostic, MalformedPreview, State, Step, Urn
from .values import Sign, decoded, masked

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


def properties(of: dict[str, Any], kind: str) -> dict[str, str]:
    """Return a provider's detailed diff: kind of change by property path."""
    found = optional(of, "detailedDiff", dict) or {}
    return {path: str(diff.get(kind, "")) for path, diff in found.items() if isinstance(diff, dict)}


def step(of: dict[str, Any], *, old: str, new: str, forced: str, diffs: str, kind: str) -> Step:
    """Return a step of the plan. The two forms spell these members differently.

    :param forced: The member with the properties that force a replacement.
    :param diffs: The member with the properties that change.
    :param kind: The member of a detailed diff's entry with the kind of the change.
    """
    return Step(
        op=member(of, "op", str),
        urn=Urn(member(of, "urn", str)),
        old=state(of, old),
        new=state(of, new),
        keys=keys(of, forced),
        diffs=keys(of, diffs),
        detailed=properties(of, kind),
    )


def state(of: dict[str, Any], name: str) -> State | None:
    """Return a resource's state before or after a step; the two forms leave out different members."""
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
    """Return inputs or outputs; empty when they are secret as a whole."""
    return value if isinstance(value, dict) else {}


def diagnostic(of: dict[str, Any]) -> Diagnostic:
    """Return a diagnostic, without the severity that some forms put before its message."""
    severity = (optional(of, "severity", str) or "info").lower()
    message = optional(of, "message", str) or ""
    urn = optional(of, "urn", str)
    return Diagnostic(severity, message.removeprefix(f"{severity}: ").strip(), Urn(urn) if urn else None)


def unchanged_of(counts: dict[str, Any] | None, steps: Iterable[Step]) -> int | None:
    """Return the number of unchanged resources, from the engine's counts, without the stack, which they may include."""
    if counts is None:
        return None
    ops = {step.op for step in steps if step.urn.type == ROOT}
    same = counts.get("same", 0)
    return max(0, same - bool(ops and ops <= {"same", "refresh"})) if isinstance(same, int) else None
