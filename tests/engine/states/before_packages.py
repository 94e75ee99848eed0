import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()
model_arn = config.require("modelArn")


class Published(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("acme:bedrock:Published", name)
        opts = pulumi.ResourceOptions(parent=self)
        self.deployment = bedrock.CustomModelDeployment(f"{name}-deployment", model_arn=model_arn, opts=opts)
        self.register_outputs({})


# The root program
deployment = bedrock.CustomModelDeployment(
    "support-bot",
    model_arn=model_arn,
    description="Answers first-line tickets",
    tags={"team": "support"},
)
smoke_test = bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Say hello.")
pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)
pulumi.export("smokeTestAnswer", smoke_test.output_text)

# Everything else
fixed = bedrock.CustomModelDeployment(
    "fixed",
    model_arn=model_arn,
    model_deployment_name="fixed-name",
    description=config.require_secret("secret"),
    tags={"team": "support", "note": config.require_secret("secret")},
    client_request_token="a-token-of-the-program",
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="45m", delete="10m")),
)
adopted = bedrock.CustomModelDeployment(
    "adopted",
    model_arn=model_arn,
    model_deployment_name="adopted",
    tags={"made": "by hand"},
)
Published("published")
bedrock.ModelInvocation(
    "conversation",
    model_id=fixed.custom_model_deployment_arn,
    messages=[{"role": "user", "content": [{"text": "Say hello."}]}],
    system=[{"text": "Be brief."}],
    inference_config={"maxTokens": 20},
    triggers={"release": "1"},
)
trained = bedrock.TrainedModel(
    "trained",
    job_identifier=config.require("job"),
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="2h")),
)
