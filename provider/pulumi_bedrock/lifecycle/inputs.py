"""The inputs of a deployment and of a custom model, and the request that they make.

Properties are spelled as in the state, which is as boto3 spells them; `updateInPlace` is this package's own. `INPUTS`
has a row for each input that describes the resource: the request, the comparison with the state, what `refresh` reads
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

from pulumi_bedrock.aws.resources import Resource
from pulumi_bedrock.values.durations import parse_timeout
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import as_list, as_mapping

from .unfinished import MARK

__all__ = [
    "DEFAULT_TIMEOUTS",
    "HIDDEN",
    "INPUTS",
    "IN_PLACE",
    "OPTIONS",
    "SENT",
    "SHOWN",
    "Input",
    "create_arguments",
    "normalised",
    "redaction",
    "shown_inputs",
    "timeout",
    "timeouts",
]

DEFAULT_TIMEOUTS = {
    DEPLOYMENT: {"create": 60 * 60.0, "update": 60 * 60.0, "delete": 20 * 60.0},
    CUSTOM_MODEL: {"create": 120 * 60.0, "update": 20 * 60.0, "delete": 20 * 60.0},
}
"""Seconds. AWS publishes no times; people report 2 to 15 minutes for the create of a deployment, and about 10 for that
of a custom model (docs/aws.md)."""


@dataclass(frozen=True)
class Input:
    """An input that describes the resource.

    :param read: Reads it from a live resource; None for what AWS doesn't show, or for tags, which are read apart.
    :param is_sent: Whether it is sent to AWS as it is.
    :param in_place: Whether `update_in_place` updates it. Every other change replaces the resource.
    :param is_private: Whether its value may be secret, so that no message shows it.
    """

    read: Callable[[Any], Any] | None = None
    is_sent: bool = True
    in_place: bool = False
    is_private: bool = False


_TAGS = Input(is_sent=False, in_place=True, is_private=True)
_REGION = Input(read=lambda found: found.region, is_sent=False)

INPUTS = {
    DEPLOYMENT: {
        "modelDeploymentName": Input(read=lambda found: found.name),
        "modelArn": Input(read=lambda found: found.next_model_arn, in_place=True),
        "description": Input(read=lambda found: found.description, is_private=True),
        "tags": _TAGS,
        "tagsAll": _TAGS,
        "clientRequestToken": Input(),
        "region": _REGION,
    },
    CUSTOM_MODEL: {
        "modelName": Input(read=lambda found: found.name),
        "modelSourceConfig": Input(),
        "customModelDataSource": Input(),
        "roleArn": Input(),
        "modelKmsKeyArn": Input(read=lambda found: found.kms_key_arn),
        "tags": _TAGS,
        "tagsAll": _TAGS,
        "clientRequestToken": Input(),
        "region": _REGION,
    },
}

SENT = {kind: tuple(key for key, each in inputs.items() if each.is_sent) for kind, inputs in INPUTS.items()}
IN_PLACE = {kind: frozenset(key for key, each in inputs.items() if each.in_place) for kind, inputs in INPUTS.items()}
SHOWN = {
    kind: tuple(key for key, each in inputs.items() if each.read and not each.is_private)
    for kind, inputs in INPUTS.items()
}
"""What AWS shows, and messages may."""

HIDDEN = {
    kind: tuple(key for key, each in inputs.items() if each.is_sent and not each.read)
    for kind, inputs in INPUTS.items()
}
"""What AWS gets and never shows."""

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


def shown_inputs(kind: Kind, found: Resource) -> dict[str, Any]:
    """Return the inputs that AWS shows of a live resource, but for its tags; one that isn't set is None."""
    return {key: each.read(found) for key, each in INPUTS[kind].items() if each.read}


def create_arguments(kind: Kind, props: Mapping[str, Any], *, name: str, mark: str | None = None) -> dict[str, Any]:
    """Return the arguments of boto3's call of Create, with a token only if the program gives it.

    :param props: Checked and normalised inputs.
    :param mark: The value of the tag that marks the resource as unfinished.
    """
    given = {key: props[key] for key in SENT[kind] if key in props}
    arguments: dict[str, Any] = {**given, kind.name: name}
    tags = {**(props.get("tagsAll") or {}), **({MARK: mark} if mark else {})}
    if tags:
        arguments[kind.tags] = as_list(tags)
    return arguments


def timeout(kind: Kind, props: Mapping[str, Any], operation: str) -> float:
    """Return the seconds that `create`, `update` or `delete` may take."""
    return timeouts(props, DEFAULT_TIMEOUTS[kind])[operation]


def timeouts(props: Mapping[str, Any], defaults: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of each operation in `defaults`: those of `custom_timeouts`, or else the default.

    :raises ValueError: when one of `custom_timeouts` isn't a positive duration.
    """
    given = props.get("timeouts") or {}
    return {key: parse_timeout(given[key]) if key in given else seconds for key, seconds in defaults.items()}


def redaction(kind: Kind, props: Mapping[str, Any], *public: str) -> Redaction:
    """Return a redaction that removes this resource's description and tag values from messages.

    :param props: Normalised properties.
    :param public: Texts that a message needs, such as the resource's name.
    """
    private = {text for key, each in INPUTS[kind].items() if each.is_private for text in _texts(props.get(key))}
    shown = {text for key in SHOWN[kind] for text in _texts(props.get(key))}
    return Redaction(private=private, public=[*public, *shown])


def _texts(value: Any) -> Iterator[str]:
    """Return a text, or the values of tags; nothing for what isn't known."""
    values = value.values() if isinstance(value, Mapping) else [value]
    yield from (text for text in values if isinstance(text, str))
