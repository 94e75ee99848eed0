"""Bedrock's control plane over HTTP: parse and check a request, call the backend, and write the response.

It extends moto's own Bedrock responses, which handle the operations that are not here (logging). Responses are
written as JSON directly: moto's serializer takes ten times as long for a page of 1,000.
"""

from __future__ import annotations

import json
from typing import Any

from moto.bedrock.responses import BedrockResponse as MotoBedrockResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

from .constraints import check
from .exceptions import ValidationException
from .models import BedrockBackend, backend_of

__all__ = ["BedrockResponse", "CheckedResponse"]


class CheckedResponse(BaseResponse):
    """A moto response that first refuses requests that violate the service model's constraints."""

    def __init__(self, service_name: str) -> None:
        super().__init__()
        self.service_name = service_name
        self.automated_parameter_parsing = True
        self.params: dict[str, Any] = {}
        self._unparsable: str | None = None

    def parse_parameters(self, request: Request) -> None:
        """Parse by the service model; a parse error becomes an error response, not an exception."""
        try:
            super().parse_parameters(request)
        except (ValueError, TypeError, AttributeError) as error:
            self.params, self._unparsable = {}, str(error)

    def call_action(self) -> TYPE_RESPONSE:
        """Check the parameters, then let moto call the operation."""
        operation = get_service_model(self.boto3_service_name).operation_model(self._get_action())
        try:
            if self._unparsable is not None:
                raise ValidationException(f"The request could not be read: {self._unparsable}")
            check(operation.input_shape, self.params)
        except ServiceException as error:
            return self.serialized(ActionResult(error))
        return super().call_action()


class BedrockResponse(CheckedResponse, MotoBedrockResponse):
    """Custom model deployments and custom models."""

    def __init__(self) -> None:
        CheckedResponse.__init__(self, "bedrock")

    @property
    def bedrock_backend(self) -> BedrockBackend:
        """The state of this request's account and region."""
        return backend_of(self.current_account, self.region)

    def call_action(self) -> TYPE_RESPONSE:
        """Call the operation, one request at a time."""
        with BedrockBackend.lock:
            return super().call_action()

    def create_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Start the create of a deployment."""
        arn = self.bedrock_backend.create_custom_model_deployment(self.params)
        return _answer({"customModelDeploymentArn": arn}, status=202)

    def get_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Return one deployment."""
        identifier = self.params["customModelDeploymentIdentifier"]
        return _answer(self.bedrock_backend.get_custom_model_deployment(identifier).to_answer())

    def list_custom_model_deployments(self) -> TYPE_RESPONSE:
        """Return a page of deployments."""
        found, token = self.bedrock_backend.deployments.find_page(self.params)
        return _page({"modelDeploymentSummaries": [deployment.to_summary() for deployment in found]}, token)

    def update_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Start the update of a deployment's model."""
        identifier, model_arn = self.params["customModelDeploymentIdentifier"], self.params["modelArn"]
        arn = self.bedrock_backend.update_custom_model_deployment(identifier, model_arn)
        return _answer({"customModelDeploymentArn": arn}, status=202)

    def delete_custom_model_deployment(self) -> TYPE_RESPONSE:
        """Start the deletion of a deployment."""
        self.bedrock_backend.delete_custom_model_deployment(self.params["customModelDeploymentIdentifier"])
        return _answer({})

    def create_custom_model(self) -> TYPE_RESPONSE:
        """Start the create of a custom model."""
        return _answer({"modelArn": self.bedrock_backend.create_custom_model(self.params)}, status=202)

    def get_custom_model(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Return one custom model."""
        return _answer(self.bedrock_backend.get_custom_model(self.params["modelIdentifier"]).to_dict())

    def list_custom_models(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Return a page of custom models."""
        found, token = self.bedrock_backend.models.find_page(self.params)
        return _page({"modelSummaries": [model.to_summary() for model in found]}, token)

    def delete_custom_model(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Delete a custom model."""
        self.bedrock_backend.delete_custom_model(self.params["modelIdentifier"])
        return _answer({})

    def create_model_customization_job(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Start a job."""
        job_arn = self.bedrock_backend.create_model_customization_job(self.params)
        return _answer({"jobArn": job_arn}, status=201)

    def get_model_customization_job(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Return one job."""
        identifier = self.params["jobIdentifier"]
        return _answer(self.bedrock_backend.get_model_customization_job(identifier).to_dict())

    def list_model_customization_jobs(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Return a page of jobs."""
        found, token = self.bedrock_backend.jobs.find_page(self.params)
        return _page({"modelCustomizationJobSummaries": [job.to_summary() for job in found]}, token)

    def stop_model_customization_job(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Stop a job."""
        self.bedrock_backend.stop_model_customization_job(self.params["jobIdentifier"])
        return _answer({})

    def tag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Add tags to a resource."""
        self.bedrock_backend.tag_resource(self.params["resourceARN"], self.params["tags"])
        return _answer({})

    def untag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Remove tags from a resource."""
        self.bedrock_backend.untag_resource(self.params["resourceARN"], self.params["tagKeys"])
        return _answer({})

    def list_tags_for_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Return a resource's tags."""
        return _answer({"tags": self.bedrock_backend.list_tags_for_resource(self.params["resourceARN"])})


def _page(content: dict[str, Any], token: str | None) -> TYPE_RESPONSE:
    return _answer({**content, "nextToken": token} if token else content)


def _answer(content: dict[str, Any], *, status: int = 200) -> TYPE_RESPONSE:
    return status, {"status": status, "Content-Type": "application/json"}, json.dumps(content)
