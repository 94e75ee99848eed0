"""The state of one account and region: custom models, deployments, their tags and the rules between them.

An extension of moto's own Bedrock backend, so that its customization jobs, logging configuration and tags go on
working; a model that such a job makes becomes one of ours, with a lawful ARN.
"""

from __future__ import annotations

import hashlib
import re
import string
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from moto.bedrock.models import BedrockBackend as MotoBedrockBackend
from moto.core.base_backend import BackendDict
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from .exceptions import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from .lifecycle import DELETION, Lifecycle
from .paging import page
from .resources import BASE_MODEL, CustomModel, CustomModelDeployment
from .tagging import check_keys, merged

__all__ = ["BedrockBackend", "bedrock_backends"]

_ID_CHARACTERS = string.ascii_lowercase + string.digits
_LAWFUL_BASE_MODEL = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}(:[a-z0-9-]{1,63}){0,2}")


class BedrockBackend(MotoBedrockBackend):
    """Custom models and their deployments. Every caller holds ``lock``, as the server answers in many threads."""

    # One lock for all, and on the class: moto's reset empties the instance while requests may still run.
    lock: ClassVar[threading.RLock] = threading.RLock()  # type: ignore[valid-type]
    deployment_quota: ClassVar[int | None] = None
    # Called with the operation, what it began, and the region: where faults decide how it will end.
    on_started: ClassVar[Callable[[str, Lifecycle, str], None] | None] = None

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.deployments: dict[str, CustomModelDeployment] = {}
        self.models: dict[str, CustomModel] = {}
        self.tokens: dict[tuple[str, str], str] = {}
        self._models_made: Counter[str] = Counter()
        self._sequence = 0
        self._last_moment = datetime.min

    def reset(self) -> None:
        """Forget everything, as moto's reset asks."""
        with self.lock:
            super().reset()

    # Deployments

    def create_custom_model_deployment(self, parameters: dict[str, Any]) -> str:
        """Make a deployment and return its ARN; a token that made one before makes nothing, and returns that one's."""
        token = parameters.get("clientRequestToken")
        if token and ("deployment", token) in self.tokens:
            return self.tokens["deployment", token]
        name, model_arn = parameters["modelDeploymentName"], parameters["modelArn"]
        tags = merged({}, parameters.get("tags", []), resource_name=name)
        if self._deployment_named(name):
            raise ValidationException(
                f"The model deployment name {name} is already in use in this account and Region. Choose another name."
            )
        self._require_active_model(model_arn)
        if self.deployment_quota is not None and len(self.deployments) >= self.deployment_quota:
            raise ServiceQuotaExceededException(
                f"You have reached the limit of {self.deployment_quota} custom model deployments in this Region. "
                "Request an increase in the Service Quotas console."
            )
        moment = self._next_moment()
        deployment = CustomModelDeployment(
            name=name,
            deployment_id=self._new_id(),
            model_arn=model_arn,
            description=parameters.get("description"),
            region_name=self.region_name,
            account_id=self.account_id,
            created_at=moment,
            sequence=self._sequence,
        )
        self.deployments[deployment.arn] = deployment
        self._set_tags(deployment.arn, tags)
        self._started("CreateCustomModelDeployment", deployment)
        if token:
            self.tokens["deployment", token] = deployment.arn
        return deployment.arn

    def find_deployment(self, identifier: str) -> CustomModelDeployment:
        """Return the deployment of that name or ARN; one whose deletion is through is gone."""
        self.settle()
        found = self.deployments.get(identifier) or self._deployment_named(identifier)
        if not found:
            raise ResourceNotFoundException(f"Could not find the custom model deployment {identifier}.")
        return found

    def get_custom_model_deployment(self, identifier: str) -> CustomModelDeployment:
        """As ``find_deployment``, but as a read of the API: it may be stale, and moto counts it."""
        deployment = self.find_deployment(identifier)
        if deployment.is_stale():
            raise ResourceNotFoundException(f"Could not find the custom model deployment {identifier}.")
        deployment.advance()
        return deployment

    def list_custom_model_deployments(
        self, parameters: dict[str, Any]
    ) -> tuple[list[CustomModelDeployment], str | None]:
        """Return the page of deployments that pass every filter, newest first unless asked otherwise."""
        self.settle()
        wanted = [
            deployment
            for deployment in self.deployments.values()
            if parameters.get("nameContains", "") in deployment.name
            and parameters.get("statusEquals") in (None, deployment.shown_status)
            and parameters.get("modelArnEquals") in (None, deployment.model_arn)
            and deployment.created_at < parameters.get("createdBefore", datetime.max)
            and deployment.created_at > parameters.get("createdAfter", datetime.min)
            and not deployment.is_stale()
        ]
        return page(wanted, position=lambda deployment: deployment.sequence, parameters=parameters)

    def update_custom_model_deployment(self, identifier: str, model_arn: str) -> CustomModelDeployment:
        """Start to swap the deployment's model."""
        deployment = self.find_deployment(identifier)
        if deployment.shown_status != "Active":
            raise ValidationException(
                f"The custom model deployment {identifier} is {deployment.shown_status}; it must be Active to be updated."
            )
        if deployment.update and deployment.update.status == "Updating":
            raise ValidationException(f"An update of the custom model deployment {identifier} is in progress.")
        self._require_active_model(model_arn)
        self._started("UpdateCustomModelDeployment", deployment.start_update(model_arn))
        deployment.last_updated_at = self._next_moment()
        return deployment

    def delete_custom_model_deployment(self, identifier: str) -> None:
        """Start the deletion; the name is free when it is through."""
        deployment = self.find_deployment(identifier)
        if deployment.deletion:
            raise ConflictException(f"The custom model deployment {identifier} is already being deleted.")
        deployment.deletion = Lifecycle(DELETION, [("Deleting", "Deleted")])

    def set_status(self, arn: str, status: str, *, failure_message: str | None = None) -> None:
        """Set the status of a deployment or a custom model by hand; it stays. A running deletion is called off."""
        resource: CustomModel | CustomModelDeployment
        if arn in self.models:
            resource = self.models[arn]
        else:
            resource = self.find_deployment(arn)
            resource.deletion = None
        resource.status = status
        resource.failure_message = failure_message

    def settle(self) -> None:
        """Carry out what has become due: deletions that are through, updates that are complete."""
        for deployment in list(self.deployments.values()):
            if deployment.deletion and deployment.deletion.status == "Deleted":
                del self.deployments[deployment.arn]
                self.tagger.delete_all_tags_for_resource(deployment.arn)
            elif deployment.update:
                deployment.settle(utcnow())

    # Custom models

    def create_custom_model(self, parameters: dict[str, Any]) -> str:
        """Make a custom model and return its ARN, with the same rule for tokens."""
        token = parameters.get("clientRequestToken")
        if token and ("model", token) in self.tokens:
            return self.tokens["model", token]
        name = parameters["modelName"]
        if ("modelSourceConfig" in parameters) == ("customModelDataSource" in parameters):
            raise ValidationException("Specify either modelSourceConfig or customModelDataSource, but not both.")
        if "modelSourceConfig" in parameters and "roleArn" not in parameters:
            raise ValidationException("roleArn is required when modelSourceConfig is used.")
        tags = merged({}, parameters.get("modelTags", []), resource_name=name)
        details = {"modelKmsKeyArn": parameters["modelKmsKeyArn"]} if "modelKmsKeyArn" in parameters else {}
        model = self.add_model(name, customization_type="IMPORTED", details=details)
        self._set_tags(model.arn, tags)
        self._started("CreateCustomModel", model)
        if token:
            self.tokens["model", token] = model.arn
        return model.arn

    def add_model(
        self,
        name: str,
        *,
        customization_type: str,
        base_model: str = BASE_MODEL,
        details: dict[str, Any] | None = None,
    ) -> CustomModel:
        """Add a custom model, whose ID follows from account, region, name, and how many had that name before."""
        if any(model.custom_model_name == name for model in self.models.values()):
            raise ConflictException(f"A custom model with the name {name} already exists.")
        moment = self._next_moment()
        self._models_made[name] += 1
        seed = f"{self.account_id}/{self.region_name}/{name}/{self._models_made[name]}"
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
        model_id = "".join(_ID_CHARACTERS[number // 36**place % 36] for place in range(12))
        model = CustomModel(
            model_name=name,
            model_id=model_id,
            region_name=self.region_name,
            account_id=self.account_id,
            created_at=moment,
            sequence=self._sequence,
            customization_type=customization_type,
            base_model=base_model,
            details=details,
        )
        self.models[model.arn] = model
        return model

    def get_custom_model(self, model_identifier: str) -> CustomModel:
        """Return the custom model of that name or ARN."""
        for model in self.models.values():
            if model_identifier in (model.arn, model.custom_model_name):
                model.advance()
                return model
        raise ResourceNotFoundException(f"Could not find the custom model {model_identifier}.")

    def list_custom_models(self, parameters: dict[str, Any]) -> tuple[list[CustomModel], str | None]:
        """Return the page of custom models that pass every filter, newest first unless asked otherwise."""
        base_models = (parameters.get("baseModelArnEquals"), parameters.get("foundationModelArnEquals"))
        wanted = [
            model
            for model in self.models.values()
            if parameters.get("nameContains", "") in model.custom_model_name
            and parameters.get("modelStatus") in (None, model.status)
            and all(arn in (None, model.base_model_arn) for arn in base_models)
            and model.created_at < parameters.get("creationTimeBefore", datetime.max)
            and model.created_at > parameters.get("creationTimeAfter", datetime.min)
            and parameters.get("isOwned") is not False
        ]
        return page(wanted, position=lambda model: model.sequence, parameters=parameters)

    def delete_custom_model(self, model_identifier: str) -> None:
        """Delete a custom model that no deployment uses."""
        model = self.get_custom_model(model_identifier)
        self.settle()
        for deployment in self.deployments.values():
            if model.arn in (deployment.model_arn, deployment.update_model_arn):
                raise ConflictException(
                    f"The custom model {model_identifier} is used by the custom model deployment {deployment.arn}."
                )
        del self.models[model.arn]
        self.tagger.delete_all_tags_for_resource(model.arn)

    def create_model_customization_job(self, custom_model_name: str, **job: Any) -> str:  # type: ignore[override]
        """Let moto run its job, and take over the custom model that comes of it."""
        if any(model.custom_model_name == custom_model_name for model in self.models.values()):
            raise ConflictException(f"A custom model with the name {custom_model_name} already exists.")
        tags = merged({}, job.get("custom_model_tags") or [], resource_name=custom_model_name)
        job_arn = super().create_model_customization_job(custom_model_name=custom_model_name, **job)
        made = self.custom_models.pop(custom_model_name).to_dict()
        base_model = str(job["base_model_identifier"]).split("/")[-1]
        model = self.add_model(
            custom_model_name,
            customization_type=made.get("customizationType", "FINE_TUNING"),
            base_model=base_model if _LAWFUL_BASE_MODEL.fullmatch(base_model) else BASE_MODEL,
            details={name: value for name, value in made.items() if name not in ("modelKmsKeyArn",)},
        )
        self._set_tags(model.arn, tags)
        return job_arn

    # Tags

    def tag_resource(self, resource_arn: str, tags: list[dict[str, str]]) -> None:
        """Put tags over a resource's own."""
        self._require_resource(resource_arn)
        if resource_arn in self.deployments or resource_arn in self.models:
            self._set_tags(resource_arn, merged(self.tags_of(resource_arn), tags, resource_name=resource_arn))
        else:
            super().tag_resource(resource_arn, tags)

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take tags off a resource; those it doesn't have are no error."""
        self._require_resource(resource_arn)
        check_keys(tag_keys)
        super().untag_resource(resource_arn, tag_keys)

    def list_tags_for_resource(self, resource_arn: str) -> list[dict[str, str]]:
        """A resource's tags, as the API lists them."""
        self._require_resource(resource_arn)
        return super().list_tags_for_resource(resource_arn)

    def tags_of(self, resource_arn: str) -> dict[str, str]:
        """A resource's tags."""
        return self.tagger.get_tag_dict_for_resource(resource_arn)

    def _list_arns(self) -> list[str]:
        self.settle()
        return [*super()._list_arns(), *self.deployments, *self.models]

    def _require_resource(self, resource_arn: str) -> None:
        if resource_arn not in self._list_arns():
            raise ResourceNotFoundException(f"Could not find the resource {resource_arn}.")

    def _set_tags(self, resource_arn: str, tags: dict[str, str]) -> None:
        self.tagger.tag_resource(resource_arn, [{"Key": key, "Value": value} for key, value in tags.items()])

    # Names, models, clock

    def _deployment_named(self, name: str) -> CustomModelDeployment | None:
        self.settle()
        return next((item for item in self.deployments.values() if item.name == name), None)

    def _require_active_model(self, model_arn: str) -> None:
        model = self.models.get(model_arn)
        if model is None:
            raise ResourceNotFoundException(f"Could not find the custom model {model_arn}.")
        if model.status != "Active":
            raise ValidationException(
                f"The custom model {model_arn} is in the {model.status} state. It must be Active to be deployed."
            )

    def _started(self, operation: str, started: Lifecycle) -> None:
        hook = type(self).on_started
        if hook:
            hook(operation, started, self.region_name)

    def _new_id(self) -> str:
        return "".join(mock_random.choices(_ID_CHARACTERS, k=12))

    def _next_moment(self) -> datetime:
        """The time, a microsecond after the last one at least, so that the order of creation is never in doubt."""
        self._sequence += 1
        self._last_moment = max(utcnow(), self._last_moment + timedelta(microseconds=1))
        return self._last_moment


bedrock_backends = BackendDict(BedrockBackend, "bedrock")
