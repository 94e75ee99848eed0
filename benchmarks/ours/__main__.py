"""The deployments, with this package."""

import os

import pulumi
import pulumi_bedrock as bedrock

providers = [
    pulumi.ProviderResource("aws", f"p-{number}", {"region": "us-east-1"})
    for number in range(int(os.environ["PROVIDERS"]))
]
for number in range(int(os.environ["DEPLOYMENTS"])):
    bedrock.CustomModelDeployment(
        f"d-{number:03}",
        model_arn=os.environ["MODEL_ARN"],
        update_in_place="UPDATED" in os.environ,
        opts=pulumi.ResourceOptions(provider=providers[number % len(providers)]) if providers else None,
    )
