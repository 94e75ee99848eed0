"""A program of the Automation API: what it does is the output, as one line of JSON."""

from __future__ import annotations

import json
import os

import pulumi
import pulumi_aws as aws
import pulumi_bedrock as bedrock
from pulumi import automation

there = json.loads(os.environ["THERE"])


def program() -> None:
    """One deployment in another account."""
    endpoints = [{"bedrock": there["url"], "sts": there["url"]}]
    provider = aws.Provider("there", region="us-east-1", access_key="AKTHERE", secret_key="a-key", endpoints=endpoints)
    opts = pulumi.ResourceOptions(provider=provider)
    bot = bedrock.CustomModelDeployment("support-bot", opts, model_arn=there["model"])
    pulumi.export("arn", bot.custom_model_deployment_arn)


stack = automation.create_or_select_stack("inline", "engine-test", program)
made = stack.up()
again = stack.preview()
gone = stack.destroy()
changes = [made.summary.resource_changes, again.change_summary, gone.summary.resource_changes]
print(json.dumps({"arn": made.outputs["arn"].value, "changes": changes}))  # noqa: T201
