"""Ask the deployed model a question, as an application does: the model ID is the deployment's ARN."""

from __future__ import annotations

import subprocess
import sys

import boto3

arn = subprocess.check_output(["pulumi", "stack", "output", "customModelDeploymentArn"], text=True).strip()
question = " ".join(sys.argv[1:]) or "Hello?"
answer = boto3.client("bedrock-runtime").converse(
    modelId=arn, messages=[{"role": "user", "content": [{"text": question}]}]
)
print(answer["output"]["message"]["content"][0]["text"])
