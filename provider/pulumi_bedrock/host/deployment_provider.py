"""Host side of `CustomModelDeployment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock.aws.resources import UPDATING, Deployment
from pulumi_bedrock.values.kinds import DEPLOYMENT

from .managed_provider import ManagedProvider

__all__ = ["DeploymentProvider"]


class DeploymentProvider(ManagedProvider):
    """The methods of a custom model deployment.

    IAM actions: `pulumi_bedrock.aws.deployments.ACTIONS`; with `update_in_place`, `IN_PLACE_ACTIONS` too.
    """

    KIND = DEPLOYMENT

    def outputs(self, props: Mapping[str, Any], found: Deployment) -> dict[str, Any]:
        """Return when AWS last updated a deployment that is updated in place, and whether an update is under way."""
        moves = {"lastUpdatedAt": found.last_updated_at} if props.get("updateInPlace") and found.last_updated_at else {}
        return {**moves, **({"updateStatus": UPDATING} if found.is_updating else {})}
