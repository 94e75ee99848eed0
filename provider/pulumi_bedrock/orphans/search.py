"""Find what a stack left unfinished in an account, and delete what is proven to be the stack's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_bedrock import errors
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.resources import Resource
from pulumi_bedrock.aws.waiting import Clock, Deadline
from pulumi_bedrock.lifecycle.inputs import DEFAULT_TIMEOUTS
from pulumi_bedrock.lifecycle.run_context import CALLS
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.lifecycle.unfinished_search import find_unfinished
from pulumi_bedrock.values.kinds import Kind

from .state import StackState

__all__ = ["Orphan", "delete", "find"]


SEARCH_TIMEOUT = 3600.0
"""Seconds for one Region and kind: the tags of each deployment are read, and AWS may throttle that."""


@dataclass(frozen=True)
class Orphan:
    """An unfinished deployment or custom model that is in no state.

    :param proven: Whether the mark was made with an identity of this stack, for the deployment with this name.
        Otherwise it may belong to another person or to a stack that was destroyed, or be a copy.
    :param clients: Those that found it, and delete it.
    """

    kind: Kind
    found: Resource
    mark: Mark
    proven: bool
    clients: Clients


def find(
    kind: Kind, state: StackState, clients: Clients, region: str, *, report: Callable[[str], None]
) -> list[Orphan]:
    """Return the stack's orphans in one Region, newest first. An empty state has no name: then return all orphans.

    Calls List and ListTagsForResource.

    :raises BedrockError: when the search fails.
    """
    calls = CALLS[kind](clients.bedrock(region), report=report, progress=report)
    return [
        Orphan(kind, found.deployment, found.mark, proven, clients)
        for found in find_unfinished(calls, Deadline(SEARCH_TIMEOUT, calls.clock))
        if found.deployment.arn not in state.recorded
        and (
            (proven := state.proves(found.mark, found.deployment.name))
            or state.name is None
            or found.mark.is_named_like(state.name)
        )
    ]


def delete(orphan: Orphan, *, report: Callable[[str], None], clock: Clock | None = None) -> bool:
    """Delete an orphan and wait until it is gone. Return False when a run has resumed it in the meantime.

    Calls Delete, Get, List and ListTagsForResource.

    :raises BedrockError: when it couldn't be deleted.
    """
    assert orphan.proven
    arn, kind = orphan.found.arn, orphan.kind
    calls = CALLS[kind](orphan.clients.bedrock(orphan.found.region), arn, progress=report, clock=clock)
    try:
        if calls.with_retries(lambda: calls.tags(arn)).get(MARK) != orphan.mark.value:
            return False
    except errors.ResourceNotFound:
        return True
    calls.delete(arn, Deadline(DEFAULT_TIMEOUTS[kind]["delete"], calls.clock))
    return True
