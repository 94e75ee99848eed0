"""The inputs of a deployment, and the request that they make.

Properties are spelled as in the state, which is as boto3 spells them; `updateInPlace` is this package's own. Pulumi's
dynamic host passes on neither options nor the resource's name, so more properties hold them:

- `importId`, from the option `import_`, and `importShown`, the names of inputs that aren't secret;
- `deleteBeforeReplace`, from the option of that name;
- `timeouts`, from the option `custom_timeouts`;
- `owner`: project, stack, logical name, parent and the stack's identity;
- `inheritedProvider`, when a parent has an `aws.Provider` (see `inherited_provider`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.values.durations import parse_timeout
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import as_list, as_mapping

from .unfinished import MARK

__all__ = ["DEFAULT_TIMEOUTS", "OPTIONS", "SENT", "CreateRequest", "normalised", "redaction", "timeout", "timeouts"]

DEFAULT_TIMEOUTS = {"create": 60 * 60.0, "update": 60 * 60.0, "delete": 20 * 60.0}
"""Seconds. AWS publishes no times; people report waits of up to an hour for a create."""

OPTIONS = (
    "deleteBeforeReplace",
    "importId",
    "importShown",
    "inheritedProvider",
    "owner",
    "timeouts",
    "updateInPlace",
)
"""Inputs that say how to deploy, not what. They are kept in the state, and never force a replacement."""

SENT = ("modelDeploymentName", "modelArn", "description", "clientRequestToken")
"""Inputs that are sent to AWS as they are."""


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


@dataclass(frozen=True)
class CreateRequest:
    """What a create asks AWS for, besides the name.

    :param tags: All tags but the mark.
    :param token: The client request token that the program gives.
    """

    model_arn: str
    description: str | None = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str | None = None

    @classmethod
    def of(cls, props: Mapping[str, Any]) -> CreateRequest:
        """Return the request that checked and normalised inputs make."""
        return cls(
            props["modelArn"], props.get("description"), props.get("tagsAll") or {}, props.get("clientRequestToken")
        )

    def arguments(self, *, name: str, mark: str | None = None) -> dict[str, Any]:
        """Return the arguments of boto3's `create_custom_model_deployment`, with a new token if the program gives none.

        :param mark: The value of the tag that marks the deployment as unfinished.
        """
        arguments: dict[str, Any] = {
            "modelDeploymentName": name,
            "modelArn": self.model_arn,
            "clientRequestToken": self.token or str(uuid.uuid4()),
        }
        if self.description is not None:
            arguments["description"] = self.description
        tags = {**self.tags, **({MARK: mark} if mark else {})}
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


def redaction(props: Mapping[str, Any], *public: str | None) -> Redaction:
    """Return a redaction that removes this deployment's description and tag values from messages.

    :param public: Texts that a message needs, such as the deployment's name.
    """
    private = [props.get("description")]
    for key in ("tags", "tagsAll"):
        private += (as_mapping(props.get(key) or {})).values()
    keep = [*public, props.get("modelDeploymentName"), props.get("modelArn"), props.get("region")]
    return Redaction(
        private=[text for text in private if isinstance(text, str)],
        public=[text for text in keep if isinstance(text, str)],
    )
