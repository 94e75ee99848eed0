"""Look up custom models from a user's program: people fix a model's name, since its ARN changes with each training."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from pulumi_bedrock.errors import ResourceNotFound
from pulumi_bedrock.values.arns import region_in, subject

from .lookup_calls import calling, later, verify

__all__ = ["GetCustomModelResult", "get_custom_model", "get_custom_model_output"]


@dataclass(frozen=True)
class GetCustomModelResult:
    """A custom model as AWS describes it.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    model = bedrock.get_custom_model("tickets")
    pulumi.export("baseModel", model.base_model_arn)
    ```

    :param model_status: `Creating`, `Active` or `Failed`; `failure_message` says why it is `Failed`.
    :param base_model_arn: The model that it was made from; None when AWS doesn't say.
    :param created_at: ISO 8601, in UTC.
    """

    model_arn: str
    model_name: str
    model_status: str
    base_model_arn: str | None
    created_at: str
    failure_message: str | None
    region: str


def get_custom_model(
    name_or_arn: str, *, region: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetCustomModelResult:
    """Return the custom model with this name or ARN, in any status.

    ```python
    import pulumi_bedrock as bedrock

    model = bedrock.get_custom_model("tickets")
    bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn)
    ```

    IAM: bedrock:GetCustomModel.

    :param name_or_arn: The name or the ARN. The name stays when the model is trained again.
    :param region: The AWS Region; left out, it is that of the ARN, the `aws.Provider`, the stack's configuration or the
        environment.
    :param opts: `provider`, or a `parent` that has one: an `aws.Provider` to call AWS with.
    :raises ResourceNotFound: when it doesn't exist.
    :raises ValidationFailed: when it can be neither a name nor an ARN.
    :raises BedrockError: on every other error.
    :raises pulumi.RunError: when the `aws.Provider` isn't known yet in a preview.
    """
    from pulumi_bedrock.aws.customization_jobs import find_model

    with calling("get_custom_model", opts) as clients:
        verify("GetCustomModel", {"modelIdentifier": name_or_arn}, {"modelIdentifier": "name_or_arn"})
        where = clients.region_for(name_or_arn, region)
        found = find_model(clients.bedrock(where), name_or_arn)
        if found is None:
            raise ResourceNotFound(
                f"not found in {where}. Give its name or its whole ARN, and check the Region.",
                subject=subject(name_or_arn, "custom model"),
            )
        return GetCustomModelResult(
            model_arn=found.arn,
            model_name=found.name,
            model_status=found.status,
            base_model_arn=found.base_model_arn,
            created_at=found.created_at,
            failure_message=found.failure_message,
            region=region_in(found.arn) or where,
        )


def get_custom_model_output(
    name_or_arn: pulumi.Input[str],
    *,
    region: pulumi.Input[str] | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[GetCustomModelResult]:
    """Return the same as `get_custom_model`, for a name or ARN that is another resource's output.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    training = pulumi.StackReference("training", stack_name="acme/training/prod")
    model = bedrock.get_custom_model_output(training.require_output("modelName"))
    bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn)
    ```

    :param opts: Also `pulumi.InvokeOutputOptions(depends_on=…)`.
    """
    return later(get_custom_model, opts, name_or_arn=name_or_arn, region=region)
