"""Answer a ticket with the deployed model."""

from __future__ import annotations

import os

import boto3

bedrock = boto3.client("bedrock-runtime")


def handler(event: dict[str, str], _context: object) -> str:
    """Return the model's answer to an event such as `{"ticket": "Where is my order?"}`."""
    answer = bedrock.converse(
        modelId=os.environ["CUSTOM_MODEL_DEPLOYMENT_ARN"],
        messages=[{"role": "user", "content": [{"text": event["ticket"]}]}],
    )
    return str(answer["output"]["message"]["content"][0]["text"])
