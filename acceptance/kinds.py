"""How the two kinds of resources that a run creates are read, listed and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .answers import Answer, ask

__all__ = ["DEPLOYMENT", "MODEL", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of resource: boto3's names for its operations and their members.

    :param name: What the ledger calls it.
    """

    name: str
    get: str
    identifier: str
    arn: str
    title: str
    status: str
    listing: str
    summaries: str
    listed_title: str
    delete: str

    def ask_get(self, bedrock: Any, identifier: str) -> Answer:
        """Call Get, with a name or an ARN."""
        return ask(getattr(bedrock, self.get), **{self.identifier: identifier})

    def ask_delete(self, bedrock: Any, identifier: str) -> Answer:
        """Call Delete, with a name or an ARN."""
        return ask(getattr(bedrock, self.delete), **{self.identifier: identifier})

    def list_all(self, bedrock: Any, **filters: Any) -> list[dict[str, Any]]:
        """Return the summaries of all pages of the list."""
        pages = bedrock.get_paginator(self.listing).paginate(**filters)
        return [each for page in pages for each in page[self.summaries]]


DEPLOYMENT = Kind(
    name="deployment",
    get="get_custom_model_deployment",
    identifier="customModelDeploymentIdentifier",
    arn="customModelDeploymentArn",
    title="modelDeploymentName",
    status="status",
    listing="list_custom_model_deployments",
    summaries="modelDeploymentSummaries",
    listed_title="customModelDeploymentName",
    delete="delete_custom_model_deployment",
)
MODEL = Kind(
    name="model",
    get="get_custom_model",
    identifier="modelIdentifier",
    arn="modelArn",
    title="modelName",
    status="modelStatus",
    listing="list_custom_models",
    summaries="modelSummaries",
    listed_title="modelName",
    delete="delete_custom_model",
)
