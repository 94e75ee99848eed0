"""How a deployment comes into being: begun and waited for, gone on with after a run that was cut off, or adopted.

The call that makes a deployment marks it as unfinished, and the mark comes off when it is `Active` and about to be
handed to the state. So whatever a cut-off run leaves behind is found by the next one, and proven to be its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import ACTIVE, FAILED, Deployments
from pulumi_bedrock.aws.resources import Deployment, adopt_or_delete, deletes, region_of
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.ownership import MARK, MOST_TAGS, Mark

from . import inputs
from .run_context import Run
from .unfinished import Leftover

__all__ = ["adopted", "created"]

DELETING = "Deleting"


def created(run: Run, props: Mapping[str, Any]) -> Deployment:
    """The deployment that the inputs ask for, `Active`: a new one, or what an earlier run began and didn't finish.

    IAM: see `deployment.ACTIONS`.

    :param props: Checked and normalised inputs.
    :raises BedrockError: and says what is left in the account, if anything is.
    """
    deadline = Deadline(inputs.timeout(props, "create"), run.clock)
    owner = props.get("owner") or {}
    mark = Mark.of(owner)
    if mark is None:
        run.say_once("an unfinished deployment can't be resumed: the stack has no identity yet, perhaps by --target")
    name = props.get("modelDeploymentName") or inputs.auto_name(owner.get("logicalName", ""))
    begun, useless = _unfinished(run, props, mark, deadline, name)
    if begun:
        arn, name, marked = begun.arn, begun.name, True
    else:
        arn, marked = _begun(run, props, mark, deadline, name)
        if not run.claim(arn) or arn in run.recorded:
            raise errors.TokenReplayed(
                f'deployment "{name}": AWS answered with {arn}, which is in this stack already, because '
                "client_request_token was used for it. Nothing was created; give a new token, or leave it out."
            )
    deployments = run.deployments(props["region"], props, name)
    replay = _Replay(deployments, props, name, marked=marked) if "clientRequestToken" in props else None
    try:
        found = deployments.wait_active(arn, deadline, name=name, seen=replay or (lambda _found: None))
    except errors.DeploymentFailed as failure:
        raise _without_failed(run, deployments, arn, failure) from failure
    except errors.TokenReplayed:
        raise
    except errors.ResourceNotFound as gone:
        raise (replay.of_what_is_gone(arn) if replay and not replay.seen else gone) from gone
    except errors.BedrockError as error:
        resumable = marked and not run.leftovers.denied(deployments)
        raise type(error)(f"{error} {_left_behind(arn, resumable=resumable)}") from error
    _handed_over(run, deployments, found, marked=marked)
    for left in useless:
        _removed(run, deployments, left)
    return found


def adopted(run: Run, props: Mapping[str, Any]) -> Deployment:
    """The live deployment that `importId` names, `Active`, if it is what the program declares. Nothing is changed.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource, bedrock:ListCustomModelDeployments.

    :raises ResourceNotFound: when there is none.
    :raises ImportMismatch: with the differences.
    """
    identifier = props["importId"]
    deployments = run.deployments(region_of(identifier) or props["region"], props, identifier)
    found = deployments.patiently(identifier, lambda: deployments.find(identifier))
    if found is None:
        raise errors.ResourceNotFound(
            f"import_: there is no deployment {identifier} in {deployments.region}. "
            "Check the name or ARN and the Region."
        )
    arn = found.arn
    tags = deployments.patiently(identifier, lambda: deployments.tags(arn))
    different = inputs.differences(declared=props, live=_live(run, found, tags, props))
    if different:
        raise errors.ImportMismatch(
            f"import_: {arn} is not what the program declares: {'; '.join(different)}. "
            "Nothing was changed: make the program say what is live, or import another."
        )
    if arn in run.recorded or not run.claim(arn):
        raise errors.ImportMismatch(
            f"import_: {arn} already is a resource of this stack. A deployment can be one resource only; nothing was "
            "changed."
        )
    deadline = Deadline(inputs.timeout(props, "create"), run.clock)
    found = deployments.wait_active(arn, deadline, name=found.name)
    return _handed_over(run, deployments, found, marked=MARK in tags)


def _unfinished(
    run: Run, props: Mapping[str, Any], mark: Mark | None, deadline: Deadline, name: str
) -> tuple[Deployment | None, list[Deployment]]:
    """What an earlier run began and this one can go on with; and what is of no use, to be deleted when all is done.

    What has the very name that is needed, or is `Failed`, is deleted here and now.

    :param name: What a new deployment would be called.
    """
    usable: Deployment | None = None
    useless: list[Deployment] = []
    if mark is None:
        return usable, useless
    deployments = run.deployments(props["region"], props, name)
    for left in run.leftovers.of(mark, deployments, name):
        found = left.deployment
        if found.arn in run.recorded or not run.claim(found.arn):
            continue  # in the state, with its mark left where IAM kept it on; or another resource has just adopted it
        if found.status == ACTIVE and not deployments.marks_come_off(found.arn, left.mark):
            # It may be the very one that a forced replacement replaces, with a mark that could not be taken off.
            run.report(
                f"{found.name}: marked as unfinished, but perhaps in use, since IAM keeps marks on; left alone. "
                f"If it isn't needed: {deletes(found.arn)}"
            )
            continue
        if usable is None and _is_asked_for(run, deployments, left, props):
            usable = found
            run.report(f"{found.name}: {found.status}, begun by an earlier run; going on with it")
        elif found.name == name or found.status == FAILED:
            run.report(f"{found.name}: {found.status}, begun by an earlier run and of no use now; deleting it")
            deployments.delete(found.arn, deadline)
        else:
            useless.append(found)
    return usable, useless


def _removed(run: Run, deployments: Deployments, left: Deployment) -> None:
    """Deletes what an earlier run left and nobody needs; no reason to fail a create that is done."""
    run.report(f"{left.name}: {left.status}, begun by an earlier run and of no use now; deleting it")
    try:
        deployments.delete(left.arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], run.clock))
    except errors.BedrockError as error:
        run.report(f"{left.name}: could not be deleted ({error}). To delete it: {deletes(left.arn)}")


def _is_asked_for(run: Run, deployments: Deployments, left: Leftover, props: Mapping[str, Any]) -> bool:
    arn = left.deployment.arn
    # Asked for anew: a list has no descriptions, and may be a little old.
    found = deployments.patiently(arn, lambda: deployments.find(arn))
    if found is None or found.status in (FAILED, DELETING):
        return False
    logical_name = (props.get("owner") or {}).get("logicalName", "")
    if "modelDeploymentName" not in props and not inputs.is_auto_name(found.name, logical_name):
        return False
    return not inputs.differences(declared=props, live=_live(run, found, left.tags, props))


def _begun(run: Run, props: Mapping[str, Any], mark: Mark | None, deadline: Deadline, name: str) -> tuple[str, bool]:
    """The ARN of a new deployment, and whether the very call that made it could mark it as unfinished."""
    deployments = run.deployments(props["region"], props, name)
    deployments.wait_model_active(name, props["modelArn"], deadline)
    token = props.get("clientRequestToken") or str(uuid.uuid4())
    tags = props.get("tagsAll") or {}
    text = mark.text if mark and len(tags) < MOST_TAGS else None
    try:
        request = inputs.request(props, name=name, token=token, mark=text)
        return deployments.create(request, deadline), text is not None
    except errors.AccessDenied as denied:
        if text is None or tags:
            raise
        # Without tags of its own a deployment can do without bedrock:TagResource, and then without the mark.
        arn = deployments.create(inputs.request(props, name=name, token=token), deadline)
        run.say_once(f"an unfinished deployment can't be resumed: it could not be marked ({denied})")
        return arn, False


def _handed_over(run: Run, deployments: Deployments, found: Deployment, *, marked: bool) -> Deployment:
    """Takes the mark off: from here on the state has it."""
    run.require()  # if nobody is left to record it, the mark has to stay
    if marked:
        try:
            deployments.patiently(found.name, lambda: deployments.finish(found.arn))
        except errors.ResourceNotFound as gone:
            raise errors.ResourceNotFound(f"{gone} It was deleted while this run waited for it.") from gone
        except errors.BedrockError as error:
            run.report(f'{found.name}: take off its tag "{MARK}" by hand, or it will seem unfinished: {error}')
    run.created.add(found.arn)
    return found


def _left_behind(arn: str, *, resumable: bool) -> str:
    """What becomes of a deployment that isn't in the state: its mark leads the next run to it, or a person acts."""
    exists = "It exists in the account, but not in the state."
    if resumable:
        return f"{exists} The next `pulumi up` of this stack goes on with it; to delete it instead: {deletes(arn)}"
    return f"{exists} {adopt_or_delete(arn)}"


def _without_failed(
    run: Run, deployments: Deployments, arn: str, failure: errors.DeploymentFailed
) -> errors.DeploymentFailed:
    """Deletes a deployment that failed, since it will never serve, and says whether that worked."""
    try:
        deployments.delete(arn, Deadline(inputs.DEFAULT_TIMEOUTS["delete"], run.clock))
    except errors.BedrockError as error:
        return errors.DeploymentFailed(f"{failure} It could not be deleted ({error}). To delete it: {deletes(arn)}")
    return errors.DeploymentFailed(f"{failure} It was deleted, so that nothing is left; mend the cause and run again.")


def _live(run: Run, found: Deployment, tags: Mapping[str, str], props: Mapping[str, Any]) -> dict[str, Any]:
    ignores = run.clients.configuration.ignores_tag
    return {"modelDeploymentName": found.name, **inputs.live(found, tags, declared=props, ignores=ignores)}


class _Replay:
    """Refuses another deployment than the one asked for: to a token that was used before, AWS answers with any old one.

    Only a token of the program's own can have been used before, so only then is this worth two calls.
    """

    def __init__(self, deployments: Deployments, props: Mapping[str, Any], name: str, *, marked: bool) -> None:
        self._deployments, self._props, self._name, self._marked = deployments, props, name, marked
        self.seen = False

    def __call__(self, found: Deployment) -> None:
        """Looks closely at the first sight of it.

        :raises TokenReplayed: when it isn't what was asked for.
        """
        if self.seen:
            return
        full = self._deployments.find(found.arn)
        if full is None:
            return
        tags, asked_tags = self._deployments.tags(found.arn), self._props.get("tagsAll") or {}
        self.seen = True
        asked = (self._name, self._props["modelArn"], self._props.get("description"))
        if asked != (full.name, full.model_arn, full.description) or not asked_tags.items() <= tags.items():
            raise errors.TokenReplayed(
                f'deployment "{self._name}": AWS answered with another deployment, {full.arn} ("{full.name}", model '
                f"{full.model_arn}), because client_request_token was used before. Nothing was created or changed; "
                "give a new token, or leave it out."
            )

        if self._marked and MARK not in tags:
            # Made by an earlier call and finished since, so it is, or was, some resource's already.
            raise errors.TokenReplayed(
                f'deployment "{self._name}": AWS answered with {full.arn}, which was finished before, because '
                "client_request_token was used for it. Nothing was created; give a new token, or leave it out. "
                f"{adopt_or_delete(full.arn)}"
            )

    def of_what_is_gone(self, arn: str) -> errors.TokenReplayed:
        """The error for an answer with a deployment that isn't there any more."""
        return errors.TokenReplayed(
            f'deployment "{self._name}": AWS answered with {arn}, which is gone: client_request_token was used for it '
            "before. Nothing was created; give a new token, or leave it out."
        )
