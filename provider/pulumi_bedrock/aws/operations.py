"""boto3's calls for each kind of resource, written out, so that a reader and the test of the IAM policy find them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = ["Operations", "operations"]


class Operations(NamedTuple):
    """The calls of one kind.

    :param pages: Takes the filters of List, and yields its pages.
    """

    create: Callable[..., Any]
    get: Callable[..., Any]
    delete: Callable[..., Any]
    pages: Callable[..., Any]


def operations(kind: Kind, client: BedrockClient) -> Operations:
    """Return the calls of a kind."""
    if kind is DEPLOYMENT:
        return Operations(
            client.create_custom_model_deployment,
            client.get_custom_model_deployment,
            client.delete_custom_model_deployment,
            client.get_paginator("list_custom_model_deployments").paginate,
        )
    return Operations(
        client.create_custom_model,
        client.get_custom_model,
        client.delete_custom_model,
        client.get_paginator("list_custom_models").paginate,
    )
