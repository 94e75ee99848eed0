"""Pulumi resources, in Python, for Amazon Bedrock's custom model deployments.

Importing this package doesn't import boto3. Only the dynamic host's process and lookups import it.
"""

from . import errors
from .program.custom_model import CustomModel, CustomModelArgs
from .program.custom_model_deployment import CustomModelDeployment, CustomModelDeploymentArgs
from .program.invocation_inputs import (
    ModelInvocationContentArgsDict,
    ModelInvocationInferenceConfigArgsDict,
    ModelInvocationMessageArgsDict,
    ModelInvocationSystemArgsDict,
)
from .program.lookups import (
    CustomModelDeploymentSummary,
    GetCustomModelDeploymentResult,
    get_custom_model_deployment,
    get_custom_model_deployment_output,
    list_custom_model_deployments,
    list_custom_model_deployments_output,
)
from .program.model_invocation import ModelInvocation
from .program.model_lookups import GetCustomModelResult, get_custom_model, get_custom_model_output
from .program.trained_model import TrainedModel

__all__ = [
    "CustomModel",
    "CustomModelArgs",
    "CustomModelDeployment",
    "CustomModelDeploymentArgs",
    "CustomModelDeploymentSummary",
    "GetCustomModelDeploymentResult",
    "GetCustomModelResult",
    "ModelInvocation",
    "ModelInvocationContentArgsDict",
    "ModelInvocationInferenceConfigArgsDict",
    "ModelInvocationMessageArgsDict",
    "ModelInvocationSystemArgsDict",
    "TrainedModel",
    "errors",
    "get_custom_model",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
    "get_custom_model_output",
    "list_custom_model_deployments",
    "list_custom_model_deployments_output",
]
