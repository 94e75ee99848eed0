"""What becomes of the deployments that interrupted creates left: one is resumed, others are deleted or kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.calls import Calls
from pulumi_bedrock.aws.resources import DELETING, FAILED, Resource
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import delete_command

from .comparison import differences, live_inputs
from .owner import Owner
from .run_context import RunContext
from .unfinished import Mark
from .unfinished_search import Unfinished

__all__ = ["Fate", "Left", "Seen", "decide", "find_own", "request_deletion", "take_left"]


class Fate(Enum):
    """What becomes of an unfinished deployment."""

    RESUME = "the create continues"
    CLEAR_NAME = "it is deleted at once, since its name is needed"
    DELETE = "its deletion is requested when the new deployment is Active"
    IGNORE = "it is gone"


@dataclass(frozen=True)
class Seen:
    """What is known of an unfinished deployment.

    :param found: What Get showed; None when AWS doesn't find it.
    :param matches: Whether it is what the inputs ask for.
    """

    found: Resource | None
    matches: bool


def decide(seen: Seen, *, needed_name: str, is_resumed: bool) -> Fate:
    """Decide what becomes of an unfinished deployment.

    :param needed_name: The name of the deployment that is about to be created.
    :param is_resumed: Whether another one is resumed already.
    """
    found = seen.found
    if found is None:
        return Fate.IGNORE
    if seen.matches and found.status not in (FAILED, DELETING) and not is_resumed:
        return Fate.RESUME
    return Fate.CLEAR_NAME if found.name == needed_name else Fate.DELETE


@dataclass
class Left:
    """What interrupted creates left of one resource, and is now this create's.

    :param resumed: The deployment to resume.
    :param obsolete: Those to delete.
    :param others: Finished deployments whose names the resource gives. The state may hold one.
    """

    resumed: Unfinished | None = None
    obsolete: list[Resource] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)


def take_left(
    run: RunContext,
    calls: Calls[Any],
    owner: Owner,
    props: Mapping[str, Any],
    deadline: Deadline,
    claim: Callable[[str], bool],
) -> Left:
    """Find what interrupted creates left, and delete what has the name that is needed.

    Calls Get, and what `UnfinishedSearch.of` calls; to delete one, Delete.

    :param claim: Takes a deployment for this create.
    """
    unfinished, others = run.unfinished.of(owner, calls, deadline)
    left = Left(others=others)
    for each in unfinished:
        arn = each.deployment.arn
        if arn in run.guard.recorded or not claim(arn):
            continue
        seen = _observe(run, calls, owner, each, props, deadline)
        fate = decide(seen, needed_name=calls.name, is_resumed=left.resumed is not None)
        found = seen.found or each.deployment
        if fate is Fate.RESUME:
            left.resumed = each
            which = "this run" if each.by_this_run else "an earlier run"
            run.progress(f"{found.status}; resuming the create that {which} started: {found.name}")
        elif fate is Fate.CLEAR_NAME:
            _report_obsolete(run, found)
            calls.delete(arn, deadline, name=found.name)
        elif fate is Fate.DELETE:
            left.obsolete.append(found)
    return left


def find_own(
    run: RunContext, calls: Calls[Any], owner: Owner, props: Mapping[str, Any], deadline: Deadline
) -> str | None:
    """Return the ARN of a deployment that has the name, when this resource's create made it and it can be resumed.

    The search for unfinished deployments misses one when AWS's list doesn't show it, or when AWS accepted this create
    without an answer and then refused the repeated call.

    Calls Get and ListTagsForResource.
    """
    try:
        found = calls.find(calls.name)
        tags = calls.tags(found.arn) if found else {}
    except errors.BedrockError:
        return None
    mark = Mark.read(tags)
    if found is None or mark is None or mark != owner.mark(found.name) or run.has_handled(found.arn):
        return None
    seen = _observe(run, calls, owner, Unfinished(found, tags, mark), props, deadline)
    if decide(seen, needed_name="", is_resumed=False) is not Fate.RESUME:
        return None
    run.progress(f"{found.status}; AWS has created it already, resuming: {found.name}")
    arn: str = found.arn
    return arn


def _observe(
    run: RunContext,
    calls: Calls[Any],
    owner: Owner,
    unfinished: Unfinished,
    props: Mapping[str, Any],
    deadline: Deadline,
) -> Seen:
    """Look at an unfinished deployment. An update that is under way is waited for first."""
    arn = unfinished.deployment.arn
    # Fetched with Get: a list has no descriptions, and may lag behind. Get may lag behind a create of this run.
    is_new = unfinished.by_this_run
    found = calls.wait_visible(arn) if is_new else calls.with_retries(lambda: calls.find(arn), deadline)
    found = found and calls.settled(found, deadline)
    if found is None:
        return Seen(None, matches=False)
    live = live_inputs(run.kind, found, unfinished.tags, declared=props, ignores=run.clients.configuration.ignores_tag)
    matches = unfinished.mark == owner.mark(found.name) and not differences(run.kind, declared=props, live=live)
    return Seen(found, matches)


def request_deletion(run: RunContext, calls: Calls[Any], left: Resource) -> None:
    """Request the deletion of a deployment that no longer matches the inputs. A refusal is reported, and no error.

    Calls Delete.
    """
    _report_obsolete(run, left)
    try:
        calls.request_deletion(left.arn)
    except errors.BedrockError as error:
        run.report(f"{left.name}: could not be deleted ({error}). To delete it: {delete_command(left.arn)}")


def _report_obsolete(run: RunContext, left: Resource) -> None:
    run.report(f"{left.name}: {left.status}; left by an interrupted run, no longer matches the inputs; deleting it")
