"""Look up deployments from a user's program; `model_lookups` has the custom models.

A dynamic host has no Invoke, so the program itself calls AWS. The first lookup loads boto3; `import pulumi_bedrock`
doesn't.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from pulumi_bedrock.errors import ResourceNotFound
from pulumi_bedrock.values.arns import id_hint
from pulumi_bedrock.values.tags import SERVICE_PREFIX

from .lookup_calls import calling, later, verify

__all__ = [
    "CustomModelDeploymentSummary",
    "GetCustomModelDeploymentResult",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
    "list_custom_model_deployments",
    "list_custom_model_deployments_output",
]


@dataclass(frozen=True)
class GetCustomModelDeploymentResult:
    """A deployment as AWS describes it.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    found = bedrock.get_custom_model_deployment("support-bot")
    if found.status != "Active":
        pulumi.log.warn(f"{found.model_deployment_name} doesn't serve: {found.failure_message or found.status}")
    ```

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


@dataclass(frozen=True)
class CustomModelDeploymentSummary:
    """A deployment as AWS lists it: without description and tags.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    deployments = bedrock.list_custom_model_deployments()
    pulumi.export("names", [deployment.model_deployment_name for deployment in deployments])
    ```

    :param custom_model_deployment_arn: The `modelId` of Converse and InvokeModel.
    :param status: `Creating`, `Active` or `Failed`; `failure_message` says why it is `Failed`.
    :param created_at: ISO 8601, in UTC, as is `last_updated_at`.
    """

    custom_model_deployment_arn: str
    model_deployment_name: str
    model_arn: str
    status: str
    created_at: str
    last_updated_at: str | None
    failure_message: str | None


def get_custom_model_deployment(
    identifier: str, *, region: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetCustomModelDeploymentResult:
    """Return the deployment with this name or ARN, in any status.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    found = bedrock.get_custom_model_deployment("support-bot", region="us-east-1")
    pulumi.export("modelOfSupportBot", found.model_arn)
    ```

    IAM: bedrock:GetCustomModelDeployment, bedrock:ListTagsForResource.

    :param identifier: The name or the ARN.
    :param region: The AWS Region; left out, it is that of the ARN, the `aws.Provider`, the stack's configuration or the
        environment.
    :param opts: `provider`, or a `parent` that has one: an `aws.Provider` to call AWS with.
    :raises ResourceNotFound: when it doesn't exist.
    :raises BedrockError: on every other error.
    :raises pulumi.RunError: when the `aws.Provider` isn't known yet in a preview.
    """
    from pulumi_bedrock.aws.deployments import Deployments

    with calling("get_custom_model_deployment", opts) as clients:
        where = clients.region_for(identifier, region)
        deployments = Deployments(clients.bedrock(where), identifier)
        found = deployments.find(identifier)
        if found is None:
            hint = id_hint(identifier, where)
            raise ResourceNotFound(
                f"not found in {where}. Check the name and the Region.{hint}", subject=deployments.subject
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
    identifier: pulumi.Input[str],
    *,
    region: pulumi.Input[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetCustomModelDeploymentResult]:
    """Return the same as `get_custom_model_deployment`, for a name or ARN that is another resource's output.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    platform = pulumi.StackReference("platform", stack_name="acme/platform/prod")
    found = bedrock.get_custom_model_deployment_output(platform.require_output("customModelDeploymentArn"))
    pulumi.export("status", found.status)
    ```

    :param opts: Also `pulumi.InvokeOutputOptions(depends_on=…)`.
    """
    return later(get_custom_model_deployment, opts, identifier=identifier, region=region)


def list_custom_model_deployments(
    *,
    model_arn: str | None = None,
    status: str | None = None,
    name_contains: str | None = None,
    region: str | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> list[CustomModelDeploymentSummary]:
    """Return the deployments that match all of the filters, newest first; without filters, all of the Region.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    model = bedrock.get_custom_model("tickets")
    serving = bedrock.list_custom_model_deployments(model_arn=model.model_arn, status="Active", name_contains="bot")
    pulumi.export("serving", [deployment.custom_model_deployment_arn for deployment in serving])
    ```

    IAM: bedrock:ListCustomModelDeployments.

    :param model_arn: The custom model's ARN.
    :param status: `Creating`, `Active` or `Failed`.
    :param name_contains: A part of the name.
    :param region: The AWS Region; left out, it is that of `model_arn`, the `aws.Provider`, the stack's configuration or
        the environment.
    :param opts: `provider`, or a `parent` that has one: an `aws.Provider` to call AWS with.
    :raises ValidationFailed: when a filter violates the API's constraints.
    :raises BedrockError: on every other error.
    :raises pulumi.RunError: when the `aws.Provider` isn't known yet in a preview.
    """
    from pulumi_bedrock.aws.deployments import Deployments

    given = {"modelArnEquals": model_arn, "statusEquals": status, "nameContains": name_contains}
    filters = {name: value for name, value in given.items() if value is not None}
    spelling = {"modelArnEquals": "model_arn", "statusEquals": "status", "nameContains": "name_contains"}
    with calling("list_custom_model_deployments", opts) as clients:
        verify("ListCustomModelDeployments", filters, spelling)
        client = clients.bedrock(clients.region_for(model_arn or "", region))
        return [
            CustomModelDeploymentSummary(
                custom_model_deployment_arn=found.arn,
                model_deployment_name=found.name,
                model_arn=found.model_arn,
                status=found.status,
                created_at=found.created_at,
                last_updated_at=found.last_updated_at,
                failure_message=found.failure_message,
            )
            for found in Deployments(client).list_all(**filters, sortOrder="Descending")
        ]


def list_custom_model_deployments_output(
    *,
    model_arn: pulumi.Input[str] | None = None,
    status: pulumi.Input[str] | None = None,
    name_contains: pulumi.Input[str] | None = None,
    region: pulumi.Input[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[list[CustomModelDeploymentSummary]]:
    """Return the same as `list_custom_model_deployments`, for filters that are another resource's outputs.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    deployment = bedrock.CustomModelDeployment("support-bot", model_arn=pulumi.Config().require("modelArn"))
    of_this_model = bedrock.list_custom_model_deployments_output(
        model_arn=deployment.model_arn, opts=pulumi.InvokeOutputOptions(depends_on=[deployment])
    )
    pulumi.export("count", of_this_model.apply(len))
    ```

    :param opts: Also `pulumi.InvokeOutputOptions(depends_on=…)`.
    """
    return later(
        list_custom_model_deployments,
        opts,
        model_arn=model_arn,
        status=status,
        name_contains=name_contains,
        region=region,
    )
