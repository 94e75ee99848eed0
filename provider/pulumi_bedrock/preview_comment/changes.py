"""The change of each resource: one change for all of its steps in the plan."""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass, field

from .preview import ROOT, Preview, State, Step, Urn
from .values import Leaf, Sign, differences, holds_secret, masked, top_level

__all__ = ["DEPLOYMENT", "INVOCATION", "MANAGED", "MODEL", "OURS", "Action", "Change", "Order", "changes_of"]

INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"
DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
MODEL = "pulumi-python:dynamic/bedrock:CustomModel"
MANAGED = (DEPLOYMENT, MODEL)
"""The types that this package creates, replaces and deletes in AWS."""
OURS = "pulumi-python:dynamic/bedrock:"
_INTERNAL = ("importShown", "inheritedProvider", "owner")
"""What earlier versions stored without two underscores. Nobody but the package uses these properties."""


class Action(enum.Enum):
    """The action on a resource, the most destructive first; the value is its word in the comment."""

    DELETE = "delete"
    REPLACE = "replace"
    DELETE_REPLACED = "delete the old one of an earlier replacement"
    FORGET = "remove from the state, and keep in the cloud"
    IMPORT = "import"
    CREATE = "create"
    UPDATE = "update"
    SAME = "unchanged"

    @property
    def destructive(self) -> bool:
        """Whether it deletes something that exists."""
        return self in (Action.DELETE, Action.REPLACE, Action.DELETE_REPLACED)


class Order(enum.Enum):
    """The order of the create and the delete in a replacement."""

    NEW_FIRST = "the new one is created first"
    OLD_FIRST = "the old one is deleted first"
    OLD_GONE = "the old one is already deleted"
    UNKNOWN = "order unknown"


@dataclass(frozen=True)
class Change:
    """One resource's change.

    :param forced: The properties that force a replacement, as the engine names them.
    :param diffs: The properties that change, as the engine names them.
    :param detailed: The same, from the provider's detailed diff.
    """

    urn: Urn
    action: Action
    order: Order
    old: State | None = None
    new: State | None = None
    forced: tuple[str, ...] = ()
    diffs: tuple[str, ...] = ()
    detailed: tuple[str, ...] = field(default=())

    @property
    def without_reason(self) -> bool:
        """Whether the preview has no reason for the replacement.

        The reason is an option, or an earlier run deleted the old one and the program's change was then undone: the
        engine shows that as any other replacement, with the new one created first.
        """
        return self.action is Action.REPLACE and not self.forced and not self.detailed and not self.leaves

    @functools.cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The differences in the inputs; those in what only this package uses are left out.

        A secret that changes looks unchanged in the inputs, so the engine's list of changed properties counts too.
        """
        sides = [side for side in (self.old, self.new) if side]
        old, new = ({} if side is None else dict(side.inputs) for side in (self.old, self.new))
        for inputs in (old, new):
            # Outputs can be secret where the inputs aren't: `additional_secret_outputs`.
            for side in sides:
                inputs.update(masked(inputs, side.outputs))
            if self.urn.type.startswith(OURS):
                for key in [key for key in inputs if key in _INTERNAL or key.startswith("__")]:
                    del inputs[key]
        leaves = tuple(differences(old, new))
        found = {leaf.path[0] for leaf in leaves}
        leaves += tuple(
            Leaf((name,), Sign.SECRET, Sign.SECRET)
            for name in dict.fromkeys(path if path in old else top_level(path) for path in self.diffs)
            if name not in found and holds_secret(old.get(name)) and holds_secret(new.get(name))
        )
        return _without_derived_tags(leaves) if self.urn.type in MANAGED else leaves


def changes_of(preview: Preview) -> list[Change]:
    """Return every resource's change, without the stack: the most destructive first, deployments and models before all.

    Then they are sorted by name: the engine's parallelism must not change the order when the comment is edited.
    """
    steps: dict[Urn, list[Step]] = {}
    for step in preview.steps:
        if step.urn.type != ROOT:
            steps.setdefault(step.urn, []).append(step)
    found = [_change(urn, of, preview) for urn, of in steps.items()]
    ranks = {action: rank for rank, action in enumerate(Action)}
    kinds = {DEPLOYMENT: 0, MODEL: 1, INVOCATION: 3}
    return sorted(
        found,
        key=lambda it: (ranks[it.action], kinds.get(it.urn.type, 2), it.urn.name, it.urn.type, it.urn.text),
    )


def _change(urn: Urn, steps: list[Step], preview: Preview) -> Change:
    ops = [step.op for step in steps]
    return Change(
        urn=urn,
        action=_action(ops, steps),
        order=_order(ops, failed=preview.failed),
        old=next((step.old for step in steps if step.old), None),
        new=next((step.new for step in steps if step.new), None),
        forced=tuple(dict.fromkeys(key for step in steps for key in step.keys)),
        diffs=tuple(dict.fromkeys(key for step in steps for key in step.diffs)),
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
        return Action.DELETE_REPLACED
    if "import" in ops:
        return Action.IMPORT
    if "create" in ops:
        adopted = any(step.urn.type in MANAGED and step.new and step.new.inputs.get("importId") for step in steps)
        return Action.IMPORT if adopted else Action.CREATE
    if "discard" in ops:
        return Action.FORGET
    return Action.UPDATE if "update" in ops else Action.SAME


def _order(ops: list[str], *, failed: bool) -> Order:
    """Return the order of create and delete among the steps.

    Without a delete, an earlier run deleted the old one and then stopped; but if the preview failed, it may not have
    reached the deletes, which come at the end.
    """
    made = [index for index, op in enumerate(ops) if op in ("create-replacement", "import-replacement")]
    gone = [index for index, op in enumerate(ops) if op == "delete-replaced"]
    if not made or not gone:
        return Order.OLD_GONE if made and not failed else Order.UNKNOWN
    return Order.OLD_FIRST if gone[0] < made[0] else Order.NEW_FIRST


def _without_derived_tags(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """Return the differences without those in `tagsAll` that `tags` has too."""
    own = {(leaf.path[1:], str(leaf.old), str(leaf.new)) for leaf in leaves if leaf.path[0] == "tags"}
    return tuple(
        leaf for leaf in leaves if leaf.path[0] != "tagsAll" or (leaf.path[1:], str(leaf.old), str(leaf.new)) not in own
    )
