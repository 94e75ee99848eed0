"""The program of the golden files with consumers: a parameter with a secret value, a policy and a model invocation."""

import pulumi_aws as aws

config = pulumi.Config()  # noqa: F821  (the test's harness writes the imports above this)

east = None
if config.get("provider"):
    east = aws.Provider("east", region="us-east-1", access_key="testing", secret_key="testing")

deployment = bedrock.CustomModelDeployment(  # noqa: F821
    "support-bot",
    model_arn=config.require("model"),
    tags={"team": config.get("team") or "support"},
    update_in_place=config.get_bool("inPlace") or False,
    opts=pulumi.ResourceOptions(provider=east),  # noqa: F821
)
arn = deployment.custom_model_deployment_arn
aws.ssm.Parameter("model-arn", name="/shop/model-arn", type=aws.ssm.ParameterType.STRING, value=arn)
aws.iam.Policy(
    "invoke",
    name="invoke",
    policy=pulumi.Output.json_dumps(  # noqa: F821
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": arn}],
        }
    ),
)
if config.get("second"):
    bedrock.CustomModelDeployment("sales-bot", model_arn=config.require("model"))  # noqa: F821
bedrock.ModelInvocation("smoke-test", model_id=arn, prompt="Say hello.")  # noqa: F821
