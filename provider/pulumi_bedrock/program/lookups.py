"""Looks up a deployment from a user's program.

A dynamic host can't be asked a question (it has no Invoke), so this calls AWS from the program itself, with the stack's
own configuration. boto3 is loaded when the first lookup is made, not by `import pulumi_bedrock`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from pulumi_bedrock.errors import RegionMissing, ResourceNotFound
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.tags import SERVICE_PREFIX

__all__ = [
    "GetCustomModelDeploymentResult",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
]


@dataclass(frozen=True)
class GetCustomModelDeploymentResult:
    """A deployment as it is now.

    :param custom_model_deployment_arn: The `modelId` of Converse and InvokeModel.
    :param status: `Creating`, `Active` or `Failed`; `failure_message` says why it is `Failed`.
    :param created_at: ISO 8601, in UTC.
    :param tags: All tags but AWS's own and those of `aws:ignoreTags`.
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
    """The deployment with this name or ARN, in whatever status it is.

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource.

    :param identifier: The name or the ARN.
    :param region: The AWS Region; left out, it is the ARN's, or that of the stack's configuration or the environment.
    :raises ResourceNotFound: when there is none.
    :raises BedrockError: for every other answer of AWS's.
    """
    from pulumi_bedrock.aws.clients import Clients
    from pulumi_bedrock.aws.deployments import Deployments, region_of

    clients = Clients(AwsConfiguration.read(pulumi.Config("aws").get))
    where = region_of(identifier) or region or clients.region
    if where is None:
        raise RegionMissing(f'deployment "{identifier}": no AWS Region is set: set aws:region, or give region=.')
    deployments = Deployments(clients.bedrock(where))
    found = deployments.find(identifier)
    if found is None:
        raise ResourceNotFound(f'deployment "{identifier}": there is none in {where}. Check the name and the Region.')
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
    """As `get_custom_model_deployment`, for a name or ARN that is another resource's output."""
    return pulumi.Output.all(identifier, region).apply(
        lambda both: get_custom_model_deployment(both[0], region=both[1])
    )
