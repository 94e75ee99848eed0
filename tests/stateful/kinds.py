"""How a program declares a resource of either kind, so that one list of lifecycles serves both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from custom_models import ROLE, artifacts
from pulumi_bedrock.lifecycle.inputs import HIDDEN
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

__all__ = ["NAMES", "declared", "hidden_of", "spelled"]

NAMES = ("modelDeploymentName", "modelName")

_CHANGED: dict[Kind, tuple[dict[str, Any], dict[str, Any]]] = {
    DEPLOYMENT: ({"description": None}, {"description": "Answers mails"}),
    CUSTOM_MODEL: ({"modelSourceConfig": artifacts(1)}, {"modelSourceConfig": artifacts(2)}),
}
"""What changes when `changed` says so. AWS shows a description, and doesn't show artifacts."""


def spelled(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a kind, of which `name` and `changed` stand for those of that kind."""
    result = dict(given)
    if "name" in result:
        result[kind.name] = result.pop("name")
    if "changed" in result:
        result |= _CHANGED[kind][result.pop("changed")]
    return result


def declared(kind: Kind, models: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """A resource in a program.

    :param models: Custom models that a deployment can use.
    """
    if kind is DEPLOYMENT:
        return {"modelArn": models[0], **spelled(kind, given)}
    return {"kind": kind, "roleArn": ROLE, "modelSourceConfig": artifacts(1), **spelled(kind, given)}


def hidden_of(kind: Kind, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that the mark has a digest of."""
    return {key: inputs[key] for key in HIDDEN[kind] if key in inputs and key != "clientRequestToken"}
