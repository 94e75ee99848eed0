"""What the local Bedrock keeps: custom models and their deployments, in the shapes that the API answers with."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from moto.core.common_models import BaseModel
from moto.utilities.utils import get_partition

from .lifecycle import DELETION, DEPLOYMENT, MODEL, Lifecycle

__all__ = ["BASE_MODEL", "CustomModel", "CustomModelDeployment", "iso"]

BASE_MODEL = "amazon.nova-lite-v1:0:300k"


def iso(moment: datetime) -> str:
    """A timestamp as the API writes it, to the microsecond so that no two are equal."""
    return f"{moment.isoformat(timespec='microseconds')}Z"


class CustomModel(BaseModel, Lifecycle):
    """A custom model; ``details`` holds optional members of GetCustomModel's answer."""

    def __init__(
        self,
        *,
        model_name: str,
        model_id: str,
        region_name: str,
        account_id: str,
        created_at: datetime,
        sequence: int,
        customization_type: str,
        base_model: str = BASE_MODEL,
        details: dict[str, Any] | None = None,
    ) -> None:
        Lifecycle.__init__(self, MODEL, [("Creating", "Active")])
        self.custom_model_name = model_name
        self.created_at = created_at
        self.sequence = sequence
        self.account_id = account_id
        self.customization_type = customization_type
        self.base_model_name = base_model.split(":")[0]
        prefix = f"arn:{get_partition(region_name)}:bedrock:{region_name}"
        self.arn = f"{prefix}:{account_id}:custom-model/{base_model}/{model_id}"
        self.base_model_arn = f"{prefix}::foundation-model/{base_model}"
        self.details = details or {}

    def to_summary(self) -> dict[str, Any]:
        """One entry of ListCustomModels."""
        return {
            "modelArn": self.arn,
            "modelName": self.custom_model_name,
            "creationTime": iso(self.created_at),
            "baseModelArn": self.base_model_arn,
            "baseModelName": self.base_model_name,
            "customizationType": self.customization_type,
            "ownerAccountId": self.account_id,
            "modelStatus": self.status,
        }

    def to_dict(self) -> dict[str, Any]:
        """GetCustomModel's answer."""
        answer = {**self.details, **self.to_summary()}
        del answer["baseModelName"], answer["ownerAccountId"]
        if self.failure_message and answer["modelStatus"] == "Failed":
            answer["failureMessage"] = self.failure_message
        return answer


class CustomModelDeployment(BaseModel, Lifecycle):
    """A deployment of a custom model, with its running update and deletion."""

    def __init__(
        self,
        *,
        name: str,
        deployment_id: str,
        model_arn: str,
        description: str | None,
        region_name: str,
        account_id: str,
        created_at: datetime,
        sequence: int,
    ) -> None:
        Lifecycle.__init__(self, DEPLOYMENT, [("Creating", "Active")])
        prefix = f"arn:{get_partition(region_name)}:bedrock:{region_name}:{account_id}"
        self.arn = f"{prefix}:custom-model-deployment/{deployment_id}"
        self.name = name
        self.model_arn = model_arn
        self.description = description
        self.created_at = self.last_updated_at = created_at
        self.sequence = sequence
        self.update: Lifecycle | None = None
        self.update_model_arn = model_arn
        self.deletion: Lifecycle | None = None
        self.hidden_reads = 0
        self.hidden_until = 0.0

    @property
    def shown_status(self) -> str:
        """The status the API shows; ``Deleting`` is none of the service model's, but what the console shows."""
        return self.deletion.status if self.deletion else self.status

    def start_update(self, model_arn: str) -> Lifecycle:
        """Begin to swap the model; the old one serves until the new one is ready."""
        self.update = Lifecycle(DEPLOYMENT, [("Updating", "UpdateCompleted")])
        self.update_model_arn = model_arn
        return self.update

    def settle(self, now: datetime) -> None:
        """Take over the model of an update that is through."""
        if self.update and self.update.status == "UpdateCompleted" and self.model_arn != self.update_model_arn:
            self.model_arn = self.update_model_arn
            self.last_updated_at = now

    def hide(self, *, reads: int, seconds: float) -> None:
        """Let the next reads, or those of the next seconds, miss the deployment."""
        self.hidden_reads = reads
        self.hidden_until = time.monotonic() + seconds

    def is_stale(self) -> bool:
        """Whether this read comes too early to see the deployment; counts the read."""
        if self.hidden_reads > 0:
            self.hidden_reads -= 1
            return True
        return time.monotonic() < self.hidden_until

    def to_summary(self) -> dict[str, Any]:
        """One entry of ListCustomModelDeployments, which spells the name differently."""
        summary = self.to_dict()
        summary["customModelDeploymentName"] = summary.pop("modelDeploymentName")
        for name in ("description", "updateDetails"):
            summary.pop(name, None)
        return summary

    def to_dict(self) -> dict[str, Any]:
        """GetCustomModelDeployment's answer."""
        answer: dict[str, Any] = {
            "customModelDeploymentArn": self.arn,
            "modelDeploymentName": self.name,
            "modelArn": self.model_arn,
            "createdAt": iso(self.created_at),
            "status": self.shown_status,
            "lastUpdatedAt": iso(self.last_updated_at),
        }
        if self.description is not None:
            answer["description"] = self.description
        if self.update:
            answer["updateDetails"] = {"modelArn": self.update_model_arn, "updateStatus": self.update.status}
        if self.failure_message and answer["status"] == "Failed":
            answer["failureMessage"] = self.failure_message
        return answer
