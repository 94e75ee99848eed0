"""One `pulumi up` from training data to a function that calls the trained model."""

from __future__ import annotations

import pulumi
import pulumi_bedrock as bedrock
from consumers import publish
from training import train

release = pulumi.Config().require("release")

custom_model = train(release)

# aws.bedrock.CustomModel starts a training job and doesn't wait for the model. TrainedModel waits.
trained = bedrock.TrainedModel("tickets", job_identifier=custom_model.job_arn)

deployment = bedrock.CustomModelDeployment(
    "support-bot", model_arn=trained.model_arn, description=f"Trained on tickets, release {release}"
)
smoke_test = bedrock.ModelInvocation(
    "smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Where is my order?"
)

function = publish(deployment.custom_model_deployment_arn, after=smoke_test)

pulumi.export("customModelDeploymentArn", deployment.custom_model_deployment_arn)
pulumi.export("functionName", function.name)
