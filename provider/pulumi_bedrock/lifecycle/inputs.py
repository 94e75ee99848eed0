"""The inputs of a deployment: validation, comparison, naming, and their mapping to the API.

Properties are spelled as in the state, which is as boto3 spells them. Beside AWS's own there are a few that Pulumi's
dynamic host would otherwise drop, since it hands on neither options nor the resource's name:

- `importId`, from the option `import_`;
- `timeouts`, from the option `custom_timeouts`;
- `owner`: project, stack and logical name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import InvalidRegionError
from botocore.model import ListShape, StructureShape
from botocore.utils import validate_region_name

from pulumi_bedrock.aws.constraints import CREATE, UNKNOWN, operation_input, problems, size_problems, within
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.values import durations
from pulumi_bedrock.values.ownership import MARK
from pulumi_bedrock.values.redaction import Redaction
from pulumi_bedrock.values.tags import SERVICE_PREFIX, as_list, as_mapping

__all__ = [
    "DEFAULT_TIMEOUTS",
    "auto_name",
    "changes",
    "deletes_first",
    "differences",
    "failures",
    "holds_unknown",
    "is_auto_name",
    "live",
    "normalised",
    "option_failures",
    "request",
    "timeout",
    "withheld",
]


DEFAULT_TIMEOUTS = {"create": 60 * 60.0, "delete": 20 * 60.0}
"""Seconds. AWS publishes no times; people report waits of up to an hour for a create."""

_SENT = ("modelDeploymentName", "modelArn", "description", "clientRequestToken")
_COMPARED = ("modelArn", "description", "tags", "tagsAll", "clientRequestToken", "region")
_DIGITS = 7


def normalised(props: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with both forms of tags made one, and without what is empty."""
    result = {key: value for key, value in props.items() if value is not None}
    for key in ("tags", "tagsAll"):
        if key in result:
            result[key] = as_mapping(result[key])
        if result.get(key) == {}:
            del result[key]
    return result


def failures(props: Mapping[str, Any]) -> list[str]:
    """All that is wrong with normalised properties, each line beginning with the property's name.

    Constraints are those of botocore's service model; values are never repeated, since they may be secret.
    """
    return [*_api_failures(props), *_tag_failures(props), *option_failures(props)]


def _api_failures(props: Mapping[str, Any]) -> Iterator[str]:
    shape = operation_input(CREATE)
    if props.get("modelArn") is None:
        yield "modelArn: is required; give the ARN of the custom model to deploy"
    for key in _SENT:
        value = props.get(key)
        if value is not None:
            yield from problems(key, within(shape, key), value)
    region = props.get("region")
    if region is None:
        yield (
            "region: no AWS Region is set; run `pulumi config set aws:region us-east-1`, set AWS_REGION, "
            "or give the resource region="
        )
    elif region is not UNKNOWN and not _is_region(region):
        yield 'region: must be the name of an AWS Region, such as "us-east-1"'


def _is_region(value: Any) -> bool:
    try:
        validate_region_name(value)
    except (InvalidRegionError, TypeError):
        return False
    return True


def _tag_failures(props: Mapping[str, Any]) -> Iterator[str]:
    shape = within(operation_input(CREATE), "tags")
    assert isinstance(shape, ListShape) and isinstance(shape.member, StructureShape)
    own, everything = props.get("tags"), props.get("tagsAll")
    for name, tags in (("tags", own), ("tagsAll", everything)):
        if tags is not None and tags is not UNKNOWN and not isinstance(tags, Mapping):
            yield f'{name}: must be a mapping of strings, or a list of {{"key": …, "value": …}}'
    own = own if isinstance(own, Mapping) else {}
    everything = everything if isinstance(everything, Mapping) else {}
    yield from size_problems("tags", shape, everything or own)
    for path, tags in (
        ("tags", own),
        ("tagsAll", {key: everything[key] for key in everything if key not in own}),
    ):
        for key, value in tags.items():
            yield from problems(f'{path}["{key}"] (its key)', within(shape.member, "key"), key)
            yield from problems(f'{path}["{key}"]', within(shape.member, "value"), value)


def option_failures(props: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the resource's options."""
    for operation, text in (props.get("timeouts") or {}).items():
        try:
            durations.seconds(text)
        except (TypeError, ValueError):
            yield f'custom_timeouts: {operation} must be a positive duration such as "45m" or "1h30m"'


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of the inputs in which `new` asks for another deployment than `old`, the outputs in the state, is.

    The name counts only if the program gives one, or has given one and leaves it out now: an automatic name is
    `create`'s to make, and must not look like a change.
    """
    found = [key for key in _COMPARED if _differs(old.get(key), new.get(key))]
    given, has = new.get("modelDeploymentName"), old.get("modelDeploymentName")
    if (given is None and not old.get("autoNamed")) or (given is not None and _differs(has, given)):
        found.insert(0, "modelDeploymentName")
    return found


def _differs(old: Any, new: Any) -> bool:
    return holds_unknown(new) or old != new


def holds_unknown(value: Any) -> bool:
    """Whether a value is unknown, or something in it is."""
    if isinstance(value, (Mapping, list)):
        return any(holds_unknown(item) for item in (value.values() if isinstance(value, Mapping) else value))
    return value is UNKNOWN


def live(
    found: Deployment, tags: Mapping[str, str], *, declared: Mapping[str, Any], ignores: Callable[[str], bool]
) -> dict[str, Any]:
    """The inputs that would make this very deployment.

    `aws:` tags are AWS's, and those of `aws:ignoreTags` somebody else's, unless the program itself sets them. Default
    tags stay out of `tags`, as the program keeps them: in `tagsAll` only, until someone changes one.

    :param declared: What the program or the state says, by which own tags are told from default ones.
    :param ignores: Whether `aws:ignoreTags` leaves a tag to others, by its key.
    """
    own, everything = declared.get("tags") or {}, declared.get("tagsAll") or {}
    theirs = {
        key: value
        for key, value in tags.items()
        if not key.startswith(SERVICE_PREFIX) and key != MARK and (key in everything or not ignores(key))
    }
    return normalised(
        {
            "modelArn": found.model_arn,
            "description": found.description,
            "tags": {key: value for key, value in theirs.items() if key in own or everything.get(key) != value},
            "tagsAll": theirs,
            "region": found.region,
        }
    )


def differences(*, declared: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    """In what a live deployment differs from what a program declares, as an import tells it.

    Names and ARNs are shown; of description and tags only which ones differ, since their values may be secret.
    """
    found = []
    for key in ("modelDeploymentName", "modelArn", "region"):
        want, has = declared.get(key), live.get(key)
        if want is not None and want != has:
            found.append(f"{key} is {has} live and {want} in the program")
    if declared.get("description") != live.get("description"):
        found.append(_presence("description", declared.get("description"), live.get("description")))
    want_tags, live_tags = declared.get("tagsAll") or {}, live.get("tagsAll") or {}
    for key in sorted({*want_tags, *live_tags}):
        if want_tags.get(key) != live_tags.get(key):
            found.append(_presence(f'tags["{key}"]', want_tags.get(key), live_tags.get(key)))
    return found


def _presence(what: str, declared: Any, live: Any) -> str:
    if declared is None:
        return f"{what} is set live and not in the program"
    return f"{what} is not set live" if live is None else f"{what} has another value live"


def deletes_first(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a replacement has to delete the old deployment first: its name is given, and stays in its Region."""
    given = new.get("modelDeploymentName")
    if given is None or given is UNKNOWN or new.get("region") is UNKNOWN:
        return False
    return bool(given == old.get("modelDeploymentName") and new.get("region") == old.get("region"))


def auto_name(logical_name: str) -> str:
    """`<logical name>-<7 hex>`, the logical name cut and mapped onto the service's pattern where it doesn't fit."""
    return f"{_stem(logical_name)}-{secrets.token_hex(_DIGITS)[:_DIGITS]}"


def _stem(logical_name: str) -> str:
    shape = within(operation_input(CREATE), "modelDeploymentName")
    room = int(shape.metadata["max"]) - _DIGITS - 1
    stem = re.sub(r"[^0-9A-Za-z_-]+", "-", logical_name)
    return re.sub(r"([_-])[_-]+", r"\1", stem).lstrip("-_")[:room].rstrip("-_") or "deployment"


def is_auto_name(name: str, logical_name: str) -> bool:
    """Whether `auto_name` could have made this name."""
    return re.fullmatch(re.escape(_stem(logical_name)) + rf"-[0-9a-f]{{{_DIGITS}}}", name) is not None


def request(props: Mapping[str, Any], *, name: str, token: str, mark: str | None = None) -> dict[str, Any]:
    """The arguments of boto3's `create_custom_model_deployment`.

    :param mark: The value of the tag that says that the deployment isn't finished yet.
    """
    arguments: dict[str, Any] = {
        "modelDeploymentName": name,
        "modelArn": props["modelArn"],
        "clientRequestToken": token,
    }
    if props.get("description") is not None:
        arguments["description"] = props["description"]
    tags = {**(props.get("tagsAll") or {}), **({MARK: mark} if mark else {})}
    if tags:
        arguments["tags"] = as_list(tags)
    return arguments


def timeout(props: Mapping[str, Any], operation: str) -> float:
    """Seconds that `create` or `delete` may take."""
    text = (props.get("timeouts") or {}).get(operation)
    return DEFAULT_TIMEOUTS[operation] if text is None else durations.seconds(text)


def withheld(props: Mapping[str, Any], *public: str | None) -> Redaction:
    """Keeps this deployment's description and tag values out of messages, AWS's included."""
    private = [props.get("description")]
    for key in ("tags", "tagsAll"):
        private += (as_mapping(props.get(key) or {})).values()
    keep = [*public, props.get("modelDeploymentName"), props.get("modelArn"), props.get("region")]
    return Redaction(
        private=[text for text in private if isinstance(text, str)],
        public=[text for text in keep if isinstance(text, str)],
    )
