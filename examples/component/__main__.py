"""A team that uses the component: one resource deploys the model, and has a policy for the team's role."""

from __future__ import annotations

import pulumi
from published_model import PublishedModel

config = pulumi.Config()

support_bot = PublishedModel("support-bot", model_arn=config.require("modelArn"), tags={"team": "support"})

pulumi.export("customModelDeploymentArn", support_bot.custom_model_deployment_arn)
pulumi.export("policyArn", support_bot.policy_arn)
pulumi.export("parameterName", support_bot.parameter_name)
