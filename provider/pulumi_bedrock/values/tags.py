"""Tags in their two forms: pulumi_aws's mapping and boto3's list of `{"key": …, "value": …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SERVICE_PREFIX", "as_list", "as_mapping", "as_text", "merged"]

SERVICE_PREFIX = "aws:"
"""The prefix of AWS's own tags: nobody else can set or delete them."""


def as_mapping(tags: Any) -> Any:
    """Return tags of either form as a mapping; return anything else unchanged, so that validation can report it.

    Values are unchanged: they may be outputs or unknown.
    """
    if isinstance(tags, Mapping):
        return dict(tags)
    if isinstance(tags, (list, tuple)) and all(_is_tag(tag) for tag in tags):
        return {tag["key"]: tag["value"] for tag in tags}
    return tags


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as boto3 takes them, sorted by key."""
    return [{"key": key, "value": tags[key]} for key in sorted(tags)]


def merged(defaults: Mapping[str, Any], tags: Any) -> Any:
    """Return a resource's own tags merged over the default ones; None when there are none."""
    tags = as_mapping(tags) if tags is not None else {}
    if not isinstance(tags, Mapping):
        return tags
    return {**defaults, **tags} or None


def as_text(value: Any) -> Any:
    """Return a number or boolean as a string, as pulumi_aws does; anything else unchanged."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else value


def _is_tag(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"key", "value"} and isinstance(value["key"], str)
