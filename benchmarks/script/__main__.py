"""A typical boto3 script, with one thread for each deployment. It polls every 5 s."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import boto3

POLL_SECONDS = 5


def deploy(name: str) -> None:
    """Create a deployment, and wait until it is Active."""
    arn = bedrock.create_custom_model_deployment(modelDeploymentName=name, modelArn=os.environ["MODEL_ARN"])[
        "customModelDeploymentArn"
    ]
    while (found := bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn))["status"] != "Active":
        if found["status"] == "Failed":
            raise RuntimeError(found.get("failureMessage", "the deployment failed"))
        time.sleep(POLL_SECONDS)
    print(f"{name} created\n", end="", flush=True)  # in one write: threads share the terminal


bedrock = boto3.client("bedrock")
names = [f"d-{number:03}" for number in range(int(os.environ["DEPLOYMENTS"]))]
with ThreadPoolExecutor(len(names)) as pool:
    failures = [str(done.exception()) for done in [pool.submit(deploy, name) for name in names] if done.exception()]
if failures:
    raise SystemExit(f"{len(failures)} of {len(names)} failed: {failures[0]}")
