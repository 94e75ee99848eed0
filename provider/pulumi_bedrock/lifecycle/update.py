"""Update a deployment in place, as `update_in_place` asks for: its tags, then the model behind its ARN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.model_update import update_model
from pulumi_bedrock.aws.waiting import Deadline

from .inputs import timeout
from .run_context import RunContext

__all__ = ["update"]


def update(run: RunContext, arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Bring a deployment's tags and model from `old` to `new`; return when it serves the new model.

    What doesn't differ isn't called for. Tags come first; each half can be repeated when the other one failed. Tags
    that neither `old` nor `new` has are left alone.

    IAM: bedrock:UpdateCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:ListCustomModelDeployments and
    bedrock:GetCustomModel for a model; bedrock:TagResource and bedrock:UntagResource for tags.

    :param old: The outputs in the state.
    :param new: Checked and normalised inputs.
    :raises BedrockError: its message says what is changed already.
    """
    if not new.get("updateInPlace"):
        return
    swaps = old.get("modelArn") != new["modelArn"] or "updateStatus" in old
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    if not swaps and before == after:
        return
    deadline = Deadline(timeout(new, "update"), run.clock)
    region, name = run.clients.region_for(arn, old.get("region")), old.get("modelDeploymentName") or arn
    deployments = run.deployments(region, name, new)
    if swaps:
        deployments.wait_model_active(new["modelArn"], deadline, operation="update")
    _update_tags(deployments, arn, before, after)
    if swaps:
        # The state can't record an update that is under way, so a killed run leaves no trace of it there.
        run.report_once(
            "updating a model in place: if this run is interrupted, and the program then goes back to the old model, "
            "run `pulumi up --refresh`"
        )
        try:
            update_model(deployments, arn, new["modelArn"], deadline)
        except errors.BedrockError as error:
            if before == after:
                raise
            raise error.with_advice("The tags are already changed; the next `pulumi up` sets them again.") from error


def _update_tags(deployments: Deployments, arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    removed = sorted(before.keys() - after.keys())
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    try:
        if removed:  # first, since AWS limits the number of tags
            _untag(deployments, arn, removed)
        if changed:
            deployments.with_retries(lambda: deployments.tag(arn, changed))
    except errors.ResourceNotFound as gone:
        raise gone.with_advice("Run `pulumi up --refresh`, which creates the deployment again.") from gone


def _untag(deployments: Deployments, arn: str, keys: list[str]) -> None:
    """Remove tags; those that the deployment doesn't have any more are no error."""
    try:
        deployments.with_retries(lambda: deployments.untag(arn, *keys))
    except errors.ValidationFailed:
        live = deployments.with_retries(lambda: deployments.tags(arn))
        left = [key for key in keys if key in live]
        if left == keys:
            raise
        if left:
            deployments.with_retries(lambda: deployments.untag(arn, *left))
