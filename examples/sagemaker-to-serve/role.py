"""The role with which Bedrock reads the artifacts: exactly these, and a KMS key only where there is one."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

__all__ = ["import_role"]


def import_role(s3_uri: str | None, key_arn: str | None) -> pulumi.Output[str]:
    """Create the role and return its ARN, which is known when the role has its policy."""
    role = aws.iam.Role(
        "import",
        assume_role_policy=_policy(
            {
                "Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": aws.get_caller_identity_output().account_id}},
            }
        ),
    )
    allowed = [*(_read(s3_uri) if s3_uri else []), *([_use(key_arn)] if key_arn else [])]
    access = aws.iam.RolePolicy("read-artifacts", role=role.name, policy=_policy(*allowed))
    return pulumi.Output.all(role.arn, access.id).apply(lambda known: str(known[0]))


def _read(s3_uri: str) -> list[dict[str, object]]:
    bucket, _, folder = s3_uri.removeprefix("s3://").rstrip("/").partition("/")
    arn, inside = f"arn:aws:s3:::{bucket}", f"{folder}/*" if folder else "*"
    return [
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": arn,
            "Condition": {"StringLike": {"s3:prefix": [folder, inside]}},
        },
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{arn}/{inside}"},
    ]


def _use(key_arn: str) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
        "Resource": key_arn,
        "Condition": {"StringLike": {"kms:ViaService": "bedrock.*.amazonaws.com"}},
    }


def _policy(*statements: dict[str, object]) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})
