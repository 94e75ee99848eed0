"""The responses of the local Bedrock, with the active contradictions."""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_types import TYPE_RESPONSE

from .clock import iso
from .contradicting_creates import changed_answer
from .contradicting_models import ContradictingModels
from .contradictions import Contradictions
from .deployments import CustomModelDeployment
from .exceptions import (
    ConflictException,
    ModelNotReadyException,
    ResourceNotFoundException,
    ValidationException,
)
from .models import BedrockBackend, backend_of
from .runtime import BedrockRuntimeResponse

__all__ = ["ContradictingResponse", "ContradictingRuntimeResponse"]


class ContradictingResponse(ContradictingModels):
    """Bedrock's control plane, with the active contradictions."""

    def create_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of tags, tokens and quotas."""
        return self.contradict_create("deployment", self._create_deployment, tags=self.params.get("tags", []))

    def get_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of statuses, updates and other accounts."""
        self.refuse_foreign(self.params["customModelDeploymentIdentifier"])
        return changed_answer(super().get_custom_model_deployment(), self._shown)

    def list_custom_model_deployments(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of the list's order and content."""
        return self.contradict_list(
            super().list_custom_model_deployments,
            member="modelDeploymentSummaries",
            status="status",
            change=self._listed,
        )

    def update_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict when AWS refuses an update."""
        identifier = self.params["customModelDeploymentIdentifier"]
        self.refuse_foreign(identifier)
        deployment = self.bedrock_backend.deployments.find(identifier)
        creating = deployment.shown_status == "Creating" and "update-needs-active" in Contradictions.active
        if creating or (_updating(deployment) and "one-update-at-a-time" in Contradictions.active):
            self.bedrock_backend.start_update(deployment, self.params["modelArn"])
            return 202, {"status": 202}, json.dumps({"customModelDeploymentArn": deployment.arn})
        return super().update_custom_model_deployment()

    def delete_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict when AWS refuses a delete."""
        identifier = self.params["customModelDeploymentIdentifier"]
        self.refuse_foreign(identifier)
        deployment = self.bedrock_backend.deployments.find(identifier)
        if deployment.shown_status == "Creating" and "delete-while-creating" in Contradictions.active:
            self.bedrock_backend.start_deletion(deployment)
            return 200, {"status": 200}, "{}"
        if deployment.deletion and "second-delete-conflict" in Contradictions.active:
            return 200, {"status": 200}, "{}"
        return super().delete_custom_model_deployment()

    def tag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict when AWS refuses tags."""
        self._refuse_during_update()
        keys = {*self.bedrock_backend.tags_of(self.params["resourceARN"])}
        self.refuse_too_many({*keys, *(tag["key"] for tag in self.params["tags"])})
        return super().tag_resource()

    def untag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict when AWS refuses to remove tags."""
        self._refuse_during_update()
        unknown = {*self.params["tagKeys"]} - self.bedrock_backend.tags_of(self.params["resourceARN"]).keys()
        if unknown and "untag-unknown-key" in Contradictions.active:
            raise ValidationException(f"The resource does not have the tag {min(unknown)}.")
        return super().untag_resource()

    def _create_deployment(self) -> TYPE_RESPONSE:
        if "failed-counts-towards-quota" in Contradictions.active:
            backend = self.bedrock_backend
            statuses = [each.shown_status for each in backend.deployments.by_arn.values()]
            backend.quotas.require_room(0, ("Creating" for each in statuses if each in ("Creating", "Failed")))
        return super().create_custom_model_deployment()

    def _refuse_during_update(self) -> None:
        deployment = self.bedrock_backend.deployments.by_arn.get(self.params["resourceARN"])
        if deployment and _updating(deployment) and "tags-during-update" in Contradictions.active:
            raise ConflictException("The tags can't be changed while the deployment is being updated.")

    def _shown(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return what Get and List show, contradicted."""
        content = dict(content)
        deployment = self.bedrock_backend.deployments.by_arn[content["customModelDeploymentArn"]]
        if content["status"] == "Deleting" and "deleting-shown" in Contradictions.active:
            content["status"] = "Active"
        if _updating(deployment) and "update-keeps-serving" in Contradictions.active:
            content["status"] = "Creating"
        if "update-moves-last-updated" in Contradictions.active:
            content["lastUpdatedAt"] = iso(deployment.active_at)
        return content

    def _listed(self, summary: dict[str, Any]) -> dict[str, Any]:
        content = self._shown(summary)
        deployment = self.bedrock_backend.deployments.by_arn[content["customModelDeploymentArn"]]
        if deployment.update and "list-shows-update" in Contradictions.active:
            before = deployment.update.before
            content.update({key: before[key] for key in ("modelArn", "lastUpdatedAt")})
        return content


class ContradictingRuntimeResponse(BedrockRuntimeResponse):
    """Inference, with the active contradictions."""

    def converse(self) -> TYPE_RESPONSE:
        """Contradict how Converse refuses."""
        try:
            if "update-keeps-serving" in Contradictions.active and self._is_updating():
                raise ModelNotReadyException("The model is being updated. Wait and try your request again.")
            return super().converse()
        except ModelNotReadyException as error:
            self._contradict("converse-not-ready", error)
            raise
        except ResourceNotFoundException as error:
            self._contradict("converse-absent", error)
            raise

    def _is_updating(self) -> bool:
        with BedrockBackend.lock:
            found = backend_of(self.current_account, self.region).deployments.by_arn.get(self.params["modelId"])
            return found is not None and _updating(found)

    @staticmethod
    def _contradict(identifier: str, error: ModelNotReadyException | ResourceNotFoundException) -> None:
        if identifier in Contradictions.active:
            raise ValidationException(error.message) from error


def _updating(deployment: CustomModelDeployment) -> bool:
    return deployment.update is not None and deployment.update.status == "Updating"
