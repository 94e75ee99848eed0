"""Create a deployment, or resume the create that an earlier run started, and wait until it is `Active`.

The call that creates a deployment marks it as unfinished, and the mark is removed when the deployment is `Active` and
about to be recorded. So the next run finds what an interrupted run left, and knows that it belongs to this resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.resources import CREATING, FAILED, Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import adopt_or_delete, delete_command

from .inputs import DEFAULT_TIMEOUTS, CreateRequest, timeout
from .naming import auto_name
from .resume import Owner, delete_obsolete, find_own, find_resumable
from .run_context import RunContext
from .unfinished import MARK, MAX_TAGS, Mark, finish
from .unfinished_search import Unfinished

__all__ = ["create", "hand_over"]


def create(run: RunContext, props: Mapping[str, Any]) -> Deployment:
    """Return the deployment that the inputs ask for, `Active`: a new one, or one that an earlier run left unfinished.

    IAM: see `aws.deployments.ACTIONS`.

    :param props: Checked and normalised inputs.
    :raises BedrockError: its message says what is left in the account, if anything is.
    """
    deadline = Deadline(timeout(props, "create"), run.clock)
    request, owner = CreateRequest.of(props), Owner.of(run, props)
    if not owner.can_mark:
        run.report_once(
            "the stack has no identity yet, perhaps because of --target: an interrupted create can't resume"
        )
    deployments = run.deployments(props["region"], owner.name or auto_name(owner.logical_name), props)
    with run.claiming() as claim:
        resumed, obsolete = find_resumable(run, deployments, owner, deadline, claim)
        if resumed:
            deployments.name = resumed.deployment.name
            started = _Started(resumed.deployment.arn, marked=resumed.marked)
        else:
            started = _start(run, deployments, request, owner, deadline, claim)
        found = _wait(run, deployments, request, owner, started, deadline)
        hand_over(run, deployments, found, marked=started.marked)
    for left in obsolete:
        delete_obsolete(run, deployments, left, Deadline(DEFAULT_TIMEOUTS["delete"], run.clock))
    return found


@dataclass(frozen=True)
class _Started:
    """A deployment that this resource's create has started.

    :param marked: Whether it has the mark of an unfinished deployment.
    """

    arn: str
    marked: bool


def _wait(
    run: RunContext,
    deployments: Deployments,
    request: CreateRequest,
    owner: Owner,
    started: _Started,
    deadline: Deadline,
) -> Deployment:
    """Wait until the deployment is `Active`. When that fails, leave it where a retry in this run or the next finds it.

    :raises BedrockError: its message says what is left in the account.
    """

    def leave(status: str) -> None:
        left = Deployment(started.arn, deployments.name, request.model_arn, status, created_at="")
        run.unfinished.leave(Unfinished(left, request.tags, owner.mark, started.marked, by_this_run=True))

    try:
        found = deployments.wait_active(started.arn, deadline)
    except errors.DeploymentFailed as failure:
        error = _delete_failed(run, deployments, started.arn, failure)
        if error.left:
            leave(FAILED)
        raise error.error from failure
    except errors.ResourceNotFound as gone:
        leave(CREATING)
        later = "the next `pulumi up` resumes it." if started.marked else adopt_or_delete(started.arn)
        raise gone.with_advice(
            f"AWS accepted the create, so it was deleted since, or is not visible yet. If it appears, {later}"
        ) from gone
    except errors.BedrockError as error:
        leave(CREATING)
        resumable = started.marked and _can_search(run, deployments, started.arn, error)
        raise error.with_advice(_left_behind(started.arn, resumable=resumable)) from error
    run.unfinished.take(found.arn)
    return found


def _can_search(run: RunContext, deployments: Deployments, arn: str, error: errors.BedrockError) -> bool:
    """Return whether the next run can find the deployment, as far as this run can tell.

    The first run of a stack doesn't search, so it tries whether IAM would allow it, and whether AWS lists the
    deployment.
    """
    if run.unfinished.is_denied(deployments.region):
        return False
    if isinstance(error, errors.WaitTimeout):  # after another error, AWS would not answer now
        try:
            if all(listed.arn != arn for listed in deployments.list_all()):
                return False
            deployments.tags(arn)
        except errors.AccessDenied:
            return False
        except errors.BedrockError:
            pass
    return True


def hand_over(run: RunContext, deployments: Deployments, found: Deployment, *, marked: bool) -> None:
    """Remove the mark, and remember the deployment as one that the engine now records.

    IAM: bedrock:UntagResource, or else bedrock:TagResource.
    """
    run.exit_if_engine_gone()  # without an engine, the state doesn't record it, so the mark has to stay
    if marked:
        try:
            deployments.with_retries(lambda: finish(deployments, found.arn))
        except errors.ResourceNotFound as gone:
            raise gone.with_advice("It was deleted while this run waited for it.") from gone
        except errors.BedrockError as error:
            run.report(
                f'{found.name}: the tag "{MARK}" could not be removed: {error} Remove the tag manually; otherwise '
                "later runs treat the deployment as unfinished."
            )
    run.created.add(found.arn)


def _start(
    run: RunContext,
    deployments: Deployments,
    request: CreateRequest,
    owner: Owner,
    deadline: Deadline,
    claim: Callable[[str], bool],
) -> _Started:
    """Create a deployment, marked as unfinished if possible.

    :raises TokenReplayed: when AWS answered with a deployment that another create made.
    """
    deployments.wait_model_active(request.model_arn, deadline)
    arn, marked = _call_create(run, deployments, request, owner, deadline)
    # A forced replacement calls no `diff`, so a deployment that was there before may be the one that it replaces.
    is_replaced = owner.is_unshown and run.unfinished.has_listed(deployments.region, arn)
    if arn in run.recorded or is_replaced or not claim(arn):
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which is in this stack already, because client_request_token was used for "
            "it. Nothing was created. Use a new token, or leave it out.",
            subject=deployments.subject,
        )
    if request.token is not None:
        try:
            _refuse_replay(deployments, arn, request, owner.mark if marked else None)
        except errors.TokenReplayed:
            raise
        except errors.BedrockError:
            run.unfinished.search_again(deployments.region)  # it may be new; then a retry finds it by its mark
            raise
    return _Started(arn, marked=marked)


def _call_create(
    run: RunContext, deployments: Deployments, request: CreateRequest, owner: Owner, deadline: Deadline
) -> tuple[str, bool]:
    """Make the call; return the ARN, and whether the deployment has the mark.

    AWS answers a token that was used before with the old deployment. Without the mark nothing tells whose that is, so
    an unmarked create with a token that the program gives needs a name that is free.
    """
    can_mark = owner.can_mark and len(request.tags) < MAX_TAGS  # otherwise there is no room for the mark
    if not can_mark and request.token is not None:
        deployments.verify_name_free()
    try:
        arguments = request.arguments(name=deployments.name, mark=owner.mark.value if can_mark else None)
        return deployments.create(arguments, deadline), can_mark
    except errors.NameTaken:
        own = find_own(run, deployments, owner, deadline) if can_mark else None
        if own is None:
            raise
        return own, True
    except (errors.AccessDenied, errors.TooManyTags, errors.ValidationFailed) as refused:
        if not can_mark or (request.tags and not isinstance(refused, errors.TooManyTags)):
            raise
        reason = refused
    except errors.BedrockError as error:
        raise _may_exist(run, deployments, error, marked=can_mark) from error
    # AWS may have refused only the mark: without tags, for instance, a create doesn't need bedrock:TagResource.
    if request.token is not None:
        deployments.verify_name_free()
    try:
        # With another token, unless the program gives it: a refused create may have used up the first one.
        arn = deployments.create(request.arguments(name=deployments.name), deadline)
    except (errors.AccessDenied, errors.TooManyTags, errors.ValidationFailed):
        raise reason from None
    except errors.BedrockError as error:
        raise _may_exist(run, deployments, error, marked=False) from error
    run.report_once(f"an interrupted create can't resume, because the deployment could not be marked ({reason})")
    return arn, False


def _may_exist(
    run: RunContext, deployments: Deployments, error: errors.BedrockError, *, marked: bool
) -> errors.BedrockError:
    """Return the error with advice on a deployment that AWS may have created without an answer."""
    if not error.transient:
        return error
    run.unfinished.search_again(deployments.region)
    if marked:
        return error.with_advice(f"If AWS created it nevertheless, the next `pulumi up` finds it by its tag {MARK}.")
    return error.with_advice(
        "If AWS created it nevertheless, no later run finds it, because it has no mark. To look: aws bedrock "
        f"get-custom-model-deployment --region {deployments.region} --custom-model-deployment-identifier "
        f"{deployments.name}"
    )


def _refuse_replay(deployments: Deployments, arn: str, request: CreateRequest, mark: Mark | None) -> None:
    """Refuse a deployment that this create didn't make: AWS answers a token that was used before with the old one.

    Only a token that the program gives can have been used before, so only then these two calls are made.

    :raises TokenReplayed: and nothing was changed.
    """
    again = (
        "because client_request_token was used before. Nothing was created or changed. Use a new token, or leave it "
        "out."
    )
    found = deployments.wait_visible(arn)
    if found is None:
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which no longer exists, {again}", subject=deployments.subject
        )
    try:
        tags = deployments.with_retries(lambda: deployments.tags(arn))
    except errors.AccessDenied as denied:
        raise denied.with_advice(
            f"AWS answered with {arn}. Without its tags, this run can't tell whether an earlier create made it, since "
            "client_request_token may have been used before. Allow the action, or leave the token out."
        ) from denied
    wanted = (deployments.name, request.model_arn, request.description)
    if wanted != (found.name, found.model_arn, found.description) or not request.tags.items() <= tags.items():
        raise errors.TokenReplayed(
            f'AWS answered with another deployment, {arn} ("{found.name}", model {found.model_arn}), {again}',
            subject=deployments.subject,
        )
    theirs = Mark.read(tags)
    if theirs is not None and not theirs.is_same_resource(mark):
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which another create has started, marked as {theirs.names}, {again}",
            subject=deployments.subject,
        )
    if theirs is None and mark is not None:
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which an earlier create finished, {again} {adopt_or_delete(arn)}",
            subject=deployments.subject,
        )


def _left_behind(arn: str, *, resumable: bool) -> str:
    exists = "It exists in the account, but not in the state."
    if resumable:
        return f"{exists} The next `pulumi up` of this stack resumes it. To delete it instead: {delete_command(arn)}"
    return f"{exists} {adopt_or_delete(arn)}"


@dataclass(frozen=True)
class _Failure:
    """What to raise for a deployment that failed, and whether it is left in the account."""

    error: errors.BedrockError
    left: bool


def _delete_failed(run: RunContext, deployments: Deployments, arn: str, failure: errors.DeploymentFailed) -> _Failure:
    """Delete a deployment that failed, since it never serves."""
    try:
        deployments.delete(arn, Deadline(DEFAULT_TIMEOUTS["delete"], run.clock))
    except errors.BedrockError as error:
        advice = f"It could not be deleted ({error}). To delete it: {delete_command(arn)}"
        return _Failure(failure.with_advice(advice), left=True)
    advice = "It was deleted, so nothing is left. Fix the cause and run `pulumi up` again."
    return _Failure(failure.with_advice(advice), left=False)
