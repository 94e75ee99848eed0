"""Deployments that belong to no stack of the test. No command may change or delete them."""

from __future__ import annotations

from typing import Any

from pulumi_bedrock.local import LocalBedrock

__all__ = ["Strangers"]


class Strangers:
    """Makes such deployments, and remembers each as it was."""

    def __init__(self, local: LocalBedrock, model: str) -> None:
        self._local, self._model = local, model
        self.made: dict[str, dict[str, Any]] = {}

    def __call__(self, name: str, **more: Any) -> str:
        """Make one and return its ARN; `more` are arguments of boto3's call."""
        arn: str = self._local.client("bedrock").create_custom_model_deployment(
            **{"modelDeploymentName": name, "modelArn": self._model, **more}
        )["customModelDeploymentArn"]
        self.made[arn] = self._seen(arn)
        return arn

    def adopted(self, arn: str) -> None:
        """Note that a stack has imported it."""
        del self.made[arn]

    def changed(self, arn: str) -> None:
        """Note that the test itself has changed it."""
        self.made[arn] = self._seen(arn)

    def touched(self) -> list[str]:
        """Return the ARNs of those that were deleted or changed."""
        return [arn for arn, was in self.made.items() if self._seen(arn) != was]

    def _seen(self, arn: str) -> dict[str, Any]:
        found = {item["customModelDeploymentArn"]: item for item in self._local.deployments()}
        return found.get(arn, {})
