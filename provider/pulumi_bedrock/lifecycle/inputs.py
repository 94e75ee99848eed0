"""The inputs of a deployment, and the request that they make.

Properties are spelled as in the state, which is as boto3 spells them; `updateInPlace` is this package's own. `INPUTS`
has a row for each input that describes the deployment: the request, the comparison with the state, what `refresh` reads
and what is removed from messages follow from it.

Pulumi's dynamic host passes on neither options nor the resource's name, so more properties hold them (`OPTIONS`):

- `importId`, from the option `import_`, and `importShown`, the names of inputs that aren't secret;
- `deleteBeforeReplace`, `replaceOnChanges` and `retainOnDelete`, from the options of these names; the first may also be
  the name of the setting that overrides the option;
- `timeouts`, from the option `custom_timeouts`;
- `owner`: project, stack, logical name, the types of the parents, and the stack's identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.values.durations import parse_timeout
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import as_list, as_mapping

from .unfinished import MARK

__all__ = [
    "DEFAULT_TIMEOUTS",
    "INPUTS",
    "IN_PLACE",
    "OPTIONS",
    "SENT",
    "Input",
    "create_arguments",
    "normalised",
    "redaction",
    "timeout",
    "timeouts",
]

DEFAULT_TIMEOUTS = {"create": 60 * 60.0, "update": 60 * 60.0, "delete": 20 * 60.0}
"""Seconds. AWS publishes no times; people report 2 to 15 minutes for a create (docs/aws.md)."""


@dataclass(frozen=True)
class Input:
    """An input that describes the deployment.

    :param read: Reads it from a live deployment; None for what AWS doesn't show, or for tags, which are read apart.
    :param is_sent: Whether it is sent to AWS as it is.
    :param in_place: Whether `update_in_place` updates it. Every other change replaces the deployment.
    :param is_private: Whether its value may be secret, so that no message shows it.
    """

    read: Callable[[Deployment], Any] | None = None
    is_sent: bool = True
    in_place: bool = False
    is_private: bool = False


INPUTS = {
    "modelDeploymentName": Input(read=lambda found: found.name),
    "modelArn": Input(read=lambda found: found.next_model_arn, in_place=True),
    "description": Input(read=lambda found: found.description, is_private=True),
    "tags": Input(is_sent=False, in_place=True, is_private=True),
    "tagsAll": Input(is_sent=False, in_place=True, is_private=True),
    "clientRequestToken": Input(),
    "region": Input(read=lambda found: found.region, is_sent=False),
}

SENT = tuple(key for key, each in INPUTS.items() if each.is_sent)
IN_PLACE = frozenset(key for key, each in INPUTS.items() if each.in_place)

OPTIONS = (
    "deleteBeforeReplace",
    "importId",
    "importShown",
    "owner",
    "replaceOnChanges",
    "retainOnDelete",
    "timeouts",
    "updateInPlace",
)
"""Inputs that say how to deploy, not what. They are kept in the state, and never force a replacement."""


def normalised(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties without empty ones and an `updateInPlace` that is off, and with tags as a mapping."""
    result = {key: value for key, value in props.items() if value is not None}
    for key in ("tags", "tagsAll"):
        if key in result:
            result[key] = as_mapping(result[key])
        if result.get(key) == {}:
            del result[key]
    if result.get("updateInPlace") is False:
        del result["updateInPlace"]  # off is the default, which a state of an older version doesn't hold
    return result


def create_arguments(props: Mapping[str, Any], *, name: str, mark: str | None = None) -> dict[str, Any]:
    """Return the arguments of boto3's `create_custom_model_deployment`, with a token only if the program gives it.

    :param props: Checked and normalised inputs.
    :param mark: The value of the tag that marks the deployment as unfinished.
    """
    given = {key: props[key] for key in SENT if key in props}
    arguments: dict[str, Any] = {**given, "modelDeploymentName": name}
    tags = {**(props.get("tagsAll") or {}), **({MARK: mark} if mark else {})}
    if tags:
        arguments["tags"] = as_list(tags)
    return arguments


def timeout(props: Mapping[str, Any], operation: str) -> float:
    """Return the seconds that `create`, `update` or `delete` may take."""
    return timeouts(props, DEFAULT_TIMEOUTS)[operation]


def timeouts(props: Mapping[str, Any], defaults: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of each operation in `defaults`: those of `custom_timeouts`, or else the default.

    :raises ValueError: when one of `custom_timeouts` isn't a positive duration.
    """
    given = props.get("timeouts") or {}
    return {key: parse_timeout(given[key]) if key in given else seconds for key, seconds in defaults.items()}


def redaction(props: Mapping[str, Any], *public: str) -> Redaction:
    """Return a redaction that removes this deployment's description and tag values from messages.

    :param props: Normalised properties.
    :param public: Texts that a message needs, such as the deployment's name.
    """
    private = {text for key, each in INPUTS.items() if each.is_private for text in _texts(props.get(key))}
    shown = {text for key in ("modelDeploymentName", "modelArn", "region") for text in _texts(props.get(key))}
    return Redaction(private=private, public=[*public, *shown])


def _texts(value: Any) -> Iterator[str]:
    """Return a text, or the values of tags; nothing for what isn't known."""
    values = value.values() if isinstance(value, Mapping) else [value]
    yield from (text for text in values if isinstance(text, str))
