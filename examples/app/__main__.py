"""An application team's stack: it calls the deployment that the platform team's stack exports."""

from __future__ import annotations

import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()

platform = pulumi.StackReference(config.require("platformStack"))

smoke_test = bedrock.ModelInvocation(
    "smoke-test",
    model_id=platform.require_output("customModelDeploymentArn"),
    prompt="Where is my order?",
)

pulumi.export("answer", smoke_test.output_text)
