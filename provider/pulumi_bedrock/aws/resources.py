"""A deployment as AWS describes it, and what its ARN tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Deployment", "adopt_or_delete", "deletes", "region_of", "subject"]

ARN = re.compile(r"arn:[^:]+:bedrock:(?P<region>[^:]+):(?P<account>\d{12}):custom-model-deployment/[a-z0-9]{12}")


@dataclass(frozen=True)
class Deployment:
    """A deployment as AWS describes it.

    :param created_at: ISO 8601, in UTC.
    :param failure_message: AWS's own words on why it is `Failed`.
    """

    arn: str
    name: str
    model_arn: str
    status: str
    created_at: str
    description: str | None = field(default=None, repr=False)
    failure_message: str | None = None

    @property
    def region(self) -> str:
        """The Region, from the ARN."""
        return region_of(self.arn) or ""

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Deployment:
        """From GetCustomModelDeployment's answer, or from a summary of ListCustomModelDeployments.

        The two spell the name differently, and a summary has no description.
        """
        return cls(
            arn=answer["customModelDeploymentArn"],
            name=answer.get("modelDeploymentName") or answer["customModelDeploymentName"],
            model_arn=answer["modelArn"],
            status=answer["status"],
            created_at=answer["createdAt"].isoformat(),
            description=answer.get("description") or None,
            failure_message=answer.get("failureMessage") or None,
        )


def region_of(identifier: str) -> str | None:
    """The Region in a deployment's ARN; None for a name."""
    match = ARN.fullmatch(identifier)
    return match["region"] if match else None


def subject(identifier: str) -> str:
    """A deployment as a message begins with it: a name is quoted, an ARN isn't."""
    return f'deployment "{identifier}"' if region_of(identifier) is None else f"deployment {identifier}"


def adopt_or_delete(arn: str) -> str:
    """What a person can do about a deployment that exists in the account but not in the state."""
    return f'To adopt it, run again with import_="{arn}" in the resource\'s options; to delete it: {deletes(arn)}'


def deletes(arn: str) -> str:
    """The command that deletes a deployment."""
    return (
        f"aws bedrock delete-custom-model-deployment --region {region_of(arn)} "
        f"--custom-model-deployment-identifier {arn}"
    )
