"""Pulumi resources, in Python, for Amazon Bedrock's custom model deployments.

Importing this doesn't import boto3: that is for the host's process, and for lookups when one is made.
"""

from . import errors
from .custom_model_deployment import CustomModelDeployment, CustomModelDeploymentArgs
from .lookups import (
    GetCustomModelDeploymentResult,
    get_custom_model_deployment,
    get_custom_model_deployment_output,
)
from .model_invocation import ModelInvocation
from .trained_model import TrainedModel

__all__ = [
    "CustomModelDeployment",
    "CustomModelDeploymentArgs",
    "GetCustomModelDeploymentResult",
    "ModelInvocation",
    "TrainedModel",
    "errors",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
]
