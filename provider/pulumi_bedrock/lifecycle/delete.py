"""Delete a deployment, unless the state still needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import subject

from .guard import Verdict
from .inputs import timeout
from .run_context import RunContext

__all__ = ["delete"]


def delete(run: RunContext, arn: str, props: Mapping[str, Any]) -> None:
    """Delete a deployment, and return when AWS no longer finds it. One that is gone already is no error.

    Calls Delete and Get.

    :param props: What the state holds.
    :raises DeleteRefused: when the state may still need it.
    :raises WaitTimeout: when it still exists at the deadline.
    :raises WrongAccount: when AWS doesn't find it because the credentials are of another account.
    :raises AccountUnknown: when AWS doesn't find it, and STS doesn't say which account the credentials are of.
    """
    name = props.get(run.kind.name) or arn
    verdict = run.guard.judge(arn, props)
    if verdict is Verdict.CREATE_FAILED:
        raise errors.DeleteRefused(
            f"kept, because {verdict.value}. The next `pulumi up` deletes it, if nothing else needs it.",
            subject=subject(name, run.kind.noun),
        )
    if verdict is not Verdict.DELETE:
        run.report(f"{name}: kept, because {verdict.value}")
        return
    run.guard.recorded.add(arn)
    calls = run.calls(run.clients.region_for(arn, props.get("region")), name, props)
    if not calls.delete(arn, Deadline(timeout(run.kind, props, "delete"), run.clock)):
        run.verify_not_found(arn)
