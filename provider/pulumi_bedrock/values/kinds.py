"""The kinds of resources that this package creates and deletes, as AWS's API and the state spell them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CUSTOM_MODEL", "DEPLOYMENT", "KINDS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """One kind.

    :param noun: What messages call it.
    :param api: What the names of its operations have in common: `Create…`, `Get…`, `List…s` and `Delete…`.
    :param arn_type: The type in its ARN.
    :param example: An ARN, for messages.
    :param identifier: The argument of Get and Delete, which is a name or an ARN.
    :param summaries: The member of a list's answer.
    :param tags: The argument of Create.
    :param arn: The ARN in the answer of Create, and in the state.
    :param name: The name, as the argument of Create and in the state.
    :param status: The status in the state.
    """

    noun: str
    api: str
    arn_type: str
    example: str
    identifier: str
    summaries: str
    tags: str
    arn: str
    name: str
    status: str

    @property
    def create(self) -> str:
        """The operation that creates one."""
        return f"Create{self.api}"

    @property
    def get(self) -> str:
        """The operation that describes one."""
        return f"Get{self.api}"

    @property
    def list(self) -> str:
        """The operation that lists all."""
        return f"List{self.api}s"

    @property
    def delete(self) -> str:
        """The operation that deletes one."""
        return f"Delete{self.api}"


DEPLOYMENT = Kind(
    noun="deployment",
    api="CustomModelDeployment",
    arn_type="custom-model-deployment",
    example="arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12",
    identifier="customModelDeploymentIdentifier",
    summaries="modelDeploymentSummaries",
    tags="tags",
    arn="customModelDeploymentArn",
    name="modelDeploymentName",
    status="status",
)

CUSTOM_MODEL = Kind(
    noun="custom model",
    api="CustomModel",
    arn_type="custom-model",
    example="arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12",
    identifier="modelIdentifier",
    summaries="modelSummaries",
    tags="modelTags",
    arn="modelArn",
    name="modelName",
    status="modelStatus",
)

KINDS = (DEPLOYMENT, CUSTOM_MODEL)
