"""Tags in their two forms: pulumi_aws's mapping and boto3's list of `{"key": …, "value": …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SERVICE_PREFIX", "as_list", "as_mapping", "merged"]

SERVICE_PREFIX = "aws:"
"""Tags with this prefix are AWS's own: nobody else can set or delete them."""


def as_mapping(tags: Any) -> Any:
    """Tags of either form as a mapping; anything that is neither comes back as it is, for validation to name.

    Values are left alone: they may be outputs or unknown.
    """
    if isinstance(tags, Mapping):
        return dict(tags)
    if isinstance(tags, (list, tuple)) and all(_is_tag(tag) for tag in tags):
        return {tag["key"]: tag["value"] for tag in tags}
    return tags


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as boto3 takes them, in the order of their keys."""
    return [{"key": key, "value": tags[key]} for key in sorted(tags)]


def merged(defaults: Mapping[str, Any], tags: Any) -> Any:
    """A resource's own tags over the default ones; None when there are none at all."""
    tags = as_mapping(tags) if tags is not None else {}
    if not isinstance(tags, Mapping):
        return tags
    return {**defaults, **tags} or None


def _is_tag(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"key", "value"} and isinstance(value["key"], str)
