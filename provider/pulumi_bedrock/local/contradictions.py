"""Contradictions: the local Bedrock does the opposite of what docs/assumptions.md assumes of AWS.

Each has the identifier of the assumption, and can be switched on and off while the server runs. What a fault can do
(see ``faults``) isn't here: an error with another code, a read that lags longer, an update that stays hidden.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from moto.core.common_types import TYPE_RESPONSE

from .clock import iso
from .deployments import CustomModelDeployment
from .exceptions import (
    AccessDeniedException,
    ConflictException,
    ModelNotReadyException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    TooManyTagsException,
    ValidationException,
)
from .models import BedrockBackend, backend_of
from .responses import BedrockResponse
from .runtime import BedrockRuntimeResponse

__all__ = ["CONTRADICTIONS", "ContradictingResponse", "ContradictingRuntimeResponse", "Contradictions"]

CONTRADICTIONS = {
    "converse-absent": "Converse answers ValidationException when there is no such deployment",
    "converse-not-ready": "Converse answers ValidationException while a deployment is Creating",
    "delete-while-creating": "a Delete is accepted while the deployment is Creating",
    "deleting-shown": "Get and List show a deployment that is being deleted as Active",
    "failed-counts-towards-quota": "a deployment that is Failed counts as one in progress",
    "fifty-tags": "a deployment has at most 5 tags",
    "full-quota": "a create beyond a quota is a ValidationException",
    "foreign-arn-not-found": "the ARN of another account is an AccessDeniedException",
    "list-newest-first": "a list is sorted by creation time, oldest first",
    "list-shows-creating": "a list has no deployment that is Creating",
    "list-shows-update": "after an update, a list shows the old model",
    "one-update-at-a-time": "an update during another one is accepted",
    "refused-create-uses-no-token": "a refused create uses up its token",
    "second-delete-conflict": "a Delete during another one is accepted",
    "tags-during-update": "tags can't be changed during an update: ConflictException",
    "tags-need-permission": "a create that has tags is a ValidationException",
    "token-outlives-delete": "a token expires when its deployment is deleted",
    "token-replayed": "a used token is a ConflictException",
    "untag-unknown-key": "UntagResource with a key that the resource doesn't have is a ValidationException",
    "update-keeps-serving": "during an update the deployment is Creating, and answers nothing",
    "update-moves-last-updated": "an update doesn't move lastUpdatedAt",
    "update-needs-active": "an update is accepted while the deployment is Creating",
}
"""What the local Bedrock does when an assumption is contradicted, by the assumption's identifier."""

_FEW_TAGS = 5


class Contradictions:
    """The contradicted assumptions of this process, like all of moto's state."""

    active: ClassVar[set[str]] = set()

    @classmethod
    def add(cls, identifier: str) -> None:
        """Contradict an assumption. Raise ValueError for one that can't be contradicted here."""
        if identifier not in CONTRADICTIONS:
            raise ValueError(f"{identifier} can't be contradicted; these can: {', '.join(CONTRADICTIONS)}")
        cls.active.add(identifier)


class ContradictingResponse(BedrockResponse):
    """Bedrock's control plane, with the active contradictions."""

    def create_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of tags, tokens and quotas."""
        token, backend = self.params.get("clientRequestToken", ""), self.bedrock_backend
        key = ("deployment", token)
        arn = backend.tokens.get(key)
        if arn is not None:
            if "token-outlives-delete" in Contradictions.active and arn and not _exists(self, arn):
                del backend.tokens[key]
            elif "token-replayed" in Contradictions.active or not arn:
                raise ConflictException(f"The client request token {token} was used before.")
        self._refuse_tags(self.params.get("tags", []))
        if "failed-counts-towards-quota" in Contradictions.active:
            statuses = [each.shown_status for each in backend.deployments.by_arn.values()]
            backend.quotas.require_room(0, ("Creating" for each in statuses if each in ("Creating", "Failed")))
        try:
            return super().create_custom_model_deployment()
        except (ResourceNotFoundException, ServiceQuotaExceededException, ValidationException) as error:
            if token and "refused-create-uses-no-token" in Contradictions.active:
                backend.tokens.setdefault(key, "")
            if isinstance(error, ServiceQuotaExceededException) and "full-quota" in Contradictions.active:
                raise ValidationException(error.message) from error
            raise

    def get_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of statuses, updates and other accounts."""
        self._refuse_foreign(self.params["customModelDeploymentIdentifier"])
        return _changed(super().get_custom_model_deployment(), self._shown)

    def get_custom_model(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict what is assumed of other accounts."""
        self._refuse_foreign(self.params["modelIdentifier"])
        return super().get_custom_model()

    def list_custom_model_deployments(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of the list's order and content."""
        if "list-newest-first" in Contradictions.active:
            self.params = {"sortOrder": "Ascending", **self.params}

        def change(content: dict[str, Any]) -> dict[str, Any]:
            shown = [self._listed(summary) for summary in content["modelDeploymentSummaries"]]
            if "list-shows-creating" in Contradictions.active:
                shown = [summary for summary in shown if summary["status"] != "Creating"]
            return {**content, "modelDeploymentSummaries": shown}

        return _changed(super().list_custom_model_deployments(), change)

    def update_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict when AWS refuses an update."""
        identifier = self.params["customModelDeploymentIdentifier"]
        self._refuse_foreign(identifier)
        deployment = self.bedrock_backend.deployments.find(identifier)
        creating = deployment.shown_status == "Creating" and "update-needs-active" in Contradictions.active
        if creating or (_updating(deployment) and "one-update-at-a-time" in Contradictions.active):
            self.bedrock_backend.start_update(deployment, self.params["modelArn"])
            return 202, {"status": 202}, json.dumps({"customModelDeploymentArn": deployment.arn})
        return super().update_custom_model_deployment()

    def delete_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Contradict when AWS refuses a delete."""
        identifier = self.params["customModelDeploymentIdentifier"]
        self._refuse_foreign(identifier)
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
        self._refuse_too_many({*keys, *(tag["key"] for tag in self.params["tags"])})
        return super().tag_resource()

    def untag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict when AWS refuses to remove tags."""
        self._refuse_during_update()
        unknown = {*self.params["tagKeys"]} - self.bedrock_backend.tags_of(self.params["resourceARN"]).keys()
        if unknown and "untag-unknown-key" in Contradictions.active:
            raise ValidationException(f"The resource does not have the tag {min(unknown)}.")
        return super().untag_resource()

    def _refuse_tags(self, tags: list[dict[str, str]]) -> None:
        if tags and "tags-need-permission" in Contradictions.active:
            raise ValidationException("A create can't have tags.")
        self._refuse_too_many({tag["key"] for tag in tags})

    def _refuse_too_many(self, keys: set[str]) -> None:
        if len(keys) > _FEW_TAGS and "fifty-tags" in Contradictions.active:
            said = f"The number of tags exceeds the limit of {_FEW_TAGS} tags per resource."
            raise TooManyTagsException(said, resource_name=self.params.get("resourceARN", ""))

    def _refuse_during_update(self) -> None:
        deployment = self.bedrock_backend.deployments.by_arn.get(self.params["resourceARN"])
        if deployment and _updating(deployment) and "tags-during-update" in Contradictions.active:
            raise ConflictException("The tags can't be changed while the deployment is being updated.")

    def _refuse_foreign(self, identifier: str) -> None:
        parts = identifier.split(":")
        if "foreign-arn-not-found" in Contradictions.active and len(parts) > 5 and parts[4] != self.current_account:
            raise AccessDeniedException(f"You are not authorized to access {identifier}.")

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


def _exists(response: BedrockResponse, arn: str) -> bool:
    response.bedrock_backend.deployments.settle()
    return arn in response.bedrock_backend.deployments.by_arn


def _changed(answer: TYPE_RESPONSE, change: Callable[[dict[str, Any]], dict[str, Any]]) -> TYPE_RESPONSE:
    """Return an answer with other content."""
    if not Contradictions.active:
        return answer
    status, headers, body = answer
    return status, headers, json.dumps(change(json.loads(body)))
