"""Decide which unfinished deployment a create resumes, and what happens to those that no longer match the inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import RETRY_FOR, Deployments
from pulumi_bedrock.aws.model_update import wait_update_end
from pulumi_bedrock.aws.resources import ACTIVE, DELETING, FAILED, Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import delete_command

from .comparison import differences, live_inputs
from .naming import is_auto_name
from .run_context import RunContext
from .unfinished import MARK, Mark, can_finish, could_have_made
from .unfinished_search import Unfinished

__all__ = ["delete_obsolete", "find_own", "find_resumable"]


def find_resumable(
    run: RunContext,
    deployments: Deployments,
    props: Mapping[str, Any],
    mark: Mark | None,
    deadline: Deadline,
    claim: Callable[[str], bool],
) -> tuple[Unfinished | None, list[Deployment]]:
    """Return the unfinished deployment to resume, and those that no longer match, to be deleted at the end.

    One that no longer matches is deleted at once when it has the name that the program gives, or is `Failed`. One that
    may belong to somebody else, or may be in use, is left in place and reported.

    IAM: as `UnfinishedSearch.of`; bedrock:GetCustomModelDeployment; for an `Active` one bedrock:TagResource, or else
    bedrock:UntagResource; to delete one bedrock:DeleteCustomModelDeployment.

    :param claim: Takes a deployment for this create.
    """
    if mark is None:
        return None, []
    is_new = (props.get("owner") or {}).get("identity") in run.new_identities
    resumed: Unfinished | None = None
    obsolete: list[Deployment] = []
    for unfinished in run.unfinished.of(mark, deployments, deadline, is_new=is_new):
        found = unfinished.deployment
        if found.arn in run.recorded or _is_left_in_place(run, deployments, props, unfinished) or not claim(found.arn):
            continue
        if resumed is None and _matches(run, deployments, unfinished, props, deadline):
            resumed = unfinished
            which = "this run" if unfinished.by_this_run else "an earlier run"
            run.progress(f"{found.status}; resuming the create that {which} started: {found.name}")
        elif found.name == deployments.name:
            _report_obsolete(run, found)
            deployments.delete(found.arn, deadline, name=found.name)
        elif found.status == FAILED:
            delete_obsolete(run, deployments, found, deadline.at_most(RETRY_FOR))
        else:
            obsolete.append(found)
    return resumed, obsolete


def find_own(
    run: RunContext, deployments: Deployments, props: Mapping[str, Any], mark: Mark | None, deadline: Deadline
) -> str | None:
    """Return the ARN of a deployment that has the name, when this resource's create made it and it can be resumed.

    The search for unfinished deployments misses one when AWS's list doesn't show it, or when AWS accepted this create
    without an answer and then refused the repeated call.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource.
    """
    if mark is None or run.holders.is_unshown(props):
        return None
    try:
        found = deployments.find(deployments.name)
        if found is None or run.unfinished.has_listed(deployments.region, found.arn):
            return None  # what the search has listed was judged there
        tags = deployments.tags(found.arn)
    except errors.BedrockError:
        return None
    own = {key: value for key, value in tags.items() if key != MARK}
    theirs = Mark.parse(tags.get(MARK, ""))
    if theirs is None or not theirs.is_same_resource(mark) or found.arn in run.created | run.recorded:
        return None
    if not _matches(run, deployments, Unfinished(found, own, theirs), props, deadline):
        return None
    run.progress(f"{found.status}; AWS has created it already, resuming: {found.name}")
    return found.arn


def _is_left_in_place(
    run: RunContext, deployments: Deployments, props: Mapping[str, Any], unfinished: Unfinished
) -> bool:
    """Report a deployment that may belong to somebody else or may be in use, and return whether it is one."""
    found = unfinished.deployment
    if unfinished.by_this_run:
        return False
    logical_name, given = props["owner"]["logicalName"], props.get("modelDeploymentName")
    if not could_have_made(found.name, logical_name, [given] if given else []):
        why = f'has the mark of "{logical_name}", but a name that this resource does not give; the mark may be a copy'
    elif found.status == ACTIVE and run.holders.is_unshown(props):
        # A forced replacement calls no `diff`. Resumed, this deployment would replace itself, and then be deleted.
        why = "marked as unfinished, but may be the deployment that is being replaced"
    elif found.status == ACTIVE and not can_finish(deployments, found.arn, unfinished.mark):
        # It may be the one that a forced replacement replaces, with a mark that couldn't be removed.
        why = "marked as unfinished, but may be in use, since IAM doesn't allow removing marks"
    else:
        return False
    run.report(f"{found.name}: {why}; left in place. If it isn't needed: {delete_command(found.arn)}")
    return True


def _matches(
    run: RunContext, deployments: Deployments, unfinished: Unfinished, props: Mapping[str, Any], deadline: Deadline
) -> bool:
    """Return whether an unfinished deployment matches the inputs. An update that is under way is waited for first."""
    arn = unfinished.deployment.arn
    # Fetched with Get: a list has no descriptions, and may lag behind.
    found = deployments.with_retries(lambda: deployments.find(arn))
    found = found and wait_update_end(deployments, found, deadline)
    if found is None or found.status in (FAILED, DELETING):
        return False
    logical_name = (props.get("owner") or {}).get("logicalName", "")
    if "modelDeploymentName" not in props and not is_auto_name(found.name, logical_name):
        return False
    live = live_inputs(found, unfinished.tags, declared=props, ignores=run.clients.configuration.ignores_tag)
    return not differences(declared=props, live=live)


def delete_obsolete(run: RunContext, deployments: Deployments, left: Deployment, deadline: Deadline) -> None:
    """Delete a deployment that no longer matches the inputs. A failure doesn't fail the create."""
    _report_obsolete(run, left)
    try:
        deployments.delete(left.arn, deadline, name=left.name)
    except errors.BedrockError as error:
        run.report(f"{left.name}: could not be deleted ({error}). To delete it: {delete_command(left.arn)}")


def _report_obsolete(run: RunContext, left: Deployment) -> None:
    run.report(f"{left.name}: {left.status}; left by an interrupted run, no longer matches the inputs; deleting it")
