"""Look up a deployment from a user's program.

A dynamic host has no Invoke, so the program itself calls AWS, with the stack's configuration. The first lookup loads
boto3; `import pulumi_bedrock` doesn't.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from pulumi_bedrock.errors import BedrockError, ResourceNotFound
from pulumi_bedrock.values.arns import id_hint
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.tags import SERVICE_PREFIX

if TYPE_CHECKING:
    from pulumi_bedrock.aws.clients import Clients

__all__ = [
    "GetCustomModelDeploymentResult",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
]


@dataclass(frozen=True)
class GetCustomModelDeploymentResult:
    """A deployment as AWS describes it.

    :param custom_model_deployment_arn: The `modelId` of Converse and InvokeModel.
    :param status: `Creating`, `Active` or `Failed`; `failure_message` says why it is `Failed`.
    :param created_at: ISO 8601, in UTC.
    :param tags: All tags except AWS's own and those of `aws:ignoreTags`.
    """

    custom_model_deployment_arn: str
    model_deployment_name: str
    model_arn: str
    region: str
    status: str
    created_at: str
    description: str | None
    failure_message: str | None
    tags: Mapping[str, str]


def get_custom_model_deployment(identifier: str, *, region: str | None = None) -> GetCustomModelDeploymentResult:
    """Return the deployment with this name or ARN, in any status.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource.

    :param identifier: The name or the ARN.
    :param region: The AWS Region; left out, it is the ARN's, or that of the stack's configuration or the environment.
    :raises ResourceNotFound: when it doesn't exist.
    :raises BedrockError: on every other error.
    """
    try:
        return _look_up(identifier, region)
    except BedrockError as error:
        # Pulumi shows a RunError as one line, and any other exception with the tracebacks of all its causes.
        kind = type(error)
        one_line = type(kind.__name__, (kind, pulumi.RunError), {"__module__": kind.__module__})
        raise one_line(error.message, subject=error.subject) from None


_clients: WeakKeyDictionary[pulumi.Resource, Clients] = WeakKeyDictionary()
"""The clients of each run, by its stack: the account is requested at most once a run."""


def _get_clients() -> Clients:
    from pulumi_bedrock.aws.clients import Clients

    root = get_root_resource()
    clients = _clients.get(root) if root is not None else None  # a unit test without a program has no stack
    if clients is None:
        clients = Clients(AwsConfiguration.read(pulumi.Config("aws").get))
        if root is not None:
            _clients[root] = clients
    return clients


def _look_up(identifier: str, region: str | None) -> GetCustomModelDeploymentResult:
    from pulumi_bedrock.aws.deployments import Deployments

    clients = _get_clients()
    where = clients.region_for(identifier, region)
    deployments = Deployments(clients.bedrock(where), identifier)
    found = deployments.find(identifier)
    if found is None:
        raise ResourceNotFound(
            f"not found in {where}. Check the name and the Region.{id_hint(identifier, where)}",
            subject=deployments.subject,
        )
    ignores = clients.configuration.ignores_tag
    return GetCustomModelDeploymentResult(
        custom_model_deployment_arn=found.arn,
        model_deployment_name=found.name,
        model_arn=found.model_arn,
        region=found.region,
        status=found.status,
        created_at=found.created_at,
        description=found.description,
        failure_message=found.failure_message,
        tags={
            key: value
            for key, value in deployments.tags(found.arn).items()
            if not key.startswith(SERVICE_PREFIX) and not ignores(key)
        },
    )


def get_custom_model_deployment_output(
    identifier: pulumi.Input[str], *, region: pulumi.Input[str] | None = None
) -> pulumi.Output[GetCustomModelDeploymentResult]:
    """Return the same as `get_custom_model_deployment`, for a name or ARN that is another resource's output."""
    return pulumi.Output.all(identifier, region).apply(
        lambda both: get_custom_model_deployment(both[0], region=both[1])
    )
