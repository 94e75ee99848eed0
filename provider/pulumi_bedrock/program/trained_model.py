"""Program side of a wait for a customization job, so that one `pulumi up` goes from training to a deployment."""

from __future__ import annotations

import pulumi
import pulumi.dynamic

from pulumi_bedrock import serialized

from . import options
from .aws_provider import host_of, with_host

__all__ = ["TrainedModel"]


@pulumi.input_type
class _Properties(options.PropertyBag):
    job_identifier: pulumi.Input[str] | None = pulumi.property("jobIdentifier", default=None)
    region: pulumi.Input[str] | None = pulumi.property("region", default=None)
    timeouts: pulumi.Input[dict[str, str]] | None = pulumi.property("timeouts", default=None)
    model_arn: pulumi.Input[str] | None = pulumi.property("modelArn", default=None)
    model_name: pulumi.Input[str] | None = pulumi.property("modelName", default=None)
    model_status: pulumi.Input[str] | None = pulumi.property("modelStatus", default=None)


@pulumi.type_token("pulumi-python:dynamic/bedrock:TrainedModel")
class TrainedModel(pulumi.dynamic.Resource, module="bedrock", name="TrainedModel"):
    """The custom model of a model customization job, once the job is completed and the model `Active`.

    `aws.bedrock.CustomModel` starts a job and returns at once, with an empty `custom_model_arn`. This resource waits
    for the model (`custom_timeouts` create, 24 hours when left out), as `aws.acm.CertificateValidation` waits for a
    certificate.

    ```python
    import pulumi
    import pulumi_aws as aws
    import pulumi_bedrock as bedrock

    config = pulumi.Config()
    custom_model = aws.bedrock.CustomModel(
        "tickets",
        base_model_identifier="arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k",
        custom_model_name="tickets",
        job_name="tickets-2026-11-23",
        role_arn=config.require("roleArn"),
        hyperparameters={"epochCount": "2"},
        training_data_config={"s3_uri": "s3://tickets/train.jsonl"},
        output_data_config={"s3_uri": "s3://tickets/out/"},
    )
    trained = bedrock.TrainedModel("tickets", job_identifier=custom_model.job_arn)
    bedrock.CustomModelDeployment("support-bot", model_arn=trained.model_arn)
    ```

    It creates and deletes nothing in AWS. After an interrupted run, the next one waits again.

    IAM actions: bedrock:GetModelCustomizationJob on the job, bedrock:GetCustomModel on its model.
    """

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        job_identifier: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
    ) -> None:
        """Declare a wait.

        :param resource_name: The logical name in the program.
        :param job_identifier: The ARN or name of a model customization job. A change replaces the resource.
        :param region: The AWS Region; left out, it is that of the ARN, of the `aws.Provider`, the stack's configuration
            or the environment.
        :param opts: The resource's options.
        """
        opts = opts or pulumi.ResourceOptions()
        host = host_of(opts)
        properties = _Properties.of(
            job_identifier=job_identifier,
            region=region,
            timeouts=options.timeouts(opts, resource_name),
        )
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(hide_diffs=["modelStatus"]))
        opts = with_host(opts, host)
        super().__init__(serialized.Reference(serialized.trained_model), resource_name, properties, opts)  # type: ignore[arg-type]

    @property
    @pulumi.getter(name="jobIdentifier")
    def job_identifier(self) -> pulumi.Output[str]:
        """The job's ARN or name, as given."""
        return pulumi.get(self, "job_identifier")

    @property
    @pulumi.getter(name="modelArn")
    def model_arn(self) -> pulumi.Output[str]:
        """The custom model's ARN."""
        return pulumi.get(self, "model_arn")

    @property
    @pulumi.getter(name="modelName")
    def model_name(self) -> pulumi.Output[str]:
        """The custom model's name."""
        return pulumi.get(self, "model_name")

    @property
    @pulumi.getter(name="modelStatus")
    def model_status(self) -> pulumi.Output[str]:
        """AWS's status of the model, `Active` after every create; `refresh` may find another."""
        return pulumi.get(self, "model_status")
