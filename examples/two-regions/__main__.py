"""Two models in one stack, each deployed in the Region and account where it was trained."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock

config = pulumi.Config()
tags = aws.ProviderDefaultTagsArgs(tags={"project": pulumi.get_project(), "stack": pulumi.get_stack()})

# Nova models are deployed in us-east-1 only, and Llama models in us-west-2 only.
providers = {
    "nova": aws.Provider("nova", region="us-east-1", default_tags=tags),
    "llama": aws.Provider(
        "llama",
        region="us-west-2",
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=config.require("llamaRoleArn"))],
        default_tags=tags,
    ),
}


class Bot(pulumi.ComponentResource):
    """A deployed model that has answered once. Account, Region and default tags are those of its `aws.Provider`."""

    def __init__(self, name: str, *, model: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("acme:bedrock:Bot", name, opts=opts)
        inside = pulumi.ResourceOptions(parent=self)
        found = bedrock.get_custom_model(model, opts=pulumi.InvokeOptions(parent=self))
        deployment = bedrock.CustomModelDeployment(name, model_arn=found.model_arn, opts=inside)
        smoke_test = bedrock.ModelInvocation(
            f"{name}-smoke-test",
            model_id=deployment.custom_model_deployment_arn,
            prompt="Where is my order?",
            opts=inside,
        )
        self.custom_model_deployment_arn = deployment.custom_model_deployment_arn
        self.answer = smoke_test.output_text
        self.register_outputs({})


for name, provider in providers.items():
    bot = Bot(
        f"support-bot-{name}",
        model=config.require(f"{name}Model"),
        opts=pulumi.ResourceOptions(providers=[provider]),
    )
    pulumi.export(f"{name}DeploymentArn", bot.custom_model_deployment_arn)
    pulumi.export(f"{name}Answer", bot.answer)
