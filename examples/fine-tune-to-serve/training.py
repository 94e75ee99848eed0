"""The training job, and a role that may only read the training data and write the output."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

__all__ = ["train"]


def train(release: str) -> aws.bedrock.CustomModel:
    """Start a training job. Each release has its own job and model."""
    config = pulumi.Config()
    bucket, training_data = config.require("bucket"), config.require("trainingData")
    output = f"output/{release}"

    account_id = aws.get_caller_identity_output().account_id
    role = aws.iam.Role(
        "training",
        assume_role_policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "bedrock.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                    }
                ],
            }
        ),
    )
    access = aws.iam.RolePolicy(
        "training",
        role=role.name,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
                    {
                        "Effect": "Allow",
                        "Action": "s3:GetObject",
                        "Resource": f"arn:aws:s3:::{bucket}/{training_data}",
                    },
                    {
                        "Effect": "Allow",
                        "Action": ["s3:GetObject", "s3:PutObject"],
                        "Resource": f"arn:aws:s3:::{bucket}/{output}/*",
                    },
                ],
            }
        ),
    )
    return aws.bedrock.CustomModel(
        "tickets",
        custom_model_name=f"tickets-{release}",
        job_name=f"tickets-{release}",
        base_model_identifier=config.require("baseModelArn"),
        customization_type="FINE_TUNING",
        hyperparameters={"epochCount": "2", "learningRate": "0.00001", "batchSize": "1"},
        role_arn=role.arn,
        training_data_config={"s3_uri": f"s3://{bucket}/{training_data}"},
        output_data_config={"s3_uri": f"s3://{bucket}/{output}"},
        opts=pulumi.ResourceOptions(depends_on=access),
    )
