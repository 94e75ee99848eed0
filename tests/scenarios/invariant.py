"""What must be true at the end of any run, however it ended: nothing is lost, and nobody else's is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any, Protocol

__all__ = ["MARK", "Owner", "lost"]

MARK = "pulumi-bedrock:unfinished"


class Owner(Protocol):
    """What is looked at of a stack."""

    @property
    def identity(self) -> str | None:
        """The id of its StackIdentity."""

    @property
    def recorded(self) -> Collection[str]:
        """The ARNs in its state."""

    @property
    def screen(self) -> str:
        """All that its commands said."""


def lost(deployments: Iterable[dict[str, Any]], stacks: Iterable[Owner]) -> list[str]:
    """The ARNs of the deployments that nobody knows of.

    One that exists is known if it is in a stack's state; or carries the mark of a stack, by which its next `up` finds
    it; or was named on the screen together with what adopts it or the command that deletes it.
    """
    stacks = list(stacks)
    return [
        arn
        for deployment in deployments
        for arn in [deployment["customModelDeploymentArn"]]
        if not any(
            arn in stack.recorded or _carries_mark_of(stack, deployment) or _is_named(arn, stack.screen)
            for stack in stacks
        )
    ]


def _carries_mark_of(stack: Owner, deployment: dict[str, Any]) -> bool:
    if stack.identity is None:
        return False
    # project/stack/name : digest of the stack's identity : digest of the resource. Reckoned here once more, on purpose.
    _, *digests = deployment["tags"].get(MARK, "").split(":")
    return len(digests) == 2 and digests[0] == sha256(stack.identity.encode()).hexdigest()[:16]


def _is_named(arn: str, screen: str) -> bool:
    adopts = f'import_="{arn}"'
    deletes = f"--custom-model-deployment-identifier {arn}"
    return adopts in screen or deletes in screen
