"""A typical dynamic provider for the same resource, written as Pulumi's documentation shows it.

A class with create and delete, which the SDK pickles into the state; a boto3 client with its default retries; and a
loop that polls every 5 s. AWS's own samples poll every 30 s or 60 s, which would make it slower here.
"""

import os
import time
from typing import Any

import boto3
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

POLL_SECONDS = 5


class DeploymentProvider(ResourceProvider):
    """Creates a deployment and waits for it."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return when the deployment is Active."""
        bedrock = boto3.client("bedrock")
        arn = bedrock.create_custom_model_deployment(modelDeploymentName=props["name"], modelArn=props["model_arn"])[
            "customModelDeploymentArn"
        ]
        while True:
            deployment = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
            if deployment["status"] == "Active":
                return CreateResult(arn, {**props, "arn": arn})
            if deployment["status"] == "Failed":
                raise RuntimeError(deployment.get("failureMessage", "the deployment failed"))
            time.sleep(POLL_SECONDS)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the deployment."""
        boto3.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=_id)


class CustomModelDeployment(Resource):
    """A custom model deployment."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, model_arn: str) -> None:
        super().__init__(DeploymentProvider(), name, {"name": name, "model_arn": model_arn, "arn": None})


for number in range(int(os.environ["DEPLOYMENTS"])):
    CustomModelDeployment(f"d-{number:03}", os.environ["MODEL_ARN"])
