"""The smallest complete program: deploy a custom model, call it once, and publish its ARN for callers."""

from __future__ import annotations

import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()

deployment = bedrock.CustomModelDeployment(
    "support-bot",
    model_arn=config.require("modelArn"),
    model_deployment_name=config.get("modelDeploymentName") or None,
    description=config.get("description") or None,
    tags=config.get_object("tags"),
)
deployment_arn = deployment.custom_model_deployment_arn

smoke_test = bedrock.ModelInvocation("smoke-test", model_id=deployment_arn, prompt="Say hello.")

if config.require_bool("publish"):
    # Imported only here: a stack that doesn't publish needs no pulumi-aws plugin.
    import pulumi_aws as aws

    answered = pulumi.ResourceOptions(depends_on=smoke_test)
    aws.ssm.Parameter(
        "support-bot-arn",
        name=f"/{pulumi.get_project()}/{pulumi.get_stack()}/custom-model-deployment-arn",
        type=aws.ssm.ParameterType.STRING,
        value=deployment_arn,
        opts=answered,
    )
    aws.iam.Policy(
        "invoke-support-bot",
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": deployment_arn},
                ],
            }
        ),
        opts=answered,
    )

pulumi.export("customModelDeploymentArn", deployment_arn)
pulumi.export("smokeTestAnswer", smoke_test.output_text)
