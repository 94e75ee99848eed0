"""The constraints of AWS's API, read at run time from botocore's service model.

botocore sends a request without checking lengths, patterns or counts, and the model's patterns aren't anchored. A
preview should show a mistake without calling AWS, so Pulumi's `check` validates against the model. The model's lists of
partitions are left out: they differ from AWS's own pages, and are older than the newest partition.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["UNKNOWN", "Shape", "Unknown", "input_shape", "member_shape", "size_violations", "violations"]

_PARTITION = re.compile(r"\Aarn:[a-z0-9-]+:")


class Unknown(Enum):
    """The type of `UNKNOWN`."""

    UNKNOWN = "unknown until apply"


UNKNOWN = Unknown.UNKNOWN
"""A value that the engine doesn't know yet. It is never validated, and counts as a change."""

_IN_WORDS = {
    "ModelDeploymentName": "letters and digits, each followed by at most one '-' or '_'",
    "CustomModelName": "letters and digits, each followed by at most one '-' or '_'",
    "S3Uri": "an S3 URI, such as s3://bucket/path/",
    "ModelPackageArn": "the ARN of a SageMaker model package (arn:…:sagemaker:<region>:<account>:model-package/<name>)",
    "RoleArn": "the ARN of an IAM role (arn:…:iam::<account>:role/<name>)",
    "KmsKeyArn": "the ARN of a KMS key (arn:…:kms:<region>:<account>:key/<36 characters>)",
    "CustomModelArn": "the ARN of a custom model (arn:…:bedrock:<region>:<account>:custom-model/<base model>/<id>)",
    "CustomModelDeploymentDescription": "on one line, without line breaks",
    "IdempotencyToken": "letters, digits and '-', with a letter or digit at both ends",
    "TagKey": "letters, digits, spaces and . _ : / = + @ -",
    "TagValue": "letters, digits, spaces and . _ : / = + @ -",
    "ModelIdentifier": "an ARN, or letters and digits, each followed by at most one '-' or '_'",
}
"""Patterns in words, by the name of their shape. For other shapes the message shows the pattern."""

_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a string"),
    "integer": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "list": (list, "a list"),
    "structure": (Mapping, "a mapping"),
}


@dataclass(frozen=True)
class Shape:
    """A shape of botocore's service model.

    :param name: As the model calls it.
    :param model: All shapes of the service.
    """

    name: str
    model: Mapping[str, Mapping[str, Any]]

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The shape as the model describes it: `type`, and constraints such as `min`, `max`, `pattern` and `enum`."""
        return self.model[self.name]

    @property
    def type_name(self) -> str:
        """Its type: `string`, `integer`, `float`, `boolean`, `list`, `structure` or another."""
        return str(self.metadata["type"])

    @property
    def required_members(self) -> list[str]:
        """The names of a structure's required members."""
        return list(self.metadata.get("required", ()))

    @property
    def members(self) -> dict[str, Shape]:
        """A structure's members."""
        return {name: Shape(member["shape"], self.model) for name, member in self.metadata["members"].items()}

    @property
    def member(self) -> Shape:
        """The shape of a list's entries."""
        return Shape(self.metadata["member"]["shape"], self.model)


@cache
def input_shape(operation: str, service: str = "bedrock") -> Shape:
    """Return the input shape of an operation. Reads botocore's model from disk, once per service."""
    model = _service_model(service)
    return Shape(model["operations"][operation]["input"]["shape"], model["shapes"])


@cache
def _service_model(service: str) -> Mapping[str, Any]:
    versions = files("botocore") / "data" / service
    newest = max((entry for entry in versions.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    return json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))  # type: ignore[no-any-return]


def violations(path: str, shape: Shape, value: Any) -> Iterator[str]:
    """Return one line for each constraint that a value violates; a line begins with the path, and never has the value.

    :param path: How the program spells the property, such as `modelArn` or `tags["team"]`.
    """
    if value is UNKNOWN:
        return
    kinds = _KINDS.get(shape.type_name)
    if kinds and (not isinstance(value, kinds[0]) or (isinstance(value, bool) and shape.type_name != "boolean")):
        yield f"{path}: must be {kinds[1]}, and this is {_kind(value)}"
        return
    size = list(size_violations(path, shape, value))
    yield from size
    pattern = shape.metadata.get("pattern")
    # The model's patterns aren't anchored, but AWS matches whole values: hence fullmatch, and `.*` takes no newline.
    if pattern and not size and not re.fullmatch(pattern, _PARTITION.sub("arn:aws:", value)):
        yield f"{path}: must be {_IN_WORDS.get(shape.name, f'of the form {pattern}')}"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{path}: must be one of {', '.join(allowed)}"
    if shape.type_name == "list":
        for index, item in enumerate(value):
            yield from violations(f"{path}[{index}]", shape.member, item)
    elif shape.type_name == "structure":
        yield from _member_violations(path, shape, value)


def member_shape(shape: Shape, member: str) -> Shape:
    """Return the shape of a structure's member."""
    return shape.members[member]


def _member_violations(path: str, shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    members = shape.members
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path}.{name}: is required"
    for name, member in value.items():
        if name not in members:
            yield f"{path}.{name}: is not known to AWS; it takes {', '.join(members)}"
        elif member is not None:
            yield from violations(f"{path}.{name}", members[name], member)


def size_violations(path: str, shape: Shape, value: Any) -> Iterator[str]:
    """Return one line when a number, or the length of a string or list, is out of bounds."""
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
