"""A new model behind the same ARN: callers notice nothing, and a smoke test calls the new model."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock

config = pulumi.Config()

deployment = bedrock.CustomModelDeployment(
    "support-bot",
    model_arn=config.require("modelArn"),
    update_in_place=True,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update="90m")),
)

# The ARN stays, so `model_id` never changes. The trigger makes the test call each new model.
smoke_test = bedrock.ModelInvocation(
    "smoke-test",
    model_id=deployment.custom_model_deployment_arn,
    prompt="Where is my order?",
    triggers={"model": deployment.model_arn},
)

# Created once: an update in place leaves it unchanged.
parameter = aws.ssm.Parameter(
    "support-bot-arn",
    name=f"/{pulumi.get_project()}/{pulumi.get_stack()}/support-bot-arn",
    type=aws.ssm.ParameterType.STRING,
    value=deployment.custom_model_deployment_arn,
)

pulumi.export("parameter", parameter.name)
pulumi.export("answer", smoke_test.output_text)
