"""Responses for injected errors, with any code: also codes that no service model has (expired credentials, 503)."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from moto.core.utils import get_service_model

from .faults import Fault

__all__ = ["error_of"]

# Errors that every AWS service can return, and that no service model lists.
_COMMON_STATUS = {
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InvalidSignatureException": 403,
    "OptInRequired": 403,
    "RequestTimeoutException": 408,
    "ServiceUnavailableException": 503,
    "UnrecognizedClientException": 403,
}
_MESSAGES = {
    "AccessDeniedException": "User: arn:aws:iam::123456789012:user/testing is not authorized to perform: "
    "bedrock:{operation} because no identity-based policy allows the bedrock:{operation} action",
    "ConflictException": "The resource is in use. Try again later.",
    "ExpiredTokenException": "The security token included in the request is expired",
    "InternalServerException": "An internal server error occurred. Retry your request.",
    "ModelNotReadyException": "The model is not ready for inference. Wait and try your request again.",
    "ResourceNotFoundException": "The resource was not found.",
    "ServiceQuotaExceededException": "The number of requests exceeds the service quota.",
    "ServiceUnavailableException": "The service is unavailable. Try again later.",
    "ThrottlingException": "Too many requests, please wait before trying again.",
    "TooManyTagsException": "The number of tags exceeds the limit of 50 tags per resource.",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
    "ValidationException": "The input fails to satisfy the constraints specified by the service.",
}


def error_of(fault: Fault, *, operation: str, service: str) -> tuple[int, str, str]:
    """Return the HTTP status, code and message of the response to a fault of kind ``error`` or ``throttle``."""
    code = fault.error or "ThrottlingException"
    status = fault.status or _modelled_statuses(service).get(code) or _COMMON_STATUS.get(code, 400)
    message = fault.message or _MESSAGES.get(code, f"{code}, injected as a fault").format(operation=operation)
    return status, code, message


@functools.cache
def _modelled_statuses(service: str) -> Mapping[str, int]:
    shapes = get_service_model(service).error_shapes
    return {shape.name: int(shape.metadata.get("error", {}).get("httpStatusCode", 400)) for shape in shapes}
