"""What AWS takes, read from botocore's own service model and never copied from it.

botocore sends a request without looking at lengths, patterns or counts, and its patterns aren't anchored; Pulumi's
`check` is where a person wants to hear of a mistake, in a preview and without a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

__all__ = ["CREATE", "UNKNOWN", "Unknown", "operation_input", "problems", "size_problems", "within"]

CREATE = "CreateCustomModelDeployment"


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown until apply"


UNKNOWN = Unknown.UNKNOWN
"""Stands for a value that the engine doesn't know yet: never validated, and counted as a change."""

_IN_WORDS = {
    "ModelDeploymentName": "letters and digits, each followed by at most one '-' or '_'",
    "CustomModelArn": "the ARN of a custom model (arn:aws:bedrock:<region>:<account>:custom-model/<base model>/<id>)",
    "CustomModelDeploymentDescription": "on one line, without line breaks",
    "IdempotencyToken": "letters, digits and '-', with a letter or digit at both ends",
    "TagKey": "letters, digits, spaces and . _ : / = + @ -",
    "TagValue": "letters, digits, spaces and . _ : / = + @ -",
}
"""Patterns as a person reads them, by the name of their shape; for others the pattern itself is shown."""

_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a string"),
    "integer": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "list": (list, "a list"),
    "structure": (Mapping, "a mapping"),
}


@cache
def operation_input(operation: str, service: str = "bedrock") -> StructureShape:
    """The input shape of an operation. Reads botocore's model from disk, once for each service."""
    shape = _service_model(service).operation_model(operation).input_shape
    assert shape is not None  # every operation used here has one
    return shape


@cache
def _service_model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service_name=service)


def problems(path: str, shape: Shape, value: Any) -> Iterator[str]:
    """What is wrong with a value, as lines that begin with its path and never repeat the value.

    :param path: How the program spells the property, such as `modelArn` or `tags["team"]`.
    """
    if value is UNKNOWN:
        return
    kinds = _KINDS.get(shape.type_name)
    if kinds and (not isinstance(value, kinds[0]) or (isinstance(value, bool) and shape.type_name != "boolean")):
        yield f"{path}: must be {kinds[1]}, and this is {_kind(value)}"
        return
    size = list(size_problems(path, shape, value))
    yield from size
    pattern = shape.metadata.get("pattern")
    # The model's patterns aren't anchored, but AWS matches whole values: hence fullmatch, and `.*` takes no newline.
    if pattern and not size and not re.fullmatch(pattern, value):
        yield f"{path}: must be {_IN_WORDS.get(shape.name, f'of the form {pattern}')}"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{path}: must be one of {', '.join(allowed)}"
    if isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from problems(f"{path}[{index}]", shape.member, item)
    elif isinstance(shape, StructureShape):
        yield from _member_problems(path, shape, value)


def within(shape: StructureShape, member: str) -> Shape:
    """The shape of a structure's member."""
    found: Shape = shape.members[member]
    return found


def _member_problems(path: str, shape: StructureShape, value: Mapping[str, Any]) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path}.{name}: is required"
    for name, member in value.items():
        if name not in shape.members:
            yield f"{path}.{name}: is not known to AWS; it takes {', '.join(shape.members)}"
        elif member is not None:
            yield from problems(f"{path}.{name}", shape.members[name], member)


def size_problems(path: str, shape: Shape, value: Any) -> Iterator[str]:
    """What is wrong with a number's value, or with the length of a string or list."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    size = value if isinstance(value, (int, float)) else len(value) if hasattr(value, "__len__") else None
    if size is None or ((low is None or size >= low) and (high is None or size <= high)):
        return
    what = {"string": " characters long", "list": " entries long"}.get(shape.type_name, "")
    bounds = f"at least {low}" if high is None else f"at most {high}" if low is None else f"{low} to {high}"
    this = f", and this is {size}" if what else ""
    yield f"{path}: must be {bounds}{what}{this}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return names.get(type(value), f"a {type(value).__name__}")
