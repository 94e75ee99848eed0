"""Delete a deployment, unless this run has just created it or another resource of the stack manages it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock.aws.waiting import Deadline

from .inputs import timeout
from .run_context import RunContext

__all__ = ["delete"]


def delete(run: RunContext, arn: str, props: Mapping[str, Any]) -> None:
    """Delete a deployment, and return when AWS no longer finds it. One that is gone already is no error.

    IAM: bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment.

    :param props: What the state holds.
    :raises WaitTimeout: when it still exists at the deadline.
    :raises WrongAccount: when AWS doesn't find it because the credentials are of another account.
    :raises AccountUnknown: when AWS doesn't find it, and STS doesn't say which account the credentials are of.
    """
    name = props.get("modelDeploymentName") or arn
    if arn in run.created:
        run.report(f"{name}: kept, because a create of this run returned it; the state holds it as the new resource")
        return
    if props.get("importId") and run.holders.holds(arn):
        run.report(f"{name}: kept, because another resource of this stack manages it")
        return
    run.recorded.add(arn)
    deployments = run.deployments(run.clients.region_for(arn, props.get("region")), name, props)
    if not deployments.delete(arn, Deadline(timeout(props, "delete"), run.clock)):
        run.verify_not_found(arn)
