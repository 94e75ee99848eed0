"""The errors of Bedrock's service model that the local Bedrock raises itself.

A class name is the error's code: moto looks the code up in botocore's service model, which holds the HTTP
status. Any other error can be injected as a fault (see ``faults``).
"""

from __future__ import annotations

from moto.core.exceptions import ServiceException

__all__ = [
    "AccessDeniedException",
    "ConflictException",
    "ModelNotReadyException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "TooManyTagsException",
    "ValidationException",
]


class AccessDeniedException(ServiceException):
    """The identity may not call the operation for this resource."""

    code = "AccessDeniedException"


class ConflictException(ServiceException):
    """The resource is in use or being deleted, or its name is taken."""

    code = "ConflictException"


class ModelNotReadyException(ServiceException):
    """The deployment can't answer prompts yet."""

    code = "ModelNotReadyException"


class ResourceNotFoundException(ServiceException):
    """No resource with that name or ARN exists in this account and region."""

    code = "ResourceNotFoundException"


class ServiceQuotaExceededException(ServiceException):
    """The account's quota of deployments is used up."""

    code = "ServiceQuotaExceededException"


class TooManyTagsException(ServiceException):
    """A resource would have too many tags; the response names the resource, as in the service model."""

    code = "TooManyTagsException"

    def __init__(self, message: str, *, resource_name: str) -> None:
        super().__init__(message)
        self.resource_name = resource_name


class ValidationException(ServiceException):
    """The request violates a constraint of the service model, or a rule about the account's state."""

    code = "ValidationException"
