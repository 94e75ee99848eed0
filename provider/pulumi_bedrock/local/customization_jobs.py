"""Model customization jobs, which create a custom model when they are completed.

moto has these operations too, but its jobs never end, its models exist before the training, and its ARNs don't
match the service model. So they are implemented here, and moto's are not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.core.common_models import BaseModel
from moto.utilities.utils import get_partition

from .clock import Clock, iso
from .custom_models import BASE_MODEL, CustomModel, CustomModels, identifier_of
from .exceptions import ConflictException, ResourceNotFoundException
from .lifecycle import TRAINING, Lifecycle
from .paging import page

__all__ = ["CustomizationJob", "CustomizationJobs"]

_COMPLETED = "Completed"
_DATA = ("trainingDataConfig", "validationDataConfig", "outputDataConfig", "hyperParameters")
_BASE_MODEL_ID = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}(:[a-z0-9-]{1,63}){0,2}")


class CustomizationJob(BaseModel, Lifecycle):
    """A job; ``model`` is the custom model that it created, once it is completed."""

    def __init__(
        self,
        parameters: dict[str, Any],
        *,
        job_id: str,
        region_name: str,
        account_id: str,
        created_at: datetime,
    ) -> None:
        Lifecycle.__init__(self, TRAINING, [("InProgress", _COMPLETED)])
        base_model = parameters["baseModelIdentifier"].rpartition("/")[2]
        self.parameters = parameters
        self.name: str = parameters["jobName"]
        self.output_model_name: str = parameters["customModelName"]
        self.customization_type: str = parameters.get("customizationType", "FINE_TUNING")
        self.base_model = base_model if _BASE_MODEL_ID.fullmatch(base_model) else BASE_MODEL
        prefix = f"arn:{get_partition(region_name)}:bedrock:{region_name}"
        self.arn = f"{prefix}:{account_id}:model-customization-job/{self.base_model}/{job_id}"
        self.base_model_arn = f"{prefix}::foundation-model/{self.base_model}"
        self.created_at = self.last_modified_at = created_at
        self.ended_at: datetime | None = None
        self.model: CustomModel | None = None

    @property
    def data(self) -> dict[str, Any]:
        """Return the data and parameters of the training, as GetCustomModel shows them too."""
        return {name: self.parameters[name] for name in _DATA if name in self.parameters}

    def to_dict(self) -> dict[str, Any]:
        """Return the response of GetModelCustomizationJob."""
        status = self.status
        answer = {
            # Required in the response, though not in the request.
            "validationDataConfig": {"validators": []},
            **self.data,
            "jobArn": self.arn,
            "jobName": self.name,
            "outputModelName": self.output_model_name,
            "outputModelArn": self.model and self.model.arn,
            "clientRequestToken": self.parameters.get("clientRequestToken"),
            "roleArn": self.parameters["roleArn"],
            "status": status,
            "failureMessage": self.failure_message if status == "Failed" else None,
            "creationTime": iso(self.created_at),
            "lastModifiedTime": iso(self.last_modified_at),
            "endTime": self.ended_at and iso(self.ended_at),
            "baseModelArn": self.base_model_arn,
            "customizationType": self.customization_type,
            "vpcConfig": self.parameters.get("vpcConfig"),
            "customizationConfig": self.parameters.get("customizationConfig"),
        }
        return {name: value for name, value in answer.items() if value is not None}

    def to_summary(self) -> dict[str, Any]:
        """Return the entry for ListModelCustomizationJobs, which spells the model's members differently."""
        answer = self.to_dict()
        shared = (
            "jobArn",
            "jobName",
            "baseModelArn",
            "status",
            "creationTime",
            "lastModifiedTime",
            "endTime",
            "customizationType",
        )
        summary = {name: answer[name] for name in shared if name in answer}
        made = {"customModelArn": answer["outputModelArn"]} if self.model else {}
        return {**summary, **made, "customModelName": self.output_model_name}


class CustomizationJobs:
    """The jobs of one account and region."""

    def __init__(
        self,
        *,
        region_name: str,
        account_id: str,
        clock: Clock,
        models: CustomModels,
        tag: Callable[[str, list[dict[str, str]]], None],
    ) -> None:
        self._region_name = region_name
        self._account_id = account_id
        self._clock = clock
        self._models = models
        self._tag = tag
        self.by_arn: dict[str, CustomizationJob] = {}

    def add(self, parameters: dict[str, Any]) -> CustomizationJob:
        """Start a job. Raise ConflictException when the name of the job or of its model is taken."""
        self._require_free(parameters["jobName"], parameters["customModelName"])
        name = parameters["jobName"]
        job = CustomizationJob(
            parameters,
            job_id=identifier_of(f"{self._account_id}/{self._region_name}/job/{name}"),
            region_name=self._region_name,
            account_id=self._account_id,
            created_at=self._clock.tick(),
        )
        self._tag(job.arn, parameters.get("jobTags", []))
        self.by_arn[job.arn] = job
        return job

    def find(self, identifier: str) -> CustomizationJob:
        """Return the job with that name or ARN."""
        self.settle()
        for job in self.by_arn.values():
            if identifier in (job.arn, job.name):
                return job
        raise ResourceNotFoundException(f"Could not find the model customization job {identifier}.")

    def find_page(self, parameters: dict[str, Any]) -> tuple[list[CustomizationJob], str | None]:
        """Return a page of the jobs that match ListModelCustomizationJobs' filters, and the token of the next page."""
        self.settle()
        wanted = [
            job
            for job in self.by_arn.values()
            if parameters.get("nameContains", "") in job.name
            and parameters.get("statusEquals") in (None, job.status)
            and job.created_at < parameters.get("creationTimeBefore", datetime.max)
            and job.created_at > parameters.get("creationTimeAfter", datetime.min)
        ]
        return page(wanted, parameters=parameters)

    def stop(self, identifier: str) -> None:
        """Stop a job. Raise ConflictException when it has ended."""
        job = self.find(identifier)
        if job.status != "InProgress":
            raise ConflictException(f"The model customization job {identifier} is {job.status}. It must be InProgress.")
        job.status = "Stopped"

    def settle(self) -> None:
        """Update the jobs that have ended by now: a completed job creates its model."""
        for job in self.by_arn.values():
            if job.ended_at is None and job.status != "InProgress":
                job.ended_at = job.last_modified_at = self._clock.tick()
                if job.status == _COMPLETED:
                    details = {**job.data, "jobArn": job.arn, "jobName": job.name}
                    job.model = self._models.add(
                        job.output_model_name,
                        customization_type=job.customization_type,
                        base_model=job.base_model,
                        details=details,
                    )
                    job.model.status = "Active"
                    self._tag(job.model.arn, job.parameters.get("customModelTags", []))

    def _require_free(self, job_name: str, model_name: str) -> None:
        self.settle()
        for job in self.by_arn.values():
            if job.name == job_name:
                raise ConflictException(f"A model customization job with the name {job_name} already exists.")
            if job.output_model_name == model_name and job.ended_at is None:
                raise ConflictException(f"The job {job.arn} is making a custom model with the name {model_name}.")
        self._models.require_free(model_name)
