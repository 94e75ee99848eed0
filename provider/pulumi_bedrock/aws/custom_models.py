"""The calls that only custom models have; `calls` has the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.kinds import CUSTOM_MODEL

from .calls import Calls
from .deployments import Deployments
from .resources import CustomModel
from .waiting import Deadline

__all__ = ["ACTIONS", "CustomModels"]

ACTIONS = (
    "bedrock:CreateCustomModel",
    "bedrock:DeleteCustomModel",
    "bedrock:GetCustomModel",
    "bedrock:ListCustomModelDeployments",
    "bedrock:ListCustomModels",
    "bedrock:ListTagsForResource",
    "bedrock:TagResource",
    "bedrock:UntagResource",
)
"""Every IAM action that a custom model's life needs, besides iam:PassRole on its role. AWS checks `TagResource` when
a create carries tags."""


NEW_ROLE_GRACE = 30.0
"""Seconds in which AWS may refuse a role that was just made: IAM is eventually consistent. The refusal has no code of
its own, so every ValidationException of a create is retried for that long."""


class CustomModels(Calls[CustomModel]):
    """One operation's view of the custom models of one account and Region."""

    kind = CUSTOM_MODEL
    FAILED = errors.ModelFailed
    INVALID = (
        "If it is the artifacts: AWS makes custom models of Amazon Nova models that SageMaker has trained, and "
        "role_arn must be a role that Bedrock may assume and that may read them."
    )

    _refused_since: float | None = None

    def attempting(self, request: Mapping[str, Any], attempt: Callable[[], str], deadline: Deadline) -> str:
        """Return what an attempt to create returns. One that AWS calls invalid is repeated for `NEW_ROLE_GRACE`."""
        if "roleArn" not in request:
            return attempt()
        now = self.clock.now()
        self._refused_since = now if self._refused_since is None else self._refused_since
        left = Deadline(self._refused_since + NEW_ROLE_GRACE - now, self.clock)
        wait = self.wait(left.at_most(deadline.remaining), "AWS to accept the role", answered=True)
        for _ in wait:
            try:
                return attempt()
            except errors.ValidationFailed as refused:
                last = refused
                wait.progress("refused so far")
        raise last

    def whole(self, found: CustomModel) -> CustomModel:
        """Return a custom model as Get shows it; a list has no failureMessage. Without an answer, return what is known.

        IAM: bedrock:GetCustomModel.
        """
        try:
            return self.with_retries(lambda: self.find(found.arn)) or found
        except errors.BedrockError:
            return found

    def in_use(self, arn: str) -> str:
        """Return which deployments use a custom model, since AWS deletes none that is used; empty if it isn't known.

        IAM: bedrock:ListCustomModelDeployments.
        """
        try:
            found = Deployments(self.client, clock=self.clock).list_all(modelArnEquals=arn)
        except errors.BedrockError:
            return ""
        return f"in use by {', '.join(sorted(each.name for each in found))}" if found else ""
