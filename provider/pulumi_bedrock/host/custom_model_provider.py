"""Host side of `CustomModel`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock.aws.resources import CustomModel
from pulumi_bedrock.values.kinds import CUSTOM_MODEL

from .managed_provider import ManagedProvider

__all__ = ["CustomModelProvider"]


class CustomModelProvider(ManagedProvider):
    """The methods of a custom model. IAM actions: `pulumi_bedrock.aws.custom_models.ACTIONS`."""

    KIND = CUSTOM_MODEL

    def outputs(self, props: Mapping[str, Any], found: CustomModel) -> dict[str, Any]:
        """Return what it was made from, as far as AWS says so, and why it is `Failed`."""
        given = {"baseModelArn": found.base_model_arn, "failureMessage": found.failure_message}
        return {key: value for key, value in given.items() if value is not None}
