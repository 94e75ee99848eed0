"""Two deployments and a switch: callers move to a new model after it has answered, and can move back."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock

config = pulumi.Config()
live = config.require("live")
models = {color: arn for color in ("blue", "green") if (arn := config.get(f"{color}ModelArn"))}
if live not in models:
    raise pulumi.RunError(f'live is "{live}", but no {live}ModelArn is configured')

deployments: dict[str, bedrock.CustomModelDeployment] = {}
smoke_tests: dict[str, bedrock.ModelInvocation] = {}
for color, model_arn in models.items():
    deployments[color] = bedrock.CustomModelDeployment(
        f"support-bot-{color}", model_arn=model_arn, tags={"color": color}
    )
    smoke_tests[color] = bedrock.ModelInvocation(
        f"smoke-test-{color}",
        model_id=deployments[color].custom_model_deployment_arn,
        prompt="Where is my order?",
    )

# Callers read the parameter. It depends on the smoke test, so it never holds a deployment that didn't answer.
parameter = aws.ssm.Parameter(
    "support-bot-arn",
    name=f"/{pulumi.get_project()}/{pulumi.get_stack()}/support-bot-arn",
    type=aws.ssm.ParameterType.STRING,
    value=deployments[live].custom_model_deployment_arn,
    opts=pulumi.ResourceOptions(depends_on=smoke_tests[live]),
)

pulumi.export("parameter", parameter.name)
pulumi.export("answer", smoke_tests[live].output_text)
