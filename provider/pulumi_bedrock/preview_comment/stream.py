"""Read the events. They have every step in order, both halves of a replacement, and unchanged resources."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import members
from .preview import ROOT, Diagnostic, Drift, MalformedPreview, Preview, Step, Urn

__all__ = ["read"]

_MANDATORY = "mandatory"
_AFTER_AN_ERROR = "Resource monitor has terminated, shutting down"
"""What Pulumi's SDK says when the engine has ended the run for another error: no error of its own."""


def read(events: list[dict[str, Any]]) -> Preview:
    """Return the preview in a stream's events."""
    steps: list[Step] = []
    last: dict[tuple[str, Urn], int] = {}
    diagnostics: list[Diagnostic] = []
    summary: dict[str, Any] | None = None
    ended = False
    for event in events:
        if found := members.optional(event, "resourcePreEvent", dict):
            step = _step(found)
            last[step.op, step.urn] = len(steps)
            steps.append(step)
        elif found := members.optional(event, "resOutputsEvent", dict):
            # The same step again, with its results: a refreshed state, the stack's outputs. In a
            # `pulumi refresh --preview-only`, the op of a refresh is now that of its result.
            step = _step(found)
            if (step.op, step.urn) in last:
                steps[last[step.op, step.urn]] = step
            elif ("refresh", step.urn) in last:
                steps[last["refresh", step.urn]] = dataclasses.replace(
                    step, op="refresh", new=None if step.op == "delete" else step.new
                )
        elif found := members.optional(event, "diagnosticEvent", dict):
            if not found.get("ephemeral"):
                diagnostics.append(_weighed(members.diagnostic(found), summary))
        elif found := members.optional(event, "policyEvent", dict):
            diagnostics.append(_violation(found))
        elif found := members.optional(event, "summaryEvent", dict):
            summary = found
        ended = ended or summary is not None or event.get("cancelEvent") is not None
    if not ended:
        raise MalformedPreview("its stream of events ends before the summary: it is cut off")
    planned = [step for step in steps if step.op != "refresh"]
    return Preview(
        steps=tuple(planned),
        drifts=tuple(
            Drift(step.urn, step.old, step.new)
            for step in steps
            if step.op == "refresh"
            and step.old is not None
            and step.urn.type != ROOT
            and (step.new is None or step.new.outputs != step.old.outputs)
        ),
        diagnostics=_told(diagnostics),
        failed=summary is None or not _succeeded(summary) or any(found.severity == "error" for found in diagnostics),
        unchanged=members.unchanged_of(members.optional(summary or {}, "resourceChanges", dict), steps),
    )


def _succeeded(summary: dict[str, Any]) -> bool:
    return bool(summary.get("result", "succeeded") == "succeeded")


def _weighed(found: Diagnostic, summary: dict[str, Any] | None) -> Diagnostic:
    """Return a diagnostic; an error after the summary of a preview that succeeded is only a warning.

    The engine gives all plugins of a run five seconds to end, one after another. On a slow machine, it then calls the
    last one crashed.
    """
    late = summary is not None and _succeeded(summary) and found.severity == "error"
    return dataclasses.replace(found, severity="warning") if late else found


def _told(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics for people."""
    told = tuple(found for found in diagnostics if found.severity != "debug")
    causes = tuple(found for found in told if found.message != _AFTER_AN_ERROR)
    return causes if any(found.severity == "error" for found in causes) else told


def _step(event: dict[str, Any]) -> Step:
    return members.step(members.member(event, "metadata", dict))


def _violation(event: dict[str, Any]) -> Diagnostic:
    found = members.diagnostic(event)
    urn = members.optional(event, "resourceUrn", str)
    severity = "error" if event.get("enforcementLevel") == _MANDATORY else "warning"
    name = members.optional(event, "policyName", str)
    return Diagnostic(severity, f"policy {name}: {found.message}", Urn(urn) if urn else None)
