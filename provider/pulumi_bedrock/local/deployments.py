"""Custom model deployments, and the collection of those in one account and region."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from moto.core.common_models import BaseModel
from moto.moto_api import state_manager
from moto.moto_api._internal import mock_random
from moto.utilities.utils import get_partition

from .clock import Clock, iso
from .custom_models import ID_CHARACTERS
from .exceptions import ResourceNotFoundException
from .lifecycle import DELETION, DEPLOYMENT, Hideable, Lifecycle
from .paging import page

__all__ = ["CustomModelDeployment", "Deployments", "ModelUpdate"]


class ModelUpdate(Hideable, Lifecycle):
    """An update of a deployment's model. While it is hidden, reads show ``before``."""

    def __init__(self, before: dict[str, Any]) -> None:
        Lifecycle.__init__(self, DEPLOYMENT, [("Updating", "UpdateCompleted")])
        self.before = before


class CustomModelDeployment(Hideable, BaseModel, Lifecycle):
    """A deployment of a custom model, with its update and its deletion, if there is one."""

    def __init__(
        self,
        *,
        name: str,
        arn: str,
        model_arn: str,
        description: str | None,
        created_at: datetime,
        clock: Clock,
    ) -> None:
        Lifecycle.__init__(self, DEPLOYMENT, [("Creating", "Active")])
        self.name = name
        self.arn = arn
        self.model_arn = self.update_model_arn = model_arn
        self.description = description
        self.created_at = self.active_at = self.last_updated_at = created_at
        self._clock = clock
        self.update: ModelUpdate | None = None
        self.deletion: Lifecycle | None = None

    @property
    def shown_status(self) -> str:
        """The status the API shows; ``Deleting`` isn't in the service model, but the console shows it."""
        return self.deletion.status if self.deletion else self.status

    def make_transition(self) -> None:
        """Make the transition if it is due: to Active at the moment when it was due."""
        before = self._status
        super().make_transition()
        if (before, self._status) == ("Creating", "Active"):
            speed = state_manager.get_transition(DEPLOYMENT)
            timed = speed["progression"] == "time"
            self.become_active(self.created_at + timedelta(seconds=speed["seconds"]) if timed else None)

    def become_active(self, moment: datetime | None = None) -> None:
        """Note the moment when it became Active, which AWS shows as ``lastUpdatedAt``; now, unless given."""
        self.active_at = self.last_updated_at = self._clock.note(moment) if moment else self._clock.tick()

    def start_update(self, model_arn: str, now: datetime) -> ModelUpdate:
        """Start an update of the model; the old one serves until the new one is ready."""
        self.update = ModelUpdate(self._swapped_part())
        self.update_model_arn = model_arn
        self.last_updated_at = now
        return self.update

    def is_swap_due(self) -> bool:
        """Return whether an update is complete and the deployment still has the old model."""
        complete = self.update is not None and self.update.status == "UpdateCompleted"
        return complete and self.model_arn != self.update_model_arn

    def start_deletion(self) -> None:
        """Start the deletion."""
        self.deletion = Lifecycle(DELETION, [("Deleting", "Deleted")])

    def uses(self, model_arn: str) -> bool:
        """Return whether the deployment serves that model, or is being updated to it."""
        if self.update and self.update.status == "Updating" and model_arn == self.update_model_arn:
            return True
        return model_arn == self.model_arn

    def to_dict(self) -> dict[str, Any]:
        """Return all members of the deployment, with its update even if that is hidden."""
        answer = {
            "customModelDeploymentArn": self.arn,
            "modelDeploymentName": self.name,
            "createdAt": iso(self.created_at),
            "status": self.shown_status,
            "description": self.description,
            **self._swapped_part(),
        }
        if answer["status"] == "Failed":
            answer["failureMessage"] = self.failure_message
        return {name: value for name, value in answer.items() if value is not None}

    def to_answer(self) -> dict[str, Any]:
        """Return the response of GetCustomModelDeployment."""
        answer = self.to_dict()
        if self.update and self.update.is_stale():
            answer.update(self.update.before)
        return {name: value for name, value in answer.items() if value is not None}

    def to_summary(self) -> dict[str, Any]:
        """Return the entry for ListCustomModelDeployments, which spells the name differently and has fewer members."""
        summary = self.to_answer()
        summary["customModelDeploymentName"] = summary.pop("modelDeploymentName")
        for name in ("description", "updateDetails"):
            summary.pop(name, None)
        return summary

    def _swapped_part(self) -> dict[str, Any]:
        return {
            "modelArn": self.model_arn,
            "lastUpdatedAt": iso(self.last_updated_at),
            "updateDetails": self.update and {"modelArn": self.update_model_arn, "updateStatus": self.update.status},
        }


class Deployments:
    """The deployments of one account and region, in order of creation."""

    def __init__(self, *, region_name: str, account_id: str, clock: Clock) -> None:
        self._prefix = f"arn:{get_partition(region_name)}:bedrock:{region_name}:{account_id}"
        self._clock = clock
        self._by_name: dict[str, CustomModelDeployment] = {}
        self._changing: dict[str, CustomModelDeployment] = {}
        self.by_arn: dict[str, CustomModelDeployment] = {}

    def add(
        self,
        name: str,
        *,
        model_arn: str,
        description: str | None,
        arn: str | None = None,
        created_at: datetime | None = None,
    ) -> CustomModelDeployment:
        """Add a deployment with status ``Creating``. The name must not be taken; ARN and time are new unless given."""
        deployment_id = "".join(mock_random.choices(ID_CHARACTERS, k=12))
        deployment = CustomModelDeployment(
            name=name,
            arn=arn or f"{self._prefix}:custom-model-deployment/{deployment_id}",
            model_arn=model_arn,
            description=description,
            created_at=created_at or self._clock.tick(),
            clock=self._clock,
        )
        self.by_arn[deployment.arn] = self._by_name[name] = deployment
        return deployment

    def is_taken(self, name: str) -> bool:
        """Return whether a deployment has that name; one that is being deleted counts too."""
        self.settle()
        return name in self._by_name

    def find(self, identifier: str) -> CustomModelDeployment:
        """Return the deployment with that name or ARN. Raise ResourceNotFoundException after its deletion."""
        self.settle()
        found = self.by_arn.get(identifier) or self._by_name.get(identifier)
        if not found:
            raise not_found(identifier)
        return found

    def find_page(self, parameters: dict[str, Any]) -> tuple[list[CustomModelDeployment], str | None]:
        """Return a page of the deployments that match ListCustomModelDeployments' filters, and the next token."""
        self.settle()
        wanted = [
            deployment
            for deployment in self.by_arn.values()
            if parameters.get("nameContains", "") in deployment.name
            and parameters.get("statusEquals") in (None, deployment.shown_status)
            and parameters.get("modelArnEquals") in (None, deployment.model_arn)
            and deployment.created_at < parameters.get("createdBefore", datetime.max)
            and deployment.created_at > parameters.get("createdAfter", datetime.min)
            and not deployment.is_stale()
        ]
        return page(wanted, parameters=parameters)

    def watch(self, deployment: CustomModelDeployment) -> None:
        """Let ``settle`` complete the update or deletion of this deployment."""
        self._changing[deployment.arn] = deployment

    def settle(self) -> None:
        """Remove the deployments with a complete deletion, and update those with a complete update."""
        for arn, deployment in list(self._changing.items()):
            if deployment.deletion and deployment.deletion.status == "Deleted":
                del self.by_arn[arn], self._by_name[deployment.name], self._changing[arn]
            elif deployment.is_swap_due():
                deployment.model_arn = deployment.update_model_arn
                deployment.last_updated_at = self._clock.tick()


def not_found(identifier: str) -> ResourceNotFoundException:
    """Return the error for a deployment that doesn't exist, or is hidden from the read."""
    return ResourceNotFoundException(f"Could not find the custom model deployment {identifier}.")
