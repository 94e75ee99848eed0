"""The deployments, with this package."""

import os

import pulumi_bedrock as bedrock

for number in range(int(os.environ["DEPLOYMENTS"])):
    bedrock.CustomModelDeployment(
        f"d-{number:03}", model_arn=os.environ["MODEL_ARN"], update_in_place="UPDATED" in os.environ
    )
