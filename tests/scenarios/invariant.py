"""What must hold at the end of every run: no deployment is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any, Protocol

__all__ = ["MARK", "Owner", "lost"]

MARK = "pulumi-bedrock:unfinished"


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


def lost(deployments: Iterable[dict[str, Any]], stacks: Iterable[Owner]) -> list[str]:
    """Return the ARNs of the deployments that are lost.

    A deployment is not lost if a stack's state has it; if it has the mark of a stack, so that its next `up` finds it;
    or if a message named it, with the option that adopts it or the command that deletes it.
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
    # project/stack/name : digest of the stack's identity and the deployment's name : digest of the resource. Computed
    # here again, without the provider's code, so that a bug in it is found.
    _, *digests = deployment["tags"].get(MARK, "").split(":")
    proof = sha256(f"{stack.identity}::{deployment['modelDeploymentName']}".encode()).hexdigest()[:16]
    return len(digests) == 2 and digests[0] == proof


def _is_named(arn: str, screen: str) -> bool:
    adopts = f'import_="{arn}"'
    deletes = f"--custom-model-deployment-identifier {arn}"
    return adopts in screen or deletes in screen
