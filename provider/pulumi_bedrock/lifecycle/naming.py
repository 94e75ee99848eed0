"""Automatic names of deployments."""

from __future__ import annotations

import re
import secrets

from pulumi_bedrock.aws.constraints import CREATE, input_shape, member_shape

__all__ = ["auto_name", "is_auto_name"]

_DIGITS = 7
_NOT_ALLOWED = re.compile(r"[^0-9A-Za-z_-]+")
_SEPARATORS = re.compile(r"([_-])[_-]+")


def auto_name(logical_name: str) -> str:
    """Return `<logical name>-<7 hex digits>`, the logical name shortened and mapped to the service's pattern."""
    return f"{_stem(logical_name)}-{secrets.token_hex(_DIGITS)[:_DIGITS]}"


def _stem(logical_name: str) -> str:
    shape = member_shape(input_shape(CREATE), "modelDeploymentName")
    room = int(shape.metadata["max"]) - _DIGITS - 1
    stem = _SEPARATORS.sub(r"\1", _NOT_ALLOWED.sub("-", logical_name))
    return stem.lstrip("-_")[:room].rstrip("-_") or "deployment"


def is_auto_name(name: str, logical_name: str) -> bool:
    """Return whether `auto_name` can have made this name."""
    return re.fullmatch(re.escape(_stem(logical_name)) + rf"-[0-9a-f]{{{_DIGITS}}}", name) is not None
