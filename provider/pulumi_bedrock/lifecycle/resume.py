"""Decide which unfinished deployment a create resumes, and what happens to those that no longer match the inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import RETRY_FOR, Deployments
from pulumi_bedrock.aws.model_update import wait_update_end
from pulumi_bedrock.aws.resources import ACTIVE, DELETING, FAILED, Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import delete_command

from .comparison import differences, live_inputs
from .run_context import RunContext
from .unfinished import Mark, can_finish, could_have_made
from .unfinished_search import Unfinished

__all__ = ["Owner", "delete_obsolete", "find_own", "find_resumable"]


@dataclass(frozen=True)
class Owner:
    """The resource that a create is for: what tells its unfinished deployments from all others.

    :param mark: The mark of its deployments.
    :param logical_name: Its name in the program.
    :param name: The name that the program gives the deployment; None for an automatic one.
    :param can_mark: Whether the stack's identity is known. Otherwise only this run can resume its deployments.
    :param is_new: Whether the search is useless: this run made the stack's identity, or the identity is not known.
    :param is_unshown: Whether the state has a deployment for it that this run hasn't been shown (see `Holders`).
    :param matches: Whether a deployment with these tags is what the inputs ask for.
    """

    mark: Mark
    logical_name: str
    name: str | None
    can_mark: bool
    is_new: bool
    is_unshown: bool
    matches: Callable[[Deployment, Mapping[str, str]], bool]

    @classmethod
    def of(cls, run: RunContext, props: Mapping[str, Any]) -> Owner:
        """Return the owner that checked and normalised inputs name."""
        owner = props.get("owner") or {}
        mark = Mark.of(owner)

        def matches(found: Deployment, tags: Mapping[str, str]) -> bool:
            live = live_inputs(found, tags, declared=props, ignores=run.clients.configuration.ignores_tag)
            return not differences(declared=props, live=live)

        return cls(
            mark or Mark.of_resource(run.identity, owner),
            logical_name=owner.get("logicalName", ""),
            name=props.get("modelDeploymentName"),
            can_mark=mark is not None,
            is_new=mark is None or owner["identity"] in run.new_identities,
            is_unshown=run.holders.is_unshown(props),
            matches=matches,
        )

    def could_have_made(self, name: str) -> bool:
        """Return whether it could have made a deployment with this name."""
        return could_have_made(name, self.logical_name, [self.name] if self.name else [])


def find_resumable(
    run: RunContext, deployments: Deployments, owner: Owner, deadline: Deadline, claim: Callable[[str], bool]
) -> tuple[Unfinished | None, list[Deployment]]:
    """Return the unfinished deployment to resume, and those that no longer match, to be deleted at the end.

    One that no longer matches is deleted at once when it has the name that the program gives, or is `Failed`. One that
    may belong to somebody else, or may be in use, is left in place and reported.

    IAM: as `UnfinishedSearch.of`; bedrock:GetCustomModelDeployment; for an `Active` one bedrock:TagResource, or else
    bedrock:UntagResource; to delete one bedrock:DeleteCustomModelDeployment.

    :param claim: Takes a deployment for this create.
    """
    resumed: Unfinished | None = None
    obsolete: list[Deployment] = []
    for unfinished in run.unfinished.of(owner.mark, deployments, deadline, is_new=owner.is_new):
        found = unfinished.deployment
        if found.arn in run.recorded or _is_left_in_place(run, deployments, owner, unfinished) or not claim(found.arn):
            continue
        if resumed is None and _matches(deployments, owner, unfinished, deadline):
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


def find_own(run: RunContext, deployments: Deployments, owner: Owner, deadline: Deadline) -> str | None:
    """Return the ARN of a deployment that has the name, when this resource's create made it and it can be resumed.

    The search for unfinished deployments misses one when AWS's list doesn't show it, or when AWS accepted this create
    without an answer and then refused the repeated call.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource.
    """
    if owner.is_unshown:
        return None
    try:
        found = deployments.find(deployments.name)
        if found is None or run.unfinished.has_listed(deployments.region, found.arn):
            return None  # what the search has listed was judged there
        tags = deployments.tags(found.arn)
    except errors.BedrockError:
        return None
    theirs = Mark.read(tags)
    if theirs is None or not theirs.is_same_resource(owner.mark) or found.arn in run.created | run.recorded:
        return None
    if not _matches(deployments, owner, Unfinished(found, tags, theirs), deadline):
        return None
    run.progress(f"{found.status}; AWS has created it already, resuming: {found.name}")
    return found.arn


def _is_left_in_place(run: RunContext, deployments: Deployments, owner: Owner, unfinished: Unfinished) -> bool:
    """Report a deployment that may belong to somebody else or may be in use, and return whether it is one."""
    found = unfinished.deployment
    if unfinished.by_this_run:
        return False
    if not owner.could_have_made(found.name):
        why = (
            f'has the mark of "{owner.logical_name}", but a name that this resource does not give; the mark may be a '
            "copy"
        )
    elif found.status == ACTIVE and owner.is_unshown:
        # A forced replacement calls no `diff`. Resumed, this deployment would replace itself, and then be deleted.
        why = "marked as unfinished, but may be the deployment that is being replaced"
    elif found.status == ACTIVE and not can_finish(deployments, found.arn, unfinished.mark):
        # It may be the one that a forced replacement replaces, with a mark that couldn't be removed.
        why = "marked as unfinished, but may be in use, since IAM doesn't allow removing marks"
    else:
        return False
    run.report(f"{found.name}: {why}; left in place. If it isn't needed: {delete_command(found.arn)}")
    return True


def _matches(deployments: Deployments, owner: Owner, unfinished: Unfinished, deadline: Deadline) -> bool:
    """Return whether an unfinished deployment matches the inputs. An update that is under way is waited for first."""
    arn = unfinished.deployment.arn
    # Fetched with Get: a list has no descriptions, and may lag behind. Get may lag behind a create of this run.
    if unfinished.by_this_run:
        found = deployments.wait_visible(arn)
    else:
        found = deployments.with_retries(lambda: deployments.find(arn))
    found = found and wait_update_end(deployments, found, deadline)
    if found is None or found.status in (FAILED, DELETING):
        return False
    return owner.could_have_made(found.name) and owner.matches(found, unfinished.tags)


def delete_obsolete(run: RunContext, deployments: Deployments, left: Deployment, deadline: Deadline) -> None:
    """Delete a deployment that no longer matches the inputs. A failure doesn't fail the create."""
    _report_obsolete(run, left)
    try:
        deployments.delete(left.arn, deadline, name=left.name)
    except errors.BedrockError as error:
        run.report(f"{left.name}: could not be deleted ({error}). To delete it: {delete_command(left.arn)}")


def _report_obsolete(run: RunContext, left: Deployment) -> None:
    run.report(f"{left.name}: {left.status}; left by an interrupted run, no longer matches the inputs; deleting it")
