"""The first line: what the plan comes to, and whether something stops serving. All that a hurried reviewer reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .changes import DEPLOYMENT, Action, Change
from .deployments import Impact, Serving
from .markdown import code
from .preview import Preview, Urn

__all__ = ["HOW_LONG", "verdict"]

HOW_LONG = "AWS publishes no time for that; people report up to an hour"
_NAMED = 3
_NAME_LENGTH = 100

_COUNTED = {
    Action.DELETE: "to delete",
    Action.REPLACE: "to replace",
    Action.DELETE_LEFTOVER: "leftover of an earlier replacement to delete",
    Action.FORGET: "to forget but keep in the cloud",
    Action.IMPORT: "to import",
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
}
_STOPS = (
    Serving.ENDS,
    Serving.INTERRUPTED,
    Serving.ORDER_UNKNOWN,
    Serving.ALREADY_GONE,
    Serving.MAYBE_GONE,
)


def verdict(preview: Preview, changes: Sequence[Change], impacts: Sequence[Impact], *, label: str) -> str:
    """One paragraph of bounded length, whatever the size of the preview."""
    counts = Counter(change.action for change in changes)
    planned = ", ".join(f"{counts[action]} {words}" for action, words in _COUNTED.items() if counts[action])
    errors = sum(found.severity == "error" for found in preview.diagnostics)
    what = code(label, length=2 * _NAME_LENGTH)
    if preview.failed:
        said = f"{errors} error{'s' * (errors != 1)}" if errors else "it was cancelled or cut short"
        so_far = f"Planned before it failed, so not the whole plan: {planned}." if planned else ""
        first = f"❌ **The preview of {what} failed: {said}.** {so_far}".rstrip()
    else:
        unchanged = f"; {preview.unchanged} unchanged" if preview.unchanged else ""
        warning = "⚠️ " if any(counts[action] for action in Action if action.destructive) else ""
        first = f"{warning}**Preview of {what}: {planned or 'no changes'}{unchanged}.**"
    sentences = [first, *_serving(impacts, failed=preview.failed)]
    if preview.drifts:
        count = len(preview.drifts)
        sentences.append(f"Changed outside of Pulumi: {count} resource{'s' * (count != 1)}.")
        planned_for = {impact.change.urn for impact in impacts}
        gone = [drift.urn for drift in preview.drifts if drift.new is None and drift.urn.type == DEPLOYMENT]
        silent = [urn for urn in gone if urn not in planned_for]
        if silent:
            sentences.append(f"**Serves nothing now, since it was deleted there:** {_names(silent)}.")
    return " ".join(sentences)


def _serving(impacts: Sequence[Impact], *, failed: bool) -> list[str]:
    if not impacts:
        return []
    groups: dict[Serving, list[Impact]] = {}
    for impact in impacts:
        groups.setdefault(impact.serving, []).append(impact)
    told = [_sentence(serving, of) for serving, of in groups.items()]
    if not failed and not any(serving in groups for serving in _STOPS):
        told.insert(0, "No deployment stops serving.")
    return [sentence for sentence in told if sentence]


def _sentence(serving: Serving, impacts: Sequence[Impact]) -> str:
    names = _names([impact.change.urn for impact in impacts])
    if serving is Serving.ENDS:
        return f"**Stops serving for good:** {names}."
    if serving is Serving.INTERRUPTED:
        return (
            f"**Stops serving while it is replaced:** {names}; nothing serves from the old one's deletion until the "
            f"new one is `Active`. {HOW_LONG}."
        )
    if serving is Serving.ORDER_UNKNOWN:
        return _order_unknown(impacts)
    if serving is Serving.ALREADY_GONE:
        return (
            f"**Serves nothing now, since the old one is gone already:** {names}; the next one serves when it is "
            f"`Active`. {HOW_LONG}."
        )
    if serving is Serving.MAYBE_GONE:
        return f"**Replaced for no reason that the preview tells, and may serve nothing now:** {names}."
    return {
        Serving.KEPT: f"Keeps serving while it is replaced, under a new ARN: {names}.",
        Serving.NEW: f"New, and serves when it is `Active`: {names}. {HOW_LONG}.",
        Serving.ADOPTED: f"Imported as it is: {names}.",
        Serving.FORGOTTEN: f"Keeps serving, but Pulumi forgets it: {names}.",
    }.get(serving, "")


def _order_unknown(impacts: Sequence[Impact]) -> str:
    fixed = [impact.change.urn for impact in impacts if impact.fixed_name]
    automatic = [impact.change.urn for impact in impacts if not impact.fixed_name]
    told = []
    if fixed:
        told.append(
            f"**Order unknown, but an interruption is to be expected, since the name is fixed:** {_names(fixed)}; "
            f"nothing serves from the old one's deletion until the new one is `Active`. {HOW_LONG}."
        )
    if automatic:
        told.append(
            f"**Order unknown:** {_names(automatic)}; with no fixed name the new one should serve before the old one "
            "goes."
        )
    return " ".join(told)


def _names(urns: Sequence[Urn]) -> str:
    shown = [code(urn.name, length=_NAME_LENGTH) for urn in urns[:_NAMED]]
    more = len(urns) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
