"""Check a request against the constraints of botocore's own service model, in AWS's words.

botocore itself doesn't enforce patterns, enumerations or upper limits, so only the service refuses such requests.
Everything is read from the model at run time: a newer botocore brings newer rules. Only its lists of partitions are
left out, which are older than the newest partition.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from .exceptions import ValidationException

__all__ = ["check"]

_PARTITION = re.compile(r"\Aarn:[a-z0-9-]+:")
_LENGTH_TYPES = ("string", "list", "map", "blob")


def check(shape: Any, parameters: dict[str, Any]) -> None:
    """Raise one ValidationException that names every member that violates its shape's constraints."""
    violations = list(_structure(shape, parameters, ""))
    if violations:
        noun = "error" if len(violations) == 1 else "errors"
        raise ValidationException(f"{len(violations)} validation {noun} detected: {'; '.join(violations)}")


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        where = f"{path}.{name}" if path else name
        if value.get(name) is not None:
            yield from _value(member, value[name], where)
        elif name in shape.required_members:
            yield _violation(None, where, "Member must not be null")


def _value(shape: Any, value: Any, path: str) -> Iterator[str]:
    yield from (_violation(value, path, constraint) for constraint in _broken(shape, value))
    if shape.type_name == "structure" and not shape.is_document_type:
        yield from _structure(shape, value, path)
    elif shape.type_name == "list":
        for index, item in enumerate(value, start=1):
            yield from _value(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _value(shape.key, key, f"{path}.{key}.key")
            yield from _value(shape.value, item, f"{path}.{key}.value")


def _broken(shape: Any, value: Any) -> Iterator[str]:
    rules = shape.metadata
    measured = len(value) if shape.type_name in _LENGTH_TYPES else value
    what = "length" if shape.type_name in _LENGTH_TYPES else "value"
    if "max" in rules and measured > rules["max"]:
        yield f"Member must have {what} less than or equal to {rules['max']}"
    if "min" in rules and measured < rules["min"]:
        yield f"Member must have {what} greater than or equal to {rules['min']}"
    # A service's pattern means the whole value; re.match would let a trailing newline through.
    if "pattern" in rules and not _compiled(rules["pattern"]).fullmatch(_PARTITION.sub("arn:aws:", value)):
        yield f"Member must satisfy regular expression pattern: {rules['pattern']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]"


def _violation(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
