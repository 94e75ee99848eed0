"""The service model that botocore brings, as the suite reads it, and a strict check against it."""

from __future__ import annotations

import functools
import re
from datetime import datetime
from typing import Any

import botocore.session

__all__ = ["COMMON_ERRORS", "CONTROL_PLANE", "RUNTIME", "conforms", "modelled_errors", "operation_model"]

CONTROL_PLANE = (
    "CreateCustomModelDeployment",
    "GetCustomModelDeployment",
    "ListCustomModelDeployments",
    "UpdateCustomModelDeployment",
    "DeleteCustomModelDeployment",
    "CreateCustomModel",
    "GetCustomModel",
    "ListCustomModels",
    "DeleteCustomModel",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
)
RUNTIME = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")

# What every service can answer, and no service model lists.
COMMON_ERRORS = {"UnknownOperationException": 404}

# Shown by the console while a deletion runs, and in no enumeration of the service model.
_KNOWN_EXTRAS = {"CustomModelDeploymentStatus": {"Deleting"}}


def operation_model(operation: str) -> Any:
    """Look up one of the operations above."""
    service = "bedrock-runtime" if operation in RUNTIME else "bedrock"
    return _service(service).operation_model(operation)


def modelled_errors(operation: str) -> dict[str, int]:
    """The codes that an operation can answer with, and their HTTP statuses."""
    shapes = operation_model(operation).error_shapes
    return {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in shapes}


def conforms(shape: Any, value: Any, path: str = "") -> list[str]:
    """Name everything in an answer, as it came over the wire, that its shape doesn't allow."""
    if shape.type_name == "structure":
        wrong = [f"{path}.{name} is unknown" for name in value if name not in shape.members]
        wrong += [f"{path}.{name} is missing" for name in shape.required_members if value.get(name) is None]
        for name, member in shape.members.items():
            if name in value:
                wrong += conforms(member, value[name], f"{path}.{name}")
        return wrong
    if shape.type_name == "list":
        return [problem for item in value for problem in conforms(shape.member, item, f"{path}[]")]
    if shape.type_name == "timestamp":
        return [] if _is_moment(value) else [f"{path} is no timestamp: {value!r}"]
    return [f"{path} is {value!r}, against {rule}" for rule in _broken(shape, value)]


def _is_moment(value: str) -> bool:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


def _broken(shape: Any, value: Any) -> list[str]:
    kind = {"string": str, "integer": int, "long": int, "boolean": bool, "map": dict}.get(shape.type_name)
    if kind and not isinstance(value, kind):
        return [shape.type_name]
    rules = shape.metadata
    size = len(value) if isinstance(value, (str, dict)) else value
    broken = []
    if "min" in rules and size < rules["min"]:
        broken.append(f"min {rules['min']}")
    if "max" in rules and size > rules["max"]:
        broken.append(f"max {rules['max']}")
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        broken.append(f"pattern {rules['pattern']}")
    if "enum" in rules and value not in {*rules["enum"], *_KNOWN_EXTRAS.get(shape.name, ())}:
        broken.append(f"enum {rules['enum']}")
    return broken


@functools.cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)
