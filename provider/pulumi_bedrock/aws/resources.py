"""Deployments and custom models as AWS describes them, and their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.values.arns import region_in

__all__ = ["ACTIVE", "COMPLETED", "CREATING", "DELETING", "FAILED", "CustomModel", "Deployment"]

CREATING = "Creating"
ACTIVE = "Active"
FAILED = "Failed"
"""Statuses of a custom model and of a deployment, as botocore's service model lists them."""

DELETING = "Deleting"
"""Status of a deployment while a delete runs, as the console shows it; the service model doesn't list it."""

COMPLETED = "Completed"
"""Status of a model customization job that has made its model."""


@dataclass(frozen=True)
class Deployment:
    """A deployment as AWS describes it.

    :param created_at: ISO 8601, in UTC.
    :param failure_message: AWS's reason when the status is `Failed`.
    """

    arn: str
    name: str
    model_arn: str
    status: str
    created_at: str
    description: str | None = field(default=None, repr=False)
    failure_message: str | None = None

    @property
    def region(self) -> str:
        """The Region, from the ARN."""
        return region_in(self.arn) or ""

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Deployment:
        """Read an answer of GetCustomModelDeployment, or a summary of ListCustomModelDeployments.

        The two spell the name differently, and a summary has no description.
        """
        return cls(
            arn=answer["customModelDeploymentArn"],
            name=answer.get("modelDeploymentName") or answer["customModelDeploymentName"],
            model_arn=answer["modelArn"],
            status=answer["status"],
            created_at=answer["createdAt"].isoformat(),
            description=answer.get("description") or None,
            failure_message=answer.get("failureMessage") or None,
        )


@dataclass(frozen=True)
class CustomModel:
    """A custom model as AWS describes it.

    :param status: `Creating`, `Active` or `Failed`.
    :param failure_message: AWS's reason when the status is `Failed`.
    """

    arn: str
    name: str
    status: str
    failure_message: str | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> CustomModel:
        """Read an answer of GetCustomModel. Without a status the model counts as `Active`."""
        return cls(
            arn=answer["modelArn"],
            name=answer["modelName"],
            status=answer.get("modelStatus", ACTIVE),
            failure_message=answer.get("failureMessage") or None,
        )
