"""ARNs that the service's own patterns accept, for tests that need one and don't look at it."""

from __future__ import annotations

__all__ = ["ACCOUNT", "ARN", "MODEL", "OTHER_ARN", "OTHER_MODEL"]

ACCOUNT = "123456789012"
_BEDROCK = f"arn:aws:bedrock:us-east-1:{ACCOUNT}"

MODEL = f"{_BEDROCK}:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12"
"""A custom model."""
OTHER_MODEL = f"{_BEDROCK}:custom-model/amazon.nova-lite-v1:0:300k/klmnopqrst34"

ARN = f"{_BEDROCK}:custom-model-deployment/abcdefghij12"
"""A custom model deployment."""
OTHER_ARN = f"{_BEDROCK}:custom-model-deployment/klmnopqrst34"
