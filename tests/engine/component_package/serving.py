"""A deployment and a call of it in one component. What it takes and gives are strings."""

from typing import Optional, TypedDict

import pulumi
import pulumi_bedrock as bedrock


class ServingArgs(TypedDict):
    model_arn: pulumi.Input[str]


class Serving(pulumi.ComponentResource):
    deployment_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServingArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:  # noqa: UP045 - Pulumi reads it
        super().__init__("serving:index:Serving", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        deployment = bedrock.CustomModelDeployment(name, model_arn=args["model_arn"], opts=inside)
        self.deployment_arn = deployment.custom_model_deployment_arn
        bedrock.ModelInvocation(name, model_id=self.deployment_arn, prompt="Say hello.", opts=inside)
        self.register_outputs({"deploymentArn": self.deployment_arn})
