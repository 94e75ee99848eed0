"""Automatic names of deployments."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from pulumi_bedrock.aws.constraints import input_shape, member_shape
from pulumi_bedrock.values.kinds import Kind

__all__ = ["auto_name", "is_auto_name"]

_DIGITS = 7
_RANDOM_DIGITS = 5
_NOT_ALLOWED = re.compile(r"[^0-9A-Za-z_-]+")
_SEPARATORS = re.compile(r"([_-])[_-]+")


def auto_name(kind: Kind, logical_name: str, maker: str) -> str:
    """Return `<logical name>-<7 hex digits>`, the logical name shortened and mapped to the service's pattern.

    The last two digits follow from the first five and the maker, so that the maker can tell its names from those of
    a like-named resource of another stack without a call.

    :param maker: Identifies the resource among all stacks.
    """
    return _name(kind, logical_name, maker, secrets.token_hex()[:_RANDOM_DIGITS])


def is_auto_name(kind: Kind, name: str, logical_name: str, maker: str) -> bool:
    """Return whether `auto_name` can have made this name."""
    return name == _name(kind, logical_name, maker, name[-_DIGITS:][:_RANDOM_DIGITS])


def _name(kind: Kind, logical_name: str, maker: str, random: str) -> str:
    check = sha256(f"{maker}::{random}".encode()).hexdigest()[: _DIGITS - _RANDOM_DIGITS]
    return f"{_stem(kind, logical_name)}-{random}{check}"


def _stem(kind: Kind, logical_name: str) -> str:
    shape = member_shape(input_shape(kind.create), kind.name)
    room = int(shape.metadata["max"]) - _DIGITS - 1
    stem = _SEPARATORS.sub(r"\1", _NOT_ALLOWED.sub("-", logical_name))
    return stem.lstrip("-_")[:room].rstrip("-_") or kind.noun.replace(" ", "-")
