"""What custom models are made of, for tests that need one."""

from __future__ import annotations

from typing import Any

__all__ = ["KEY", "PACKAGE", "ROLE", "artifacts"]

_ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{_ACCOUNT}:role/artifacts"
KEY = f"arn:aws:kms:us-east-1:{_ACCOUNT}:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
PACKAGE = f"arn:aws:sagemaker:us-east-1:{_ACCOUNT}:model-package/support-bot/1"


def artifacts(job: int) -> dict[str, Any]:
    """The artifacts of one of SageMaker's jobs, as the state has an S3 URI."""
    return {"s3DataSource": {"s3Uri": f"s3://escrow/job-{job}/"}}
