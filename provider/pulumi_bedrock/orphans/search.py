"""Find a stack's unfinished deployments in an account, and delete those that are proven to be the stack's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_bedrock import errors
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.waiting import Clock, Deadline
from pulumi_bedrock.lifecycle.inputs import DEFAULT_TIMEOUTS
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.lifecycle.unfinished_search import find_unfinished

from .state import StackState

__all__ = ["Orphan", "delete", "find"]


SEARCH_TIMEOUT = 3600.0
"""Seconds for one Region: the tags of each of its deployments are read, and AWS may throttle that."""


@dataclass(frozen=True)
class Orphan:
    """An unfinished deployment that is in no state.

    :param proven: Whether the mark was made with an identity of this stack, for the deployment with this name.
        Otherwise it may belong to another person or to a stack that was destroyed, or be a copy.
    :param clients: Those that found it, and delete it.
    """

    deployment: Deployment
    mark: Mark
    proven: bool
    clients: Clients


def find(state: StackState, clients: Clients, region: str, *, report: Callable[[str], None]) -> list[Orphan]:
    """Return the stack's orphans in one Region, newest first. An empty state has no name: then return all orphans.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

    :raises BedrockError: when the search fails.
    """
    deployments = Deployments(clients.bedrock(region), report=report, progress=report)
    return [
        Orphan(found.deployment, found.mark, proven, clients)
        for found in find_unfinished(deployments, Deadline(SEARCH_TIMEOUT, deployments.clock))
        if found.deployment.arn not in state.recorded
        and (
            (proven := state.proves(found.mark, found.deployment.name))
            or state.name is None
            or found.mark.is_named_like(state.name)
        )
    ]


def delete(orphan: Orphan, *, report: Callable[[str], None], clock: Clock | None = None) -> bool:
    """Delete an orphan and wait until it is gone. Return False when a run has resumed it in the meantime.

    IAM: bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:ListCustomModelDeployments,
    bedrock:ListTagsForResource.

    :raises BedrockError: when it couldn't be deleted.
    """
    assert orphan.proven
    arn = orphan.deployment.arn
    deployments = Deployments(orphan.clients.bedrock(orphan.deployment.region), arn, progress=report, clock=clock)
    try:
        if deployments.with_retries(lambda: deployments.tags(arn)).get(MARK) != orphan.mark.value:
            return False
    except errors.ResourceNotFound:
        return True
    deployments.delete(arn, Deadline(DEFAULT_TIMEOUTS["delete"], deployments.clock))
    return True
