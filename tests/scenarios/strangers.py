"""Deployments that belong to no stack here, made by hand: nobody may touch them."""

from __future__ import annotations

from typing import Any

from pulumi_bedrock.local import LocalBedrock

__all__ = ["Strangers"]


class Strangers:
    """Makes them, and knows what they looked like."""

    def __init__(self, local: LocalBedrock, model: str) -> None:
        self._local, self._model = local, model
        self.made: dict[str, dict[str, Any]] = {}

    def __call__(self, name: str, **more: Any) -> str:
        """The ARN of another one; `more` are boto3's own arguments."""
        arn: str = self._local.client("bedrock").create_custom_model_deployment(
            **{"modelDeploymentName": name, "modelArn": self._model, **more}
        )["customModelDeploymentArn"]
        self.made[arn] = self._seen(arn)
        return arn

    def adopted(self, arn: str) -> None:
        """From now on it is a stack's."""
        del self.made[arn]

    def changed(self, arn: str) -> None:
        """The test itself has changed it."""
        self.made[arn] = self._seen(arn)

    def touched(self) -> list[str]:
        """The ARNs of those that are gone or changed."""
        return [arn for arn, was in self.made.items() if self._seen(arn) != was]

    def _seen(self, arn: str) -> dict[str, Any]:
        found = {item["customModelDeploymentArn"]: item for item in self._local.deployments()}
        return found.get(arn, {})
