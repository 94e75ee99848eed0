"""The calls that only custom models have; `calls` has the others."""

from __future__ import annotations

from pulumi_bedrock import errors
from pulumi_bedrock.values.kinds import CUSTOM_MODEL

from .calls import Calls
from .deployments import Deployments
from .resources import CustomModel

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


class CustomModels(Calls[CustomModel]):
    """One operation's view of the custom models of one account and Region."""

    kind = CUSTOM_MODEL
    FAILED = errors.ModelFailed
    INVALID = (
        "If it is the artifacts: AWS makes custom models of Amazon Nova models that SageMaker has trained, and "
        "role_arn must be a role that Bedrock may assume and that may read them."
    )

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
