"""The public names with their docstrings, and the examples in these."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pulumi_bedrock
from pulumi_bedrock import local

__all__ = ["PUBLIC", "examples"]


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """The functions of a class that a user calls with arguments: properties and internals are left out."""
    for name, member in vars(kind).items():
        if not name.startswith("_") and isinstance(member, (staticmethod, classmethod)):
            yield name, member.__func__


def _public() -> Iterator[tuple[str, Any]]:
    for name in pulumi_bedrock.__all__:
        value = getattr(pulumi_bedrock, name)
        yield name, value
        if inspect.isclass(value):
            yield from ((f"{name}.{member}", function) for member, function in _members(value))
    yield "errors.BedrockError", pulumi_bedrock.errors.BedrockError
    for name in local.__all__:
        yield f"local.{name}", getattr(local, name)


PUBLIC = dict(_public())
"""What a user imports. The other errors share the example of their base class."""


def examples(value: Any) -> list[str]:
    """The Python examples in a docstring, without the docstring's indentation."""
    return re.findall(r"^```python\n(.*?)^```$", inspect.getdoc(value) or "", re.M | re.S)
