"""Which of an account's unfinished deployments are a stack's, and deleting those that provably are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pulumi_bedrock import errors
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.resources import Deployment, subject
from pulumi_bedrock.aws.waiting import Clock, Deadline
from pulumi_bedrock.lifecycle.inputs import DEFAULT_TIMEOUTS
from pulumi_bedrock.lifecycle.unfinished import marked
from pulumi_bedrock.values.ownership import MARK, digest

from .state import StackState

__all__ = ["Orphan", "delete", "find"]

_VALUE = re.compile(r"(?P<names>[^:]*):(?P<identity>[0-9a-f]+):(?P<resource>[0-9a-f]+)")


@dataclass(frozen=True)
class Orphan:
    """An unfinished deployment that is in no state.

    :param resource: `project/stack/name`, as the mark tells it to people.
    :param proven: Whether the mark holds the identity of this very stack. Without that it may be another stack of the
        same name, somebody else's or one that was destroyed.
    :param mark: The mark's whole value.
    """

    deployment: Deployment
    resource: str
    proven: bool
    mark: str


def find(state: StackState, clients: Clients, region: str, *, report: Callable[[str], None]) -> list[Orphan]:
    """The stack's orphans in one Region, newest first. A state that is empty knows no name: then, everybody's.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

    :raises BedrockError: when AWS doesn't let itself be asked.
    """
    deployments = Deployments(clients.bedrock(region), report=report)
    name = state.name or "any stack"
    try:
        leftovers = deployments.patiently(region, lambda: marked(deployments, name))
    except errors.BedrockError as error:
        # It is about the account and not about one deployment.
        raise type(error)(f"{region}: {str(error).removeprefix(f'{subject(name)}: ')}") from error
    found = []
    for left in leftovers:
        match = _VALUE.fullmatch(left.mark)
        if match is None or left.deployment.arn in state.recorded:
            continue
        proven = state.identity is not None and match["identity"] == digest(state.identity)
        if proven or state.name is None or _is_named_like(state.name, match["names"]):
            found.append(Orphan(left.deployment, match["names"], proven, left.mark))
    return found


def _is_named_like(stack: str, names: str) -> bool:
    return names.startswith(re.sub(r"[^a-zA-Z0-9 ._/=+@-]", "-", f"{stack}/"))


def delete(orphan: Orphan, clients: Clients, *, report: Callable[[str], None], clock: Clock | None = None) -> bool:
    """Deletes an orphan and waits until it is gone; False when it isn't one any more, since a run has taken it up.

    IAM: bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:ListCustomModelDeployments,
    bedrock:ListTagsForResource.

    :raises BedrockError: when it couldn't be deleted.
    """
    assert orphan.proven
    arn = orphan.deployment.arn
    deployments = Deployments(clients.bedrock(orphan.deployment.region), report=report, clock=clock)
    try:
        if deployments.patiently(arn, lambda: deployments.tags(arn)).get(MARK) != orphan.mark:
            return False
    except errors.ResourceNotFound:
        return True
    deployments.delete(arn, Deadline(DEFAULT_TIMEOUTS["delete"], deployments.clock))
    return True
