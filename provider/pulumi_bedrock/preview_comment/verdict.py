"""The first line: a summary of the plan, and whether a deployment stops serving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from .changes import DEPLOYMENT, MODEL, Action, Change
from .deployments import Impact, Serving
from .markdown import code, value
from .model_notes import model_sentences
from .models import Fate, ModelImpact
from .names import NAMED, first_of, name_of, names_of
from .notes import HOW_LONG, IN_PLACE
from .preview import Preview

__all__ = ["verdict"]

_LABEL_LENGTH = 200

_COUNTED = {
    Action.DELETE: "to delete",
    Action.REPLACE: "to replace",
    Action.DELETE_REPLACED: "old one of an earlier replacement to delete",
    Action.FORGET: "to remove from the state but keep in the cloud",
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


def verdict(
    preview: Preview, changes: Sequence[Change], impacts: Sequence[Impact], models: Sequence[ModelImpact], *, label: str
) -> str:
    """Return one paragraph, whose length doesn't depend on the size of the preview."""
    counts = Counter(change.action for change in changes)
    planned = ", ".join(f"{counts[action]} {words}" for action, words in _COUNTED.items() if counts[action])
    errors = sum(found.severity == "error" for found in preview.diagnostics)
    what = code(label, length=_LABEL_LENGTH)
    if preview.failed:
        said = f"{errors} error{'s' * (errors != 1)}" if errors else "it was cancelled or interrupted"
        so_far = f"The plan is incomplete; so far: {planned}." if planned else ""
        first = f"❌ **The preview of {what} failed: {said}.** {so_far}".rstrip()
    else:
        unchanged = f"; {preview.unchanged} unchanged" if preview.unchanged else ""
        first = f"{_sign(changes, impacts)}**Preview of {what}: {planned or 'no changes'}{unchanged}.**"
    of_models = model_sentences(models)
    refused = of_models[:1] if models and models[0].fate is Fate.BLOCKED else []
    sentences = [first, *refused, *_serving(impacts, failed=preview.failed), *of_models[len(refused) :]]
    if preview.drifts:
        count = len(preview.drifts)
        drifted = names_of([drift.urn for drift in preview.drifts if drift.urn.type == MODEL])
        named = f" (custom model: {drifted})" if drifted else ""
        sentences.append(f"Changed outside of Pulumi: {count} resource{'s' * (count != 1)}{named}.")
        planned_for = {impact.change.urn for impact in impacts}
        gone = [drift.urn for drift in preview.drifts if drift.new is None and drift.urn.type == DEPLOYMENT]
        unplanned = [urn for urn in gone if urn not in planned_for]
        if unplanned:
            sentences.append(f"**Deleted outside of Pulumi, and no longer serving:** {names_of(unplanned)}.")
    return " ".join(sentences)


def _sign(changes: Sequence[Change], impacts: Sequence[Impact]) -> str:
    """Return a sign for an outage, for a deletion or replacement without one, for another model, or nothing."""
    if any(impact.serving in (Serving.ENDS, Serving.INTERRUPTED, Serving.ALREADY_GONE) for impact in impacts):
        return "🛑 "
    if any(change.action.destructive for change in changes):
        return "⚠️ "
    return "🔄 " if any(impact.serving is Serving.IN_PLACE for impact in impacts) else ""


def _serving(impacts: Sequence[Impact], *, failed: bool) -> list[str]:
    if not impacts:
        return []
    groups: dict[Serving, list[Impact]] = {}
    for impact in impacts:
        groups.setdefault(impact.serving, []).append(impact)
    sentences = [_sentence(serving, of) for serving, of in groups.items()]
    # After an update in place this would be a promise that rests on an assumption, and its own sentence says more.
    if not failed and not any(serving in groups for serving in (*_STOPS, Serving.IN_PLACE, Serving.RETAGGED)):
        sentences.insert(0, "No deployment stops serving.")
    return [sentence for sentence in sentences if sentence]


def _sentence(serving: Serving, impacts: Sequence[Impact]) -> str:
    names = names_of([impact.change.urn for impact in impacts])
    if serving is Serving.ENDS:
        return f"**Stops serving permanently:** {names}."
    if serving is Serving.INTERRUPTED:
        return (
            f"**Stops serving while it is replaced:** {names}; nothing serves from the deletion of the old one "
            f"until the new one is `Active`. {HOW_LONG}."
        )
    if serving is Serving.ALREADY_GONE:
        return (
            f"**Already deleted, and no longer serving:** {names}; the new one serves when it is `Active`. {HOW_LONG}."
        )
    if serving is Serving.MAYBE_GONE:
        return f"**Replaced without a reason in the preview, and may have stopped serving already:** {names}."
    return {
        Serving.ORDER_UNKNOWN: (
            f"**Replaced, in an order that this preview doesn't contain:** {names}; it may stop serving meanwhile."
        ),
        Serving.KEPT: f"Keeps serving while it is replaced, under a new ARN: {names}.{_readers(impacts)}",
        Serving.NEW: f"New, and serves when it is `Active`: {names}. {HOW_LONG}.",
        Serving.ADOPTED: f"Imported: {names}; `pulumi up` compares it with the program, and fails if it differs.",
        Serving.IN_PLACE: f"**Another model behind the same ARN:** {_models(impacts)}; {IN_PLACE}.",
        Serving.RETAGGED: f"Tags updated in place: {names}; the ARN and the model stay.",
        Serving.FORGOTTEN: f"Keeps serving, but is removed from the state: {names}.",
    }.get(serving, "")


def _readers(impacts: Sequence[Impact]) -> str:
    """Return a sentence on other stacks, which a preview doesn't show."""
    if not any(impact.outputs for impact in impacts):
        return ""
    return " A stack that reads the ARN by a StackReference has the old one until its own next `pulumi up`."


def _models(impacts: Sequence[Impact]) -> str:
    """Return the first deployments with their old and new models, and the number of the others."""
    shown = []
    for impact in impacts[:NAMED]:
        name = name_of(impact.change.urn)
        shown.append(f"{name} ({_model(impact.models[0])} → {_model(impact.models[1])})" if impact.models else name)
    return first_of(shown, len(impacts))


def _model(arn: Any) -> str:
    """Return the end of a model's ARN: base model and ID."""
    return code(arn.partition(":custom-model/")[2] or arn) if isinstance(arn, str) else value(arn)
