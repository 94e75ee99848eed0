"""What a plan comes to for each resource: one change, whatever number of steps it takes."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass, field

from .preview import ROOT, Preview, State, Step, Urn
from .values import Leaf, differences, masked

__all__ = ["DEPLOYMENT", "INVOCATION", "Action", "Change", "Order", "changes_of"]

INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"
DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
_OURS = "pulumi-python:dynamic/bedrock:"


class Action(enum.Enum):
    """What happens to a resource, the most destructive first; the value is the word for it."""

    DELETE = "delete"
    REPLACE = "replace"
    DELETE_LEFTOVER = "delete the leftover of an earlier replacement"
    FORGET = "forget, and keep in the cloud"
    IMPORT = "import"
    CREATE = "create"
    UPDATE = "update"
    SAME = "unchanged"

    @property
    def destructive(self) -> bool:
        """Whether something that exists goes away."""
        return self in (Action.DELETE, Action.REPLACE, Action.DELETE_LEFTOVER)


class Order(enum.Enum):
    """Which half of a replacement comes first."""

    NEW_FIRST = "the new one first"
    OLD_FIRST = "the old one is deleted first"
    OLD_GONE = "the old one is gone already"
    UNKNOWN = "order unknown"


@dataclass(frozen=True)
class Change:
    """One resource's change. `forced` are the properties that force a replacement, as the engine names them."""

    urn: Urn
    action: Action
    order: Order
    old: State | None = None
    new: State | None = None
    forced: tuple[str, ...] = ()
    detailed: tuple[str, ...] = field(default=())

    @property
    def without_reason(self) -> bool:
        """Whether nothing in the preview says why it is replaced.

        Either an option wants it so, or an earlier run deleted the old one and the program then went back to what it
        was: the engine shows that as any other replacement, the new one first.
        """
        return self.action is Action.REPLACE and not self.forced and not self.detailed and not self.leaves

    @functools.cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All that differs in the inputs. Of our own resources, without what only tells whose they are."""
        sides = [side for side in (self.old, self.new) if side]
        old, new = ({} if side is None else dict(side.inputs) for side in (self.old, self.new))
        for inputs in (old, new):
            # Outputs can be secret where the inputs aren't: `additional_secret_outputs`.
            for side in sides:
                inputs.update(masked(inputs, side.outputs))
            if self.urn.type.startswith(_OURS):
                inputs.pop("owner", None)
        leaves = tuple(differences(old, new))
        return _without_derived_tags(leaves) if self.urn.type == DEPLOYMENT else leaves


def changes_of(preview: Preview) -> list[Change]:
    """Every resource's change, the most destructive first, deployments before others; the stack itself left out.

    Sorted by name beyond that: a comment that is edited shouldn't be shuffled by the engine's parallelism.
    """
    steps: dict[Urn, list[Step]] = {}
    for step in preview.steps:
        if step.urn.type != ROOT:
            steps.setdefault(step.urn, []).append(step)
    found = [_change(urn, of, preview) for urn, of in steps.items()]
    ranks = {action: rank for rank, action in enumerate(Action)}
    kinds = {DEPLOYMENT: 0, INVOCATION: 2}
    return sorted(
        found,
        key=lambda it: (ranks[it.action], kinds.get(it.urn.type, 1), it.urn.name, it.urn.type, it.urn.text),
    )


def _change(urn: Urn, steps: list[Step], preview: Preview) -> Change:
    ops = [step.op for step in steps]
    return Change(
        urn=urn,
        action=_action(ops, steps),
        order=_order(ops, failed=preview.failed) if preview.tells_order else Order.UNKNOWN,
        old=next((step.old for step in steps if step.old), None),
        new=next((step.new for step in steps if step.new), None),
        forced=tuple(dict.fromkeys(key for step in steps for key in step.keys)),
        detailed=tuple(
            dict.fromkeys(path for step in steps for path, kind in step.detailed.items() if kind.endswith("replace"))
        ),
    )


def _action(ops: list[str], steps: list[Step]) -> Action:
    if {"replace", "create-replacement", "import-replacement", "read-replacement"} & set(ops):
        return Action.REPLACE
    if "delete" in ops:
        kept = any(step.old and step.old.retained for step in steps if step.op == "delete")
        return Action.FORGET if kept else Action.DELETE
    if {"delete-replaced", "discard-replaced"} & set(ops):
        return Action.DELETE_LEFTOVER
    if "import" in ops:
        return Action.IMPORT
    if "create" in ops:
        adopted = any(step.urn.type == DEPLOYMENT and step.new and step.new.inputs.get("importId") for step in steps)
        return Action.IMPORT if adopted else Action.CREATE
    if "discard" in ops:
        return Action.FORGET
    return Action.UPDATE if "update" in ops else Action.SAME


def _order(ops: list[str], *, failed: bool) -> Order:
    """From the places of both halves.

    No deletion at all: an earlier run deleted the old one and went no further. Unless the preview failed: then the
    deletions, which come at the end, were not reached.
    """
    made = [index for index, op in enumerate(ops) if op in ("create-replacement", "import-replacement")]
    gone = [index for index, op in enumerate(ops) if op == "delete-replaced"]
    if not made or not gone:
        return Order.OLD_GONE if made and not failed else Order.UNKNOWN
    return Order.OLD_FIRST if gone[0] < made[0] else Order.NEW_FIRST


def _without_derived_tags(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """`tagsAll` is made from `tags`: what both say is said once."""
    own = {(leaf.path[1:], str(leaf.old), str(leaf.new)) for leaf in leaves if leaf.path[0] == "tags"}
    return tuple(
        leaf for leaf in leaves if leaf.path[0] != "tagsAll" or (leaf.path[1:], str(leaf.old), str(leaf.new)) not in own
    )
