"""What a program declares, as the engine model takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind

__all__ = [
    "NOT_INPUTS",
    "Options",
    "Output",
    "Program",
    "dependencies_of",
    "kind_of",
    "options_of",
    "uses_of",
    "value_of",
]

Program = dict[str, dict[str, Any]]
"""The arguments of each resource, by logical name: inputs as `check` gets them, and `opts`, its `Options`.

With `get`, an ARN, the resource is read and not managed. It is a deployment, if `kind` says nothing else.
"""

NOT_INPUTS = ("get", "kind", "opts")


@dataclass(frozen=True)
class Output:
    """As the value of an input: the ARN of another resource, on which this one then depends."""

    of: str


@dataclass(frozen=True)
class Options:
    """Those of `pulumi.ResourceOptions` that the model knows. Resources are given by their names."""

    depends_on: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    replacement_trigger: str | None = None
    ignore_changes: tuple[str, ...] = ()
    retries: int = 0
    """How often an error hook asks for another try of a create, an update or a delete."""


def options_of(given: dict[str, Any]) -> Options:
    """The options of a resource in a program."""
    options: Options = given.get("opts", Options())
    return options


def kind_of(given: dict[str, Any]) -> Kind:
    """The kind of a resource in a program."""
    kind: Kind = given.get("kind", DEPLOYMENT)
    return kind


def uses_of(given: dict[str, Any]) -> dict[str, str]:
    """The resource whose ARN an input holds, by the input's name."""
    return {key: value.of for key, value in given.items() if isinstance(value, Output)}


def dependencies_of(given: dict[str, Any]) -> set[str]:
    """The resources that a resource depends on, by their names."""
    return {*uses_of(given).values(), *options_of(given).depends_on}


def value_of(key: str, arn: str) -> str:
    """The value of an input that holds another resource's ARN. A name can't, so that has a part of it."""
    return f"of-{arn[-12:]}" if key in ("modelDeploymentName", "modelName") else arn
