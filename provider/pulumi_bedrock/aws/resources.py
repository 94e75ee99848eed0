"""Deployments and custom models as AWS describes them, and their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pulumi_bedrock.values.arns import region_in
from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind

__all__ = [
    "ACTIVE",
    "COMPLETED",
    "CREATING",
    "DELETING",
    "FAILED",
    "STOPPED",
    "STOPPING",
    "UPDATE_COMPLETED",
    "UPDATE_FAILED",
    "UPDATING",
    "CustomModel",
    "Deployment",
    "ModelUpdate",
    "Resource",
    "read_answer",
]

CREATING = "Creating"
ACTIVE = "Active"
FAILED = "Failed"
"""Statuses of a custom model and of a deployment, as botocore's service model lists them."""

DELETING = "Deleting"
"""Status of a deployment while a delete runs, as the console shows it; the service model doesn't list it."""

UPDATING = "Updating"
UPDATE_COMPLETED = "UpdateCompleted"
UPDATE_FAILED = "UpdateFailed"
"""Statuses of the newest update of a deployment's model, as botocore's service model lists them."""

COMPLETED = "Completed"
STOPPING = "Stopping"
STOPPED = "Stopped"
"""Statuses of a model customization job that is at its end, besides `Failed`."""


class Resource(Protocol):
    """What all kinds of resources have."""

    @property
    def arn(self) -> str:
        """The ARN."""

    @property
    def name(self) -> str:
        """The name, unique in account and Region among the resources of its kind."""

    @property
    def status(self) -> str:
        """`Creating`, `Active`, `Failed`, or a status that isn't known here."""

    @property
    def created_at(self) -> str:
        """ISO 8601, in UTC."""

    @property
    def failure_message(self) -> str | None:
        """AWS's reason when the status is `Failed`."""

    @property
    def region(self) -> str:
        """The Region, from the ARN."""


@dataclass(frozen=True)
class ModelUpdate:
    """The newest update of a deployment's model. AWS tells neither when it began nor why it failed.

    :param model_arn: The custom model that the update puts behind the deployment.
    :param status: `Updating`, `UpdateCompleted` or `UpdateFailed`.
    """

    model_arn: str
    status: str


@dataclass(frozen=True)
class Deployment:
    """A deployment as AWS describes it.

    :param created_at: ISO 8601, in UTC.
    :param failure_message: AWS's reason when the status is `Failed`.
    :param last_updated_at: ISO 8601, in UTC.
    :param update: None when there was no update, and in a summary.
    :param is_summary: Whether this is from a list, which shows neither description nor update.
    """

    arn: str
    name: str
    model_arn: str
    status: str
    created_at: str
    description: str | None = field(default=None, repr=False)
    failure_message: str | None = None
    last_updated_at: str | None = None
    update: ModelUpdate | None = None
    is_summary: bool = False

    @property
    def region(self) -> str:
        """The Region, from the ARN."""
        return region_in(self.arn) or ""

    @property
    def is_updating(self) -> bool:
        """Whether an update of the model is under way."""
        return self.update is not None and self.update.status == UPDATING

    @property
    def next_model_arn(self) -> str:
        """The model that the deployment serves once its running update is complete; without one, its model."""
        return self.update.model_arn if self.update and self.is_updating else self.model_arn

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Deployment:
        """Read an answer of GetCustomModelDeployment, or a summary of ListCustomModelDeployments.

        The two spell the name differently, and a summary has no description.
        """
        updated_at, details = answer.get("lastUpdatedAt"), answer.get("updateDetails")
        return cls(
            arn=answer["customModelDeploymentArn"],
            name=answer.get("modelDeploymentName") or answer["customModelDeploymentName"],
            model_arn=answer["modelArn"],
            status=answer["status"],
            created_at=answer["createdAt"].isoformat(),
            description=answer.get("description") or None,
            failure_message=answer.get("failureMessage") or None,
            last_updated_at=updated_at.isoformat() if updated_at else None,
            update=ModelUpdate(details["modelArn"], details["updateStatus"]) if details else None,
            is_summary="modelDeploymentName" not in answer,
        )


@dataclass(frozen=True)
class CustomModel:
    """A custom model as AWS describes it. AWS shows neither the artifacts that it was made of nor the role.

    :param status: `Creating`, `Active` or `Failed`.
    :param failure_message: AWS's reason when the status is `Failed`; a summary has none.
    :param base_model_arn: The model that it was made from; None when AWS doesn't say.
    :param kms_key_arn: The key that encrypts it; None for AWS's own, and in a summary.
    :param created_at: ISO 8601, in UTC.
    """

    arn: str
    name: str
    status: str
    failure_message: str | None = None
    base_model_arn: str | None = None
    created_at: str = ""
    kms_key_arn: str | None = None

    @property
    def region(self) -> str:
        """The Region, from the ARN."""
        return region_in(self.arn) or ""

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> CustomModel:
        """Read an answer of GetCustomModel, or a summary. Without a status the model counts as `Active`."""
        return cls(
            arn=answer["modelArn"],
            name=answer["modelName"],
            status=answer.get("modelStatus", ACTIVE),
            failure_message=answer.get("failureMessage") or None,
            base_model_arn=answer.get("baseModelArn") or None,
            created_at=answer["creationTime"].isoformat(),
            kms_key_arn=answer.get("modelKmsKeyArn") or None,
        )


def read_answer(kind: Kind, answer: Mapping[str, Any]) -> Any:
    """Read an answer of Get, or a summary of List."""
    return Deployment.from_answer(answer) if kind is DEPLOYMENT else CustomModel.from_answer(answer)
