"""Adopt a live deployment, as the option `import_` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.model_update import wait_update_end
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import id_hint

from .comparison import differences, live_inputs
from .create import hand_over
from .inputs import timeout
from .run_context import RunContext
from .unfinished import MARK

__all__ = ["adopt"]


def adopt(run: RunContext, props: Mapping[str, Any]) -> Deployment:
    """Return the live deployment that `importId` names, `Active`, if it is what the program declares.

    An update of its model that is under way is waited for first: only its end tells what the deployment serves.
    Nothing is changed, except that the mark of an unfinished deployment is removed.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource, bedrock:ListCustomModelDeployments.

    :raises ResourceNotFound: when it doesn't exist.
    :raises ImportMismatch: when it differs from the program, or another resource of this stack manages it.
    """
    identifier = props["importId"]
    deadline = Deadline(timeout(props, "create"), run.clock)
    deployments = run.deployments(run.clients.region_for(identifier, props.get("region")), identifier, props)
    found = deployments.with_retries(lambda: deployments.find(identifier))
    found = found and wait_update_end(deployments, found, deadline)
    if found is None:
        raise errors.ResourceNotFound(
            f"import_: there is no deployment {identifier} in {deployments.region}. Check the name or ARN and the "
            f"Region.{id_hint(identifier, deployments.region)}"
        )
    arn = found.arn
    tags = deployments.with_retries(lambda: deployments.tags(arn))
    live = live_inputs(found, tags, declared=props, ignores=run.clients.configuration.ignores_tag)
    different = differences(declared=props, live=live, shown=props.get("importShown") or ())
    if different:
        raise errors.ImportMismatch(
            f"import_: {arn} differs from the program: {'; '.join(different)}. Nothing was changed. Change the program "
            "to match, or import another deployment."
        )
    deployments.rename(found.name)
    with run.claiming() as claim:
        if arn in run.guard.recorded or not claim(arn):
            raise errors.ImportMismatch(
                f"import_: another resource of this stack manages {arn}. Only one resource can manage a deployment. "
                "Nothing was changed."
            )
        found = deployments.wait_active(arn, deadline)
        hand_over(run, deployments, found.arn, marked=MARK in tags)
    return found
