"""The state of one account and region, and the rules between its custom models, deployments and tags.

It extends moto's own Bedrock backend, whose logging configuration and tags it keeps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from moto.bedrock.models import BedrockBackend as MotoBedrockBackend
from moto.core.base_backend import BackendDict

from .artifacts import missing_artifacts, unusable_role
from .clock import Clock
from .custom_models import IMPORTED, IMPORTED_BASE_MODEL, CustomModel, CustomModels, model_not_found
from .customization_jobs import CustomizationJob, CustomizationJobs
from .deployments import CustomModelDeployment, Deployments, not_found
from .exceptions import ConflictException, ResourceNotFoundException, ValidationException
from .lifecycle import Lifecycle
from .quotas import MODEL_QUOTAS, Quotas
from .tagging import check_keys, merged

__all__ = ["BedrockBackend", "backend_of", "bedrock_backends"]


class BedrockBackend(MotoBedrockBackend):
    """Custom models and their deployments. Callers hold ``lock``: the server answers in many threads."""

    # On the class, because moto's reset empties the instance while requests may still run.
    lock: ClassVar[Any] = threading.RLock()
    initial_quotas: ClassVar[Quotas] = Quotas()
    quotas: ClassVar[Quotas] = Quotas()
    model_quotas: ClassVar[Quotas] = MODEL_QUOTAS
    # Called with the operation, the started create, update or job, and the region: a fault may change how it ends.
    on_started: ClassVar[Callable[[str, Lifecycle, str], None] | None] = None

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        clock = Clock()
        self._models = CustomModels(region_name=region_name, account_id=account_id, clock=clock)
        self.jobs = CustomizationJobs(
            region_name=region_name, account_id=account_id, clock=clock, models=self._models, tag=self._tag
        )
        self.deployments = Deployments(region_name=region_name, account_id=account_id, clock=clock)
        self._clock = clock
        self.tokens: dict[tuple[str, str], str] = {}

    def reset(self) -> None:
        """Delete everything, for moto's reset."""
        with self.lock:
            super().reset()

    @property
    def models(self) -> CustomModels:
        """The custom models, with those of the jobs that are completed by now."""
        self.jobs.settle()
        self._models.settle()
        return self._models

    def create_custom_model_deployment(self, parameters: dict[str, Any]) -> str:
        """Create a deployment and return its ARN; for a repeated token, return the ARN of the first create."""
        token = ("deployment", parameters.get("clientRequestToken", ""))
        if token in self.tokens:
            return self.tokens[token]
        name = parameters["modelDeploymentName"]
        tags = merged({}, parameters.get("tags", []), resource_name=name)
        if self.deployments.is_taken(name):
            raise ValidationException(f"The model deployment name {name} is already in use in this account and Region.")
        self._require_active_model(parameters["modelArn"])
        existing = self.deployments.by_arn.values()
        self.quotas.require_room(len(existing), (deployment.shown_status for deployment in existing))
        deployment = self.deployments.add(
            name, model_arn=parameters["modelArn"], description=parameters.get("description")
        )
        self._set_tags(deployment.arn, tags)
        self._started("CreateCustomModelDeployment", deployment)
        deployment.make_transition()
        self._remember(token, deployment.arn)
        return deployment.arn

    def restore_deployment(self, shown: Mapping[str, Any]) -> None:
        """Restore a deployment that the control path returned, perhaps in another process."""
        name, arn = shown["modelDeploymentName"], shown["customModelDeploymentArn"]
        if self.deployments.is_taken(name) or arn in self.deployments.by_arn:
            raise ValidationException(f"The model deployment {name} exists already in this account and Region.")
        deployment = self.deployments.add(
            name,
            model_arn=shown["modelArn"],
            description=shown.get("description"),
            arn=arn,
            created_at=datetime.fromisoformat(shown["createdAt"].removesuffix("Z")),
        )
        self._set_tags(arn, shown.get("tags", {}))
        self.set_status(deployment.arn, shown["status"], failure_message=shown.get("failureMessage"))
        deployment.last_updated_at = datetime.fromisoformat(shown["lastUpdatedAt"].removesuffix("Z"))

    def get_custom_model_deployment(self, identifier: str) -> CustomModelDeployment:
        """Return the deployment with that name or ARN, unless it is hidden from this read."""
        deployment = self.deployments.find(identifier)
        if deployment.is_stale():
            raise not_found(identifier)
        deployment.advance()
        return deployment

    def update_custom_model_deployment(self, identifier: str, model_arn: str) -> str:
        """Start an update of the deployment's model."""
        deployment = self.deployments.find(identifier)
        if deployment.shown_status != "Active":
            raise ValidationException(
                f"The custom model deployment {identifier} is {deployment.shown_status}. It must be Active."
            )
        if deployment.update and deployment.update.status == "Updating":
            raise ValidationException(f"An update of the custom model deployment {identifier} is in progress.")
        self.start_update(deployment, model_arn)
        return deployment.arn

    def start_update(self, deployment: CustomModelDeployment, model_arn: str) -> None:
        """Start an update, whatever the deployment's status is."""
        self._require_active_model(model_arn)
        self._started("UpdateCustomModelDeployment", deployment.start_update(model_arn, self._clock.tick()))
        self.deployments.watch(deployment)

    def delete_custom_model_deployment(self, identifier: str) -> None:
        """Start the deletion; when it is complete, the name is free."""
        deployment = self.deployments.find(identifier)
        if deployment.deletion:
            raise ConflictException(f"The custom model deployment {identifier} is already being deleted.")
        if deployment.status == "Creating":
            raise ValidationException("Custom model deployment is in a mutating state")
        self.start_deletion(deployment)

    def start_deletion(self, deployment: CustomModelDeployment) -> None:
        """Start the deletion, whatever the deployment's status is."""
        deployment.start_deletion()
        self.deployments.watch(deployment)

    def create_custom_model(self, parameters: dict[str, Any], *, role_fails_later: bool = False) -> str:
        """Create a custom model and return its ARN; a repeated token works as above.

        Missing artifacts let the create fail later. So does an unusable role if ``role_fails_later``.
        """
        token = ("model", parameters.get("clientRequestToken", ""))
        if token in self.tokens:
            return self.tokens[token]
        name = parameters["modelName"]
        if ("modelSourceConfig" in parameters) == ("customModelDataSource" in parameters):
            raise ValidationException("Specify either modelSourceConfig or customModelDataSource, but not both.")
        if "modelSourceConfig" in parameters and "roleArn" not in parameters:
            raise ValidationException("roleArn is required when modelSourceConfig is used.")
        tags = merged({}, parameters.get("modelTags", []), resource_name=name)
        self.models.require_free(name)
        existing = self.models.by_arn.values()
        self.model_quotas.require_room(len(existing), (model.status for model in existing))
        problem = unusable_role(parameters, self.account_id)
        if problem and not role_fails_later:
            raise ValidationException(problem)
        details = {key: parameters[key] for key in ("modelKmsKeyArn",) if key in parameters}
        model = self.models.add(name, customization_type=IMPORTED, base_model=IMPORTED_BASE_MODEL, details=details)
        self._set_tags(model.arn, tags)
        problem = problem or missing_artifacts(parameters)
        if problem:
            model.fail_next(problem)
        self._started("CreateCustomModel", model)
        self._remember(token, model.arn)
        return model.arn

    def get_custom_model(self, model_identifier: str) -> CustomModel:  # type: ignore[override]
        """Return the custom model of that name or ARN, unless it is hidden from this read."""
        model = self.models.find(model_identifier)
        if model.is_stale():
            raise model_not_found(model_identifier)
        model.advance()
        return model

    def delete_custom_model(self, model_identifier: str, *, creating: bool = False, slowly: bool = False) -> None:
        """Delete a custom model that no deployment uses; with ``creating`` also one that is still Creating.

        It is gone at once, or ``slowly``: after the time that a deployment's deletion takes.
        """
        model = self.models.find(model_identifier)
        if model.deletion:
            raise ConflictException(f"The custom model {model_identifier} is already being deleted.")
        if model.status == "Creating" and not creating:
            raise ValidationException("Custom model is in a mutating state")
        self.deployments.settle()
        for deployment in self.deployments.by_arn.values():
            if deployment.uses(model.arn):
                raise ConflictException(
                    f"The custom model {model_identifier} is used by the deployment {deployment.arn}."
                )
        if slowly:
            model.start_deletion()
        else:
            self.models.remove(model)

    def create_model_customization_job(self, parameters: dict[str, Any]) -> str:  # type: ignore[override]
        """Start a job that creates a custom model, and return the job's ARN; a repeated token works as above."""
        token = ("job", parameters.get("clientRequestToken", ""))
        if token in self.tokens:
            return self.tokens[token]
        job = self.jobs.add(parameters)
        self._started("CreateModelCustomizationJob", job)
        self._remember(token, job.arn)
        return job.arn

    def get_model_customization_job(self, job_identifier: str) -> CustomizationJob:  # type: ignore[override]
        """Return the job with that name or ARN."""
        job = self.jobs.find(job_identifier)
        job.advance()
        self.jobs.settle()
        return job

    def stop_model_customization_job(self, job_identifier: str) -> None:
        """Stop a job that is InProgress."""
        self.jobs.stop(job_identifier)

    def set_status(self, arn: str, status: str, *, failure_message: str | None = None) -> None:
        """Set the status of a deployment, model or job, without later transitions. A running deletion is cancelled."""
        resource: CustomModel | CustomModelDeployment | CustomizationJob
        if arn in self.models.by_arn:
            resource = self.models.by_arn[arn]
        elif arn in self.jobs.by_arn:
            resource = self.jobs.by_arn[arn]
        else:
            resource = self.deployments.find(arn)
            resource.deletion = None
            if (resource.status, status) == ("Creating", "Active"):
                resource.become_active()
        resource.status = status
        resource.failure_message = failure_message

    def set_update_status(self, arn: str, update_status: str) -> None:
        """Set the status of a deployment's newest update, to stay."""
        update = self.deployments.find(arn).update
        if update is None:
            raise ValueError(f"{arn} has no update")
        if update_status not in ("Updating", "UpdateCompleted", "UpdateFailed"):
            raise ValueError(f"updateStatus must be Updating, UpdateCompleted or UpdateFailed, not {update_status!r}")
        update.status = update_status
        self.deployments.settle()

    def settle(self) -> None:
        """Make all transitions that are due: moto makes them only on a read, with the durations set at that time."""
        for resource in [*self.models.by_arn.values(), *self.deployments.by_arn.values()]:
            resource.make_transition()
        self.deployments.settle()

    def tag_resource(self, resource_arn: str, tags: list[dict[str, str]]) -> None:
        """Add tags to a resource, or overwrite those with the same keys."""
        if self._is_ours(resource_arn):
            self._set_tags(resource_arn, merged(self.tags_of(resource_arn), tags, resource_name=resource_arn))
        else:
            super().tag_resource(resource_arn, tags)

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a resource; a key that it doesn't have is no error."""
        if self._is_ours(resource_arn):
            check_keys(tag_keys)
        super().untag_resource(resource_arn, tag_keys)

    def list_tags_for_resource(self, resource_arn: str) -> list[dict[str, str]]:
        """Return a resource's tags as the API lists them."""
        self._is_ours(resource_arn)
        return super().list_tags_for_resource(resource_arn)

    def tags_of(self, resource_arn: str) -> dict[str, str]:
        """Return a resource's tags as a mapping."""
        return self.tagger.get_tag_dict_for_resource(resource_arn)

    def exists(self, arn: str) -> bool:
        """Return whether a deployment, custom model or job has that ARN."""
        return arn in self._list_arns()

    def _is_ours(self, resource_arn: str) -> bool:
        arns = self._list_arns()
        if resource_arn not in arns:
            raise ResourceNotFoundException(f"Could not find the resource {resource_arn}.")
        return any(resource_arn in each.by_arn for each in (self.deployments, self.models, self.jobs))

    def _list_arns(self) -> list[str]:
        self.deployments.settle()
        return [*super()._list_arns(), *self.deployments.by_arn, *self.models.by_arn, *self.jobs.by_arn]

    def _tag(self, resource_arn: str, tags: list[dict[str, str]]) -> None:
        self._set_tags(resource_arn, merged({}, tags, resource_name=resource_arn))

    def _set_tags(self, resource_arn: str, tags: dict[str, str]) -> None:
        self.tagger.tag_resource(resource_arn, [{"Key": key, "Value": value} for key, value in tags.items()])

    def _require_active_model(self, model_arn: str) -> None:
        model = self.models.by_arn.get(model_arn)
        if model is None:
            raise ResourceNotFoundException(f"Could not find the custom model {model_arn}.")
        if model.status != "Active":
            raise ValidationException(f"The custom model {model_arn} is {model.status}. It must be Active.")

    def _started(self, operation: str, started: Lifecycle) -> None:
        hook = type(self).on_started
        if hook:
            hook(operation, started, self.region_name)

    def _remember(self, token: tuple[str, str], arn: str) -> None:
        if token[1]:
            self.tokens[token] = arn


bedrock_backends = BackendDict(BedrockBackend, "bedrock")


def backend_of(account_id: str, region: str) -> BedrockBackend:
    """Return the state of an account and region. Raise ValidationException for a region without Bedrock."""
    backends = bedrock_backends[account_id]
    if region not in backends:
        raise ValidationException(f"Amazon Bedrock is not in the Region {region}.")
    return backends[region]
