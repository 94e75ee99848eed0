"""Create a deployment, or resume the create that an earlier run started, and wait until it is `Active`.

The call that creates a deployment marks it as unfinished, and the mark is removed when the deployment is `Active` and
about to be recorded. So the next run finds what an interrupted run left, and knows that it belongs to this resource.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.resources import ACTIVE, DELETING, FAILED, Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import adopt_or_delete, delete_command

from . import inputs
from .comparison import differences, live_inputs
from .naming import auto_name, is_auto_name
from .run_context import RunContext
from .unfinished import MARK, MAX_TAGS, Mark, Unfinished, can_finish, finish

__all__ = ["create", "hand_over"]


def create(run: RunContext, props: Mapping[str, Any]) -> Deployment:
    """Return the deployment that the inputs ask for, `Active`: a new one, or one that an earlier run left unfinished.

    IAM: see `aws.deployments.ACTIONS`.

    :param props: Checked and normalised inputs.
    :raises BedrockError: its message says what is left in the account, if anything is.
    """
    deadline = Deadline(inputs.timeout(props, "create"), run.clock)
    owner = props.get("owner") or {}
    logical_name = owner.get("logicalName", "")
    mark = Mark.of(owner)
    if mark is None:
        run.report_once(
            "the stack has no identity yet, perhaps because of --target: an interrupted create can't resume"
        )
    deployments = run.deployments(props["region"], props.get("modelDeploymentName") or auto_name(logical_name), props)
    resumed, obsolete = _resume(run, deployments, props, mark, deadline)
    if resumed:
        arn, marked, deployments.name = resumed.arn, True, resumed.name
    else:
        arn, marked = _start(run, deployments, props, mark, deadline)
        if not run.claim(arn) or arn in run.recorded:
            raise errors.TokenReplayed(
                f"AWS answered with {arn}, which is in this stack already, because client_request_token was used for "
                "it. Nothing was created. Use a new token, or leave it out.",
                subject=deployments.subject,
            )
    try:
        if not resumed and "clientRequestToken" in props:
            _refuse_replay(deployments, arn, props, mark if marked else None)
        found = deployments.wait_active(arn, deadline)
    except errors.DeploymentFailed as failure:
        raise _delete_failed(run, deployments, arn, failure) from failure
    except (errors.ResourceNotFound, errors.TokenReplayed):
        raise
    except errors.BedrockError as error:
        resumable = marked and not run.unfinished.is_denied(deployments.region)
        raise error.with_advice(_left_behind(arn, resumable=resumable)) from error
    hand_over(run, deployments, found, marked=marked)
    for left in obsolete:
        _delete_obsolete(run, deployments, left)
    return found


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
                f'{found.name}: remove the tag "{MARK}" manually; otherwise later runs treat the deployment as '
                f"unfinished: {error}"
            )
    run.created.add(found.arn)


def _resume(
    run: RunContext, deployments: Deployments, props: Mapping[str, Any], mark: Mark | None, deadline: Deadline
) -> tuple[Deployment | None, list[Deployment]]:
    """Return the unfinished deployment to resume, and those that no longer match, to be deleted at the end.

    One that no longer matches is deleted at once when it has the name that is needed, or is `Failed`.
    """
    resumed: Deployment | None = None
    obsolete: list[Deployment] = []
    for unfinished in run.unfinished.of(mark, deployments) if mark else ():
        found = unfinished.deployment
        if found.arn in run.recorded or not run.claim(found.arn):
            continue  # in the state, where IAM kept the mark on; or adopted by another resource just now
        if found.status == ACTIVE and not can_finish(deployments, unfinished):
            # It may be the one that a forced replacement replaces, with a mark that couldn't be removed.
            run.report(
                f"{found.name}: marked as unfinished, but may be in use, since IAM doesn't allow removing marks; left "
                f"in place. If it isn't needed: {delete_command(found.arn)}"
            )
        elif resumed is None and _matches(run, deployments, unfinished, props):
            resumed = found
            run.progress(f"{found.status}; resuming the create that an earlier run started: {found.name}")
        elif found.name == deployments.name or found.status == FAILED:
            _report_obsolete(run, found)
            deployments.delete(found.arn, deadline, name=found.name)
        else:
            obsolete.append(found)
    return resumed, obsolete


def _matches(run: RunContext, deployments: Deployments, unfinished: Unfinished, props: Mapping[str, Any]) -> bool:
    """Return whether an unfinished deployment matches the inputs."""
    arn = unfinished.deployment.arn
    # Fetched with Get: a list has no descriptions, and may lag behind.
    found = deployments.with_retries(lambda: deployments.find(arn))
    if found is None or found.status in (FAILED, DELETING):
        return False
    logical_name = (props.get("owner") or {}).get("logicalName", "")
    if "modelDeploymentName" not in props and not is_auto_name(found.name, logical_name):
        return False
    live = live_inputs(found, unfinished.tags, declared=props, ignores=run.clients.configuration.ignores_tag)
    return not differences(declared=props, live=live)


def _start(
    run: RunContext, deployments: Deployments, props: Mapping[str, Any], mark: Mark | None, deadline: Deadline
) -> tuple[str, bool]:
    """Create a deployment; return its ARN, and whether the call could mark it as unfinished."""
    deployments.wait_model_active(props["modelArn"], deadline)
    token = props.get("clientRequestToken") or str(uuid.uuid4())
    own_tags = props.get("tagsAll") or {}
    value = mark.value if mark and len(own_tags) < MAX_TAGS else None
    try:
        request = inputs.create_request(props, name=deployments.name, token=token, mark=value)
        return deployments.create(request, deadline), value is not None
    except errors.AccessDenied as denied:
        if value is None or own_tags:
            raise
        # A deployment without tags of its own doesn't need bedrock:TagResource, if it goes without the mark.
        request = inputs.create_request(props, name=deployments.name, token=token)
        arn = deployments.create(request, deadline)
        run.report_once(f"an interrupted create can't resume, because the deployment could not be marked ({denied})")
        return arn, False
    except errors.BedrockError as error:
        if not error.transient or value is None:
            raise
        raise error.with_advice(
            f"If AWS created it nevertheless, the next `pulumi up` finds it by its tag {MARK}."
        ) from error


def _refuse_replay(deployments: Deployments, arn: str, props: Mapping[str, Any], mark: Mark | None) -> None:
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
    tags, wanted_tags = deployments.with_retries(lambda: deployments.tags(arn)), props.get("tagsAll") or {}
    wanted = (deployments.name, props["modelArn"], props.get("description"))
    if wanted != (found.name, found.model_arn, found.description) or not wanted_tags.items() <= tags.items():
        raise errors.TokenReplayed(
            f'AWS answered with another deployment, {arn} ("{found.name}", model {found.model_arn}), {again}',
            subject=deployments.subject,
        )
    if mark is not None and MARK not in tags:
        raise errors.TokenReplayed(
            f"AWS answered with {arn}, which an earlier create finished, {again} {adopt_or_delete(arn)}",
            subject=deployments.subject,
        )


def _left_behind(arn: str, *, resumable: bool) -> str:
    exists = "It exists in the account, but not in the state."
    if resumable:
        return f"{exists} The next `pulumi up` of this stack resumes it. To delete it instead: {delete_command(arn)}"
    return f"{exists} {adopt_or_delete(arn)}"


def _delete_failed(
    run: RunContext, deployments: Deployments, arn: str, failure: errors.DeploymentFailed
) -> errors.BedrockError:
    """Delete a deployment that failed, since it never serves; return the error that says whether that worked."""
    try:
        deployments.delete(arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], run.clock))
    except errors.BedrockError as error:
        return failure.with_advice(f"It could not be deleted ({error}). To delete it: {delete_command(arn)}")
    return failure.with_advice("It was deleted, so nothing is left. Fix the cause and run `pulumi up` again.")


def _delete_obsolete(run: RunContext, deployments: Deployments, left: Deployment) -> None:
    """Delete a deployment that no longer matches the inputs. A failure doesn't fail the create, which is done."""
    _report_obsolete(run, left)
    try:
        deployments.delete(left.arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], run.clock), name=left.name)
    except errors.BedrockError as error:
        run.report(f"{left.name}: could not be deleted ({error}). To delete it: {delete_command(left.arn)}")


def _report_obsolete(run: RunContext, left: Deployment) -> None:
    run.report(f"{left.name}: {left.status}; left by an interrupted run, no longer matches the inputs; deleting it")
