"""Read a deployment as it is in AWS, for `refresh` and `get`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_bedrock import errors

from .comparison import live_inputs
from .run_context import RunContext

__all__ = ["read"]


def read(run: RunContext, identifier: str, props: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """Return a deployment and the inputs that would create it; None when AWS answers that there is none.

    Calls Get and ListTagsForResource.

    :param identifier: The ARN or the name.
    :param props: The properties in the state; they distinguish own tags from default ones.
    :raises BedrockError: for every error but not-found, so that the state keeps the resource.
    """
    region = run.clients.region_for(identifier, props.get("region"))
    calls = run.calls(region, identifier, props)
    found = calls.with_retries(lambda: calls.find(identifier))
    if found is None:
        return None
    arn = found.arn
    try:
        tags = calls.with_retries(lambda: calls.tags(arn))
    except errors.ResourceNotFound:
        return None  # deleted between the two calls
    return found, live_inputs(run.kind, found, tags, declared=props, ignores=run.clients.configuration.ignores_tag)
