"""Update a deployment in place, as `update_in_place` asks for: its tags, then the model behind its ARN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.calls import Calls
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.model_update import update_model
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.kinds import DEPLOYMENT

from .inputs import timeout
from .run_context import RunContext

__all__ = ["update"]


def update(run: RunContext, arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Deployment | None:
    """Bring a deployment's tags and model from `old` to `new`; return it when it serves the new model.

    What doesn't differ isn't called for; if the model doesn't, the answer is None. It differs also when this run's
    `diff` has found another one in AWS. Tags come first; each half can be repeated when the other one failed. Tags that
    neither `old` nor `new` has are left alone.

    IAM: bedrock:UpdateCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:ListCustomModelDeployments and
    bedrock:GetCustomModel for a model; bedrock:TagResource and bedrock:UntagResource for tags.

    :param old: The outputs in the state.
    :param new: Checked and normalised inputs.
    :raises BedrockError: its message says what is changed already, and what to do if the program goes back.
    :raises WrongAccount: when AWS doesn't find it because the credentials are of another account.
    """
    if not new.get("updateInPlace"):
        return None
    swaps = run.kind is DEPLOYMENT and (
        old.get("modelArn") != new["modelArn"] or "updateStatus" in old or arn in run.drift
    )
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    if not swaps and before == after:
        return None
    region, name = run.clients.region_for(arn, old.get("region")), old.get(run.kind.name) or arn
    calls = run.calls(region, name, new)
    deadline = Deadline(timeout(run.kind, new, "update"), run.clock)
    try:
        if isinstance(calls, Deployments) and swaps:
            calls.wait_model_active(new["modelArn"], deadline, operation="update")
        _update_tags(calls, arn, before, after, deadline)
        if isinstance(calls, Deployments) and swaps:
            return _update_model(calls, arn, new["modelArn"], deadline, tags_changed=before != after)
        return None
    except errors.ResourceNotFound:
        run.verify_not_found(arn)
        raise


def _update_model(
    calls: Deployments, arn: str, model_arn: str, deadline: Deadline, *, tags_changed: bool
) -> Deployment:
    try:
        return update_model(calls, arn, model_arn, deadline)
    except errors.BedrockError as error:
        if not tags_changed:
            raise
        raise error.with_advice(
            "The tags are already changed; if the program goes back to the old ones, run `pulumi up --refresh`."
        ) from error


def _update_tags(
    calls: Calls[Any], arn: str, before: Mapping[str, str], after: Mapping[str, str], deadline: Deadline
) -> None:
    removed = sorted(before.keys() - after.keys())
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    are_removed = False
    try:
        if removed:  # first, since AWS limits the number of tags
            _untag(calls, arn, removed, deadline)
            are_removed = True
        if changed:
            _retry(calls, lambda: calls.tag(arn, changed), deadline)
    except errors.ResourceNotFound as gone:
        raise gone.with_advice("Run `pulumi up --refresh`, which creates it again.") from gone
    except errors.AnswerLost as lost:
        raise lost.with_advice(
            "Tags may be changed already; if the program goes back to the old ones, run `pulumi up --refresh`."
        ) from lost
    except errors.BedrockError as error:
        if not are_removed:
            raise
        raise error.with_advice(
            "Old tags are already removed; if the program goes back to them, run `pulumi up --refresh`."
        ) from error


def _untag(calls: Calls[Any], arn: str, keys: list[str], deadline: Deadline) -> None:
    """Remove tags; those that the deployment doesn't have any more are no error."""
    try:
        _retry(calls, lambda: calls.untag(arn, *keys), deadline)
    except errors.ValidationFailed:
        live = calls.with_retries(lambda: calls.tags(arn), deadline)
        left = [key for key in keys if key in live]
        if left == keys:
            raise
        if left:
            _retry(calls, lambda: calls.untag(arn, *left), deadline)


def _retry(calls: Calls[Any], call: Callable[[], None], deadline: Deadline) -> None:
    """Make a call. While AWS is still working on the deployment, it is retried until the deadline."""
    while True:
        try:
            return calls.with_retries(call, deadline)
        except errors.Conflict:
            if deadline.remaining <= 0:
                raise
