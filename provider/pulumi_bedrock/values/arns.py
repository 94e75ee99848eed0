"""ARNs of Amazon Bedrock, and the words in which messages name a deployment."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Arn", "adopt_or_delete", "delete_command", "region_in", "subject"]

_ARN = re.compile(r"arn:(?P<partition>[^:]+):bedrock:(?P<region>[^:]+):(?P<account>\d*):(?P<resource>.+)")


@dataclass(frozen=True)
class Arn:
    """The parts of a Bedrock ARN.

    :param account: 12 digits; empty for AWS's own models.
    :param resource: Type and identifier, such as `custom-model-deployment/abcdefghij12`.
    """

    partition: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, identifier: str) -> Arn | None:
        """Return the parts of an ARN; None for a name."""
        match = _ARN.fullmatch(identifier)
        return cls(**match.groupdict()) if match else None


def region_in(identifier: str) -> str | None:
    """Return the Region in an ARN; None for a name."""
    arn = Arn.parse(identifier)
    return arn.region if arn else None


def subject(identifier: str) -> str:
    """Return a deployment as a message begins with it: a name in quotes, an ARN without."""
    return f"deployment {identifier}" if Arn.parse(identifier) else f'deployment "{identifier}"'


def adopt_or_delete(arn: str) -> str:
    """Return the advice for a deployment that exists in the account but not in the state."""
    return (
        f'To adopt it, run again with import_="{arn}" in the resource\'s options. To delete it: {delete_command(arn)}'
    )


def delete_command(arn: str) -> str:
    """Return the AWS CLI command that deletes a deployment."""
    return (
        f"aws bedrock delete-custom-model-deployment --region {region_in(arn)} "
        f"--custom-model-deployment-identifier {arn}"
    )
