"""The impact of a deployment's change: whether it stops serving, and which resources use its ARN.

This depends on the resource, not on Pulumi. Its provider deletes the old deployment first only when the program gives
the name, and name and Region stay, since names are unique in an account and Region. A new deployment has a new ARN. AWS
doesn't publish how long one takes to become `Active`; people report 2 to 15 minutes.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .changes import DEPLOYMENT, Action, Change, Order
from .consumers import Consumer, affected
from .models import Fate, ModelImpact
from .orders import arn_before, order_depends
from .preview import Preview

__all__ = ["Impact", "Serving", "impacts_of"]


class Serving(enum.Enum):
    """The effect of a change on serving, the worst first."""

    ENDS = enum.auto()
    INTERRUPTED = enum.auto()
    ORDER_UNKNOWN = enum.auto()
    ALREADY_GONE = enum.auto()
    MAYBE_GONE = enum.auto()
    KEPT = enum.auto()
    NEW = enum.auto()
    ADOPTED = enum.auto()
    FORGOTTEN = enum.auto()
    IN_PLACE = enum.auto()
    RETAGGED = enum.auto()
    UNTOUCHED = enum.auto()


@dataclass(frozen=True)
class Impact:
    """One deployment's change and its effects."""

    change: Change
    serving: Serving
    model: ModelImpact | None
    """The change of its custom model, if the stack has that."""
    consumers: tuple[Consumer, ...]
    hidden: Sequence[Consumer]
    """Those that may hold the ARN in a secret value; all deployments share them."""
    outputs: tuple[str, ...]
    """The stack's outputs that hold the ARN."""

    @property
    def arn(self) -> str:
        """The ARN before the change; empty if there is none."""
        return arn_before(self.change)

    @property
    def models(self) -> tuple[Any, Any] | None:
        """The model's ARN before and after the change, or a sign for one that can't be shown; None if it stays."""
        return next(((leaf.old, leaf.new) for leaf in self.change.leaves if leaf.path == ("modelArn",)), None)


def impacts_of(preview: Preview, changes: list[Change], models: Sequence[ModelImpact]) -> list[Impact]:
    """Return the impact of every deployment's change, the worst first."""
    of_model = {consumer.change.urn: model for model in models for consumer in model.deployments}
    found = []
    for each in affected(preview, changes, DEPLOYMENT):
        model = of_model.get(each.change.urn)
        serving = _serving(each.change, model, gone=each.is_gone)
        found.append(Impact(each.change, serving, model, each.consumers, each.hidden, each.outputs))
    return sorted(found, key=lambda impact: (impact.serving.value, impact.change.urn.name))


def _serving(change: Change, model: ModelImpact | None, *, gone: bool) -> Serving:
    if change.action is Action.CREATE and gone:
        return Serving.ALREADY_GONE
    if change.action is Action.REPLACE:
        if change.old and change.old.retained:
            return Serving.KEPT
        if change.without_reason:
            return Serving.MAYBE_GONE
        # If the old custom model is deleted first after all, so is the deployment.
        depends = order_depends(change) or (model is not None and model.fate is Fate.ORDER_UNKNOWN)
        return {
            Order.OLD_GONE: Serving.ALREADY_GONE,
            Order.OLD_FIRST: Serving.INTERRUPTED,
            Order.NEW_FIRST: Serving.ORDER_UNKNOWN if depends else Serving.KEPT,
            Order.UNKNOWN: Serving.ORDER_UNKNOWN,
        }[change.order]
    if change.action is Action.UPDATE:
        return _updated(change)
    return {
        Action.DELETE: Serving.ENDS,
        Action.CREATE: Serving.NEW,
        Action.IMPORT: Serving.ADOPTED,
        Action.FORGET: Serving.FORGOTTEN,
    }.get(change.action, Serving.UNTOUCHED)


def _updated(change: Change) -> Serving:
    """Return the effect of an update: other inputs than model and tags are only in the state."""
    changed = {leaf.path[0] for leaf in change.leaves}
    if "modelArn" in changed or not changed:  # without a visible change, a secret one
        return Serving.IN_PLACE
    return Serving.RETAGGED if changed & {"tags", "tagsAll"} else Serving.UNTOUCHED
