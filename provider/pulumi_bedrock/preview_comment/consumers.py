"""Find the resources and outputs that hold the ARNs of deployments or custom models, in one pass over the preview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from .changes import DEPLOYMENT, Action, Change
from .orders import arn_before
from .preview import ROOT, Preview, Urn
from .values import Leaf, Sign, differences, path_text, strings

__all__ = ["Affected", "Consumer", "Consumers", "affected"]

_MOVES = (Action.REPLACE, Action.DELETE, Action.CREATE)
"""What takes the old ARN away."""


@dataclass(frozen=True)
class Consumer:
    """A resource that uses a deployment, with the properties that hold the ARN, as far as the preview shows them.

    :param certain: False when the values that change are secret, so that the ARN may be among them.
    """

    change: Change
    properties: tuple[str, ...]
    certain: bool = True

    @property
    def stays_behind(self) -> bool:
        """Whether it keeps the old ARN."""
        return self.change.action is Action.SAME


class Consumers:
    """The consumers of some ARNs.

    :param arns: ARNs of deployments that go.
    :param changes: All changes of the preview.
    :param outputs: The stack's outputs before the change.
    """

    def __init__(self, arns: Iterable[str], changes: Sequence[Change], outputs: Mapping[str, Any]) -> None:
        finder = _Finder(arns)
        self._certain: dict[str, list[Consumer]] = {arn: [] for arn in finder.arns}
        self._outputs: dict[str, list[str]] = {arn: [] for arn in finder.arns}
        self.hidden: list[Consumer] = []
        """Those of which a secret changes, which may hold any ARN: a preview has no dependencies."""
        for change in changes if finder.arns else ():
            held: dict[str, set[str]] = {}
            for leaf in _old_of(change):
                for arn in finder.all_in(leaf.old):
                    held.setdefault(arn, set()).add(path_text(leaf.path))
            for arn, properties in held.items():
                self._certain[arn].append(Consumer(change, tuple(sorted(properties))))
            if change.action in (Action.UPDATE, Action.REPLACE) and change.urn.type != DEPLOYMENT:
                secret = {path_text(leaf.path) for leaf in change.leaves if leaf.old is Sign.SECRET}
                if secret:
                    self.hidden.append(Consumer(change, tuple(sorted(secret)), certain=False))
        for name, value in outputs.items() if finder.arns else ():
            for arn in finder.all_in(value):
                self._outputs[arn].append(name)

    def of(self, arn: str, *, besides: Urn) -> tuple[Consumer, ...]:
        """Return the resources that hold an ARN, but for the deployment itself."""
        return tuple(consumer for consumer in self._certain[arn] if consumer.change.urn != besides)

    def outputs(self, arn: str) -> tuple[str, ...]:
        """Return the names of the stack's outputs that hold an ARN."""
        return tuple(self._outputs[arn])


def _old_of(change: Change) -> Iterable[Leaf]:
    if change.action is not Action.SAME:
        return change.leaves
    return differences(change.old.inputs if change.old else {}, Sign.MISSING)


class _Finder:
    """Finds which of many ARNs are in a value, without a search for each.

    It looks where the ARNs' common beginning stands, and compares as many characters as the ARNs have.
    """

    def __init__(self, arns: Iterable[str]) -> None:
        self.arns = frozenset(arns)
        pairs = zip(min(self.arns, default=""), max(self.arns, default=""), strict=False)
        self._beginning = "".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self._lengths = {len(arn) for arn in self.arns}

    def all_in(self, value: Any) -> set[str]:
        return {arn for text in strings(value) for arn in self._in_text(text)}

    def _in_text(self, text: str) -> Iterator[str]:
        at = text.find(self._beginning)
        while at >= 0:
            yield from self.arns.intersection(text[at : at + length] for length in self._lengths)
            at = text.find(self._beginning, at + 1)


@dataclass(frozen=True)
class Affected:
    """A deployment or custom model of the preview, and those who hold its ARN, if the change takes that away.

    :param is_gone: Whether it was deleted outside of Pulumi.
    :param hidden: Those that may hold the ARN in a secret value; all that are affected share them.
    :param outputs: The stack's outputs that hold the ARN.
    """

    change: Change
    is_gone: bool
    consumers: tuple[Consumer, ...] = ()
    hidden: Sequence[Consumer] = ()
    outputs: tuple[str, ...] = ()


def affected(preview: Preview, changes: Sequence[Change], kind: str) -> Iterator[Affected]:
    """Yield the resources of a type, each with its state before the change, also before a drift."""
    gone = {drift.urn for drift in preview.drifts if drift.new is None}
    before = {drift.urn: drift.old for drift in preview.drifts}
    ours = [replace(each, old=each.old or before.get(each.urn)) for each in changes if each.urn.type == kind]
    moving = {change.urn: arn_before(change) for change in ours if change.action in _MOVES and arn_before(change)}
    root = next((step.old for step in preview.steps if step.urn.type == ROOT and step.old), None)
    users = Consumers(moving.values(), changes, root.outputs if root else {})
    for change in ours:
        arn, is_gone = moving.get(change.urn), change.urn in gone
        if arn:
            yield Affected(change, is_gone, users.of(arn, besides=change.urn), users.hidden, users.outputs(arn))
        else:
            yield Affected(change, is_gone)
