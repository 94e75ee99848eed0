"""Read the digest form. It has one step for a replacement, without its order, and no unchanged resources.

For a `--refresh` it has the old state, but not the refreshed one: that is the old state of the resource's next step, if
there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import members
from .preview import ROOT, Drift, MalformedPreview, Preview, State, Step

__all__ = ["read"]


def read(document: dict[str, Any]) -> Preview:
    """Return the preview in a digest."""
    if not {"steps", "changeSummary", "diagnostics", "duration"} & document.keys():
        raise MalformedPreview('it is JSON, but not of a preview: it has neither "steps" nor "changeSummary"')
    everything = [_step(step) for step in members.optional(document, "steps", list) or []]
    refreshed, planned = _phases(everything)
    diagnostics = []
    for found in members.optional(document, "diagnostics", list) or []:
        if not isinstance(found, dict):
            raise MalformedPreview('its "diagnostics" are not all objects')
        diagnostics.append(members.diagnostic(found))
    return Preview(
        steps=tuple(planned),
        drifts=tuple(_drifts(refreshed, planned)),
        diagnostics=tuple(diagnostics),
        failed=any(found.severity == "error" for found in diagnostics),
        unchanged=members.unchanged_of(
            members.optional(document, "changeSummary", dict),
            everything,
        ),
        tells_order=False,
        tells_dependencies=True,
    )


def _step(step: Any) -> Step:
    if not isinstance(step, dict):
        raise MalformedPreview('its "steps" are not all objects')
    return members.step(step, old="oldState", new="newState", forced="replaceReasons", diffs="diffReasons", kind="kind")


def _phases(steps: list[Step]) -> tuple[list[Step], list[Step]]:
    """Return the steps of the refresh and of the plan, which begins with the stack: a refresh may have op "update"."""
    roots = [index for index, step in enumerate(steps) if step.urn.type == ROOT]
    begin = 0
    if roots and steps[roots[0]].op == "refresh":
        begin = roots[1] if len(roots) > 1 else len(steps)
    refreshed = steps[:begin] + [step for step in steps[begin:] if step.op == "refresh"]
    return refreshed, [step for step in steps[begin:] if step.op != "refresh"]


def _drifts(refreshed: list[Step], planned: list[Step]) -> Iterator[Drift]:
    next_steps = {step.urn: step for step in reversed(planned)}
    for step in refreshed:
        if step.old is None or step.urn.type == ROOT:
            continue
        later = next_steps.get(step.urn)
        found: State | None
        if step.op == "delete" or (later and later.op == "create"):
            found = None
        elif step.op == "update":
            found = step.new
        elif later and later.old:
            found = later.old
        else:
            continue
        if found is None or found.outputs != step.old.outputs:
            yield Drift(step.urn, step.old, found)
