"""The platform team's stack: it deploys a model, and exports the ARN for other stacks."""

from __future__ import annotations

import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()

deployment = bedrock.CustomModelDeployment(
    "support-bot",
    model_arn=config.require("modelArn"),
    tags={"team": "platform"},
)

pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)
