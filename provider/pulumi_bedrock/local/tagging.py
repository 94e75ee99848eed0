"""The rules for tags that the service model lacks: the limit per resource, and AWS's own keys."""

from __future__ import annotations

from .exceptions import TooManyTagsException, ValidationException

__all__ = ["TAG_LIMIT", "check_keys", "merged"]

# The service model says 200, which is what a request may carry; a resource holds 50.
TAG_LIMIT = 50


def check_keys(keys: list[str]) -> None:
    """Refuse AWS's own keys, and duplicate keys."""
    if any(key.lower().startswith("aws:") for key in keys):
        raise ValidationException("aws: prefixed tag key names are not allowed for external use.")
    if len(set(keys)) != len(keys):
        raise ValidationException("Duplicate tag keys found. Tag keys must be unique within a request.")


def merged(existing: dict[str, str], tags: list[dict[str, str]], *, resource_name: str) -> dict[str, str]:
    """Return ``existing`` with ``tags`` merged over it. Raise TooManyTagsException above the limit."""
    check_keys([tag["key"] for tag in tags])
    result = {**existing, **{tag["key"]: tag["value"] for tag in tags}}
    if len(result) > TAG_LIMIT:
        raise TooManyTagsException(
            f"The number of tags exceeds the limit of {TAG_LIMIT} tags per resource.",
            resource_name=resource_name,
        )
    return result
