"""Read the output of `pulumi stack export`: the stack's name, identity, deployments and `aws:` configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.lifecycle.unfinished import Mark
from pulumi_bedrock.values.arns import region_in
from pulumi_bedrock.values.configuration import AwsConfiguration

__all__ = ["MalformedState", "StackState"]

_DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
_IDENTITY = "pulumi-python:dynamic/bedrock:StackIdentity"
_PROVIDER = "pulumi:providers:pulumi-python"
_SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a secret, or another value that JSON lacks, in Pulumi's state."""


class MalformedState(Exception):
    """The text isn't output of `pulumi stack export`."""


@dataclass(frozen=True)
class StackState:
    """A stack, read from its state.

    :param name: `project/stack`; None when the state has no resources, and so no name.
    :param identities: Each proves that a deployment belongs to this stack. The deployments in the state hold older
        ones: `destroy --exclude-protected` deletes the stack's `StackIdentity` while the stack lives on.
    :param recorded: The ARNs of all deployments in the state, including those pending deletion.
    :param regions: The Regions of its deployments and of its pending operations.
    :param configuration: The stack's `aws:` configuration as of its last run.
    :param unreadable: Its settings that are encrypted.
    """

    name: str | None
    identities: frozenset[str]
    recorded: frozenset[str]
    regions: frozenset[str]
    configuration: AwsConfiguration
    unreadable: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> StackState:
        """Read the stack in an export.

        :raises MalformedState: when the text isn't an export.
        :raises ConfigurationError: when its `aws:` configuration can't be used.
        """
        resources, pending = _parsed(text)
        # A running or killed run leaves its pending operations in the state. One that creates has no ARN yet.
        everything = [*resources, *pending]
        deployments = [resource for resource in everything if resource["type"] == _DEPLOYMENT]
        settings = _settings(resources)
        plain = {key: value for key, value in settings.items() if not _is_secret(value)}
        arns = {str(resource["id"]) for resource in deployments if resource.get("id")}
        regions = {region_in(arn) for arn in arns} | {_given(resource, "region") for resource in everything}
        regions.add(plain.get("aws:region"))
        return cls(
            name=next((_name(resource["urn"]) for resource in everything), None),
            identities=frozenset(identity for found in everything for identity in _identities(found)),
            recorded=frozenset(arns),
            regions=frozenset(region for region in regions if isinstance(region, str)),
            configuration=AwsConfiguration.read(lambda key: plain.get(f"aws:{key}")),
            unreadable=tuple(sorted(key for key in settings if key.startswith("aws:") and key not in plain)),
        )

    def proves(self, mark: Mark, name: str) -> bool:
        """Return whether the mark proves that the deployment with this name belongs to this stack."""
        return any(mark.is_of_stack(identity, name) for identity in self.identities)


def _parsed(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the resources, and those of the operations that were pending when the state was written."""
    try:
        deployment = json.loads(text)["deployment"]
        resources = list(deployment.get("resources") or ())
        pending = [operation["resource"] for operation in deployment.get("pending_operations") or ()]
        for resource in (*resources, *pending):
            resource["type"], _name(resource["urn"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedState(f"it is not the output of `pulumi stack export` ({type(error).__name__})") from error
    return resources, pending


def _name(urn: str) -> str:
    """Return `project/stack` from `urn:pulumi:<stack>::<project>::<type>::<name>`."""
    stack, project, *_ = urn.removeprefix("urn:pulumi:").split("::")
    return f"{project}/{stack}"


def _settings(resources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the inputs of the dynamic host's default provider, which are the stack's configuration."""
    return {
        key: value
        for resource in resources
        if resource["type"] == _PROVIDER
        for key, value in (resource.get("inputs") or {}).items()
    }


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and _SECRET_SIGNATURE in value


def _identities(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield the stack's identity, as `StackIdentity` has it, and those that a deployment was created with.

    A step without changes writes new inputs and keeps old outputs, so they may hold two.
    """
    if resource["type"] == _IDENTITY and resource.get("id"):
        yield resource["id"]
    if resource["type"] == _DEPLOYMENT:
        for properties in (resource.get("inputs"), resource.get("outputs")):
            owner = (properties or {}).get("__owner")
            if isinstance(owner, Mapping) and isinstance(owner.get("identity"), str):
                yield owner["identity"]


def _given(resource: Mapping[str, Any], key: str) -> Any:
    return (resource.get("inputs") or {}).get(key)
