"""Read the output of `pulumi stack export`: the stack's name, identities, deployments and hosts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.lifecycle.unfinished import Mark

from .hosts import TYPES, Host, arns_in, hosts_in

__all__ = ["MalformedState", "StackState"]

_IDENTITY = "pulumi-python:dynamic/bedrock:StackIdentity"


class MalformedState(Exception):
    """The text isn't output of `pulumi stack export`."""


@dataclass(frozen=True)
class StackState:
    """A stack, read from its state.

    :param name: `project/stack`; None when the state has no resources, and so no name.
    :param identities: Each proves that a resource belongs to this stack, whatever host created it. The resources in
        the state hold older ones: `destroy --exclude-protected` deletes the stack's `StackIdentity` while the stack
        lives on.
    :param recorded: The ARNs of all deployments and custom models in the state, including those pending deletion.
    :param hosts: At least one.
    """

    name: str | None
    identities: frozenset[str]
    recorded: frozenset[str]
    hosts: tuple[Host, ...]

    @classmethod
    def read(cls, text: str) -> StackState:
        """Read the stack in an export.

        :raises MalformedState: when the text isn't an export.
        """
        resources, pending = _parsed(text)
        # A running or killed run leaves its pending operations in the state. One that creates has no ARN yet.
        everything = [*resources, *pending]
        return cls(
            name=next((_name(resource["urn"]) for resource in everything), None),
            identities=frozenset(identity for found in everything for identity in _identities(found)),
            recorded=frozenset(arns_in(everything)),
            hosts=tuple(hosts_in(everything)),
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


def _identities(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield the stack's identity, as `StackIdentity` has it, and those that a resource was created with.

    A step without changes writes new inputs and keeps old outputs, so they may hold two.
    """
    if resource["type"] == _IDENTITY and resource.get("id"):
        yield resource["id"]
    if resource["type"] in TYPES:
        for properties in (resource.get("inputs"), resource.get("outputs")):
            owner = (properties or {}).get("__owner")
            if isinstance(owner, Mapping) and isinstance(owner.get("identity"), str):
                yield owner["identity"]
