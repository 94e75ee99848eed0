"""Names and marks of a resource's deployments, for tests that put such deployments into AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock.lifecycle.owner import Owner
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import DEPLOYMENT

__all__ = ["begin", "mark_tags", "owner_of"]


def owner_of(owner: Mapping[str, Any], **changes: Any) -> Owner:
    """The resource that the input `__owner` names, or one that differs from it in parts."""
    props = {**owner, **changes}
    return Owner(DEPLOYMENT, props, props["identity"], given=None, can_mark=True, is_new=False, hidden={})


def mark_tags(owner: Owner, name: str) -> list[dict[str, str]]:
    """The tag that marks this resource's deployment with this name, as boto3 takes it."""
    return [{"key": MARK, "value": owner.mark(name).value}]


def begin(local: LocalBedrock, owner: Owner, model_arn: str, name: str | None = None, **request: Any) -> str:
    """The ARN of a deployment that an earlier run of this resource left unfinished, with an automatic name if none."""
    name = name or owner.new_name()
    made = local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName=name, modelArn=model_arn, **{"tags": mark_tags(owner, name), **request}
    )
    return str(made["customModelDeploymentArn"])
