"""ARNs of Amazon Bedrock, and the words in which messages name a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

__all__ = [
    "Arn",
    "adopt_or_delete",
    "delete_command",
    "describe_identifier",
    "id_hint",
    "region_in",
    "subject",
]

_KINDS = {
    "custom-model": "a custom model",
    "custom-model-deployment": "a deployment",
    "foundation-model": "a foundation model",
    "imported-model": "an imported model",
    "inference-profile": "an inference profile",
    "model-customization-job": "a model customization job",
    "provisioned-model": "a provisioned model",
}

_BASE = {CUSTOM_MODEL: "<base model>/"}
"""What stands before the ID in an ARN."""

_ID = re.compile("[a-z0-9]{12}")
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

    @property
    def kind(self) -> str:
        """The resource's type, such as `custom-model-deployment`."""
        return self.resource.partition("/")[0]

    @classmethod
    def parse(cls, identifier: str) -> Arn | None:
        """Return the parts of an ARN; None for a name."""
        match = _ARN.fullmatch(identifier)
        return cls(**match.groupdict()) if match else None


def region_in(identifier: str) -> str | None:
    """Return the Region in an ARN; None for a name."""
    arn = Arn.parse(identifier)
    return arn.region if arn else None


def describe_identifier(identifier: str) -> str:
    """Return what an identifier is, for the message to a person who gave a wrong one."""
    arn = Arn.parse(identifier)
    if arn is not None:
        return f"the ARN of {_KINDS.get(arn.kind, 'something else')}"
    return "text with white space around it" if identifier != identifier.strip() else "not an ARN"


def id_hint(identifier: str, region: str, kind: Kind = DEPLOYMENT) -> str:
    """Return the advice for an identifier that nothing has as its name, but that may be an ID; empty for others."""
    if not _ID.fullmatch(identifier):
        return ""
    return (
        f" AWS finds a {kind.noun} by its name or its whole ARN, not by its ID: "
        f"arn:aws:bedrock:{region}:<account>:{kind.arn_type}/{_BASE.get(kind, '')}{identifier}"
    )


def subject(identifier: str, noun: str = DEPLOYMENT.noun) -> str:
    """Return a resource as a message begins with it: a name in quotes, an ARN without."""
    return f"{noun} {identifier}" if Arn.parse(identifier) else f'{noun} "{identifier}"'


def adopt_or_delete(arn: str) -> str:
    """Return the advice for a resource that exists in the account but not in the state."""
    return (
        f'To adopt it, run again with import_="{arn}" in the resource\'s options. To delete it: {delete_command(arn)}'
    )


def delete_command(arn: str) -> str:
    """Return the AWS CLI command that deletes a deployment or a custom model."""
    parsed = Arn.parse(arn)
    if parsed is not None and parsed.kind == CUSTOM_MODEL.arn_type:
        return f"aws bedrock delete-custom-model --region {parsed.region} --model-identifier {arn}"
    return (
        f"aws bedrock delete-custom-model-deployment --region {region_in(arn)} "
        f"--custom-model-deployment-identifier {arn}"
    )
