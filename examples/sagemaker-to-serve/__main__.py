"""One `pulumi up` from the artifacts that SageMaker has written to an endpoint that answers."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock
from role import import_role

config = pulumi.Config()
artifacts = config.require("artifacts")
key_arn = config.get("modelKmsKeyArn") or None
is_in_s3 = artifacts.startswith("s3://")

role_arn: pulumi.Output[str] | None = None
if is_in_s3 or key_arn:
    role_arn = import_role(artifacts if is_in_s3 else None, key_arn)

# Without model_name, a new model is created before the old one is deleted.
model = bedrock.CustomModel(
    "support-bot",
    role_arn=role_arn,
    s3_uri=artifacts if is_in_s3 else None,
    model_package_arn=None if is_in_s3 else artifacts,
    model_kms_key_arn=key_arn,
)
deployment = bedrock.CustomModelDeployment("support-bot", model_arn=model.model_arn)
smoke_test = bedrock.ModelInvocation(
    "smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Where is my order?"
)

# The applications read the ARN here. It changes when the new deployment has answered.
parameter = aws.ssm.Parameter(
    "support-bot-arn",
    name=f"/{pulumi.get_project()}/{pulumi.get_stack()}/support-bot-arn",
    type=aws.ssm.ParameterType.STRING,
    value=deployment.custom_model_deployment_arn,
    opts=pulumi.ResourceOptions(depends_on=smoke_test),
)

pulumi.export("parameter", parameter.name)
pulumi.export("modelArn", model.model_arn)
pulumi.export("answer", smoke_test.output_text)
