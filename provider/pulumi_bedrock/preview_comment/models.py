"""The effect of a custom model's change: in which order it is replaced, and which deployments follow it.

AWS deletes no custom model that a deployment uses, so the deployments of the stack go first. AWS doesn't publish how
long it takes to make one; its own notebook estimates 10 minutes.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass

from .changes import DEPLOYMENT, MODEL, Action, Change, Order
from .consumers import Consumer, affected
from .orders import arn_before, order_depends
from .preview import Preview

__all__ = ["Fate", "ModelImpact", "model_impacts_of"]


class Fate(enum.Enum):
    """What becomes of a custom model, the worst first."""

    BLOCKED = enum.auto()
    OLD_FIRST = enum.auto()
    DELETED = enum.auto()
    ORDER_UNKNOWN = enum.auto()
    OLD_GONE = enum.auto()
    NEW_FIRST = enum.auto()
    NEW = enum.auto()
    ADOPTED = enum.auto()
    FORGOTTEN = enum.auto()
    RETAGGED = enum.auto()
    UNTOUCHED = enum.auto()


@dataclass(frozen=True)
class ModelImpact:
    """One custom model's change and its effects.

    :param deployments: Those of the stack that use it.
    :param others: Other resources that hold its ARN.
    :param outputs: The stack's outputs that hold its ARN.
    """

    change: Change
    fate: Fate
    deployments: tuple[Consumer, ...]
    others: tuple[Consumer, ...]
    outputs: tuple[str, ...]

    @property
    def arn(self) -> str:
        """The ARN before the change; empty if there is none."""
        return arn_before(self.change)

    @property
    def blocking(self) -> list[Consumer]:
        """The deployments that still use it when it is to be deleted."""
        return [consumer for consumer in self.deployments if _blocks(consumer, self.change)]


def model_impacts_of(preview: Preview, changes: list[Change]) -> list[ModelImpact]:
    """Return the impact of every custom model's change, the worst first."""
    found = []
    for each in affected(preview, changes, MODEL):
        impact = ModelImpact(
            change=each.change,
            fate=_fate(each.change, gone=each.is_gone),
            deployments=tuple(user for user in each.consumers if user.change.urn.type == DEPLOYMENT),
            others=tuple(user for user in each.consumers if user.change.urn.type != DEPLOYMENT),
            outputs=each.outputs,
        )
        if impact.fate in (Fate.OLD_FIRST, Fate.DELETED, Fate.NEW_FIRST) and impact.blocking:
            impact = dataclasses.replace(impact, fate=Fate.BLOCKED)
        found.append(impact)
    return sorted(found, key=lambda impact: (impact.fate.value, impact.change.urn.name))


def _blocks(consumer: Consumer, model: Change) -> bool:
    """Return whether a deployment keeps AWS from deleting its model: it stays, or changes only after the delete."""
    if model.old and model.old.retained:
        return False
    later = model.action is Action.REPLACE and model.order is Order.OLD_FIRST
    return consumer.stays_behind or (later and consumer.change.action is Action.UPDATE)


def _fate(change: Change, *, gone: bool) -> Fate:
    if change.action is Action.CREATE and gone:
        return Fate.OLD_GONE
    if change.action is Action.REPLACE:
        if change.without_reason:
            return Fate.ORDER_UNKNOWN
        return {
            Order.OLD_GONE: Fate.OLD_GONE,
            Order.OLD_FIRST: Fate.OLD_FIRST,
            Order.NEW_FIRST: Fate.ORDER_UNKNOWN if order_depends(change) else Fate.NEW_FIRST,
            Order.UNKNOWN: Fate.ORDER_UNKNOWN,
        }[change.order]
    if change.action is Action.UPDATE:
        # An update changes nothing but tags; other inputs are only in the state.
        changed = {leaf.path[0] for leaf in change.leaves}
        return Fate.RETAGGED if not changed or changed & {"tags", "tagsAll"} else Fate.UNTOUCHED
    return {
        Action.DELETE: Fate.DELETED,
        Action.CREATE: Fate.NEW,
        Action.IMPORT: Fate.ADOPTED,
        Action.FORGET: Fate.FORGOTTEN,
    }.get(change.action, Fate.UNTOUCHED)
