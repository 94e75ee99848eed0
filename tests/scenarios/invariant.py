"""What must hold at the end of every run: no deployment and no custom model is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Protocol

from pulumi_bedrock.values.kinds import DEPLOYMENT
from scenarios.live import MARK, Live

__all__ = ["MARK", "Owner", "lost"]

_DELETES = {
    "custom-model-deployment": "--custom-model-deployment-identifier",
    "custom-model": "--model-identifier",
}


class Owner(Protocol):
    """What the invariant needs of a stack."""

    @property
    def identity(self) -> str | None:
        """The ID of its `StackIdentity`; None before the state has one."""

    @property
    def recorded(self) -> Collection[str]:
        """The ARNs in its state."""

    @property
    def screen(self) -> str:
        """The output of all its commands."""


def lost(found: Iterable[Live], stacks: Iterable[Owner]) -> list[str]:
    """Return the ARNs of those that are lost.

    One is not lost if a stack's state has it; if it has the mark of a stack, so that its next `up` finds it; or if a
    message named it, with the option that adopts it or the command that deletes it.
    """
    stacks = list(stacks)
    return [
        each.arn
        for each in found
        if not any(
            each.arn in stack.recorded or _carries_mark_of(stack, each) or _is_named(each, stack.screen)
            for stack in stacks
        )
    ]


def _carries_mark_of(stack: Owner, found: Live) -> bool:
    if stack.identity is None:
        return False
    # project/stack/name : digest of the stack's identity and the name : digest of the resource; and of a custom model
    # : digest of what it is made of. Computed here again, without the provider's code, so that a bug in it is found.
    _, *digests = found.tags.get(MARK, "").split(":")
    proof = sha256(f"{stack.identity}::{found.name}".encode()).hexdigest()[:16]
    return len(digests) == (2 if found.kind is DEPLOYMENT else 3) and digests[0] == proof


def _is_named(found: Live, screen: str) -> bool:
    adopts = f'import_="{found.arn}"'
    deletes = f"{_DELETES[found.kind.arn_type]} {found.arn}"
    return adopts in screen or deletes in screen
