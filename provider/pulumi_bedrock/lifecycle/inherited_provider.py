"""A resource whose parent has an `aws.Provider`: it must not silently call another account or Region than the provider.

A dynamic resource gets neither the provider nor its settings. But the resource's ARN names an account and a Region,
and whatever the provider made is in those. So they are compared with what this stack calls: the Region without a call,
the account before anything is created.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.values.arns import Arn

__all__ = ["INHERITED", "region_violations", "verify_account"]

INHERITED = "inheritedProvider"
"""The input that says that the resource inherits an `aws.Provider`."""


def region_violations(props: Mapping[str, Any], key: str) -> Iterator[str]:
    """Return what is wrong with the Region of a resource that inherits a provider. No network.

    :param key: The input that holds the ARN.
    """
    identifier, region = props.get(key), props.get("region")
    if not props.get(INHERITED) or not isinstance(identifier, str):
        return
    arn = Arn.parse(identifier)
    if arn is None or not arn.account:
        yield (
            f"{key}: must be an ARN with an account, because the resource inherits an aws.Provider: a dynamic resource "
            "can't use it, so the account in the ARN is compared with that of the stack's configuration"
        )
    elif region is not None and region is not UNKNOWN and region != arn.region:
        yield (
            f"region: the resource inherits an aws.Provider, but {key} is in {arn.region}, and this stack calls "
            f'{region}. Give the resource region="{arn.region}"'
        )


def verify_account(clients: Clients, props: Mapping[str, Any], key: str, *, subject: str) -> None:
    """Raise when a resource that inherits a provider would call another account than the one in its ARN.

    :raises WrongAccount: naming both accounts.
    :raises AccountUnknown: when STS doesn't say which account the credentials are of.
    """
    identifier = str(props.get(key))
    if props.get(INHERITED):
        region = clients.region_for(identifier)
        clients.account.verify_same(identifier, region, subject=subject, what=key)
