"""The IAM actions that the package's source needs, found by reading it: a call that no test makes counts too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

__all__ = ["PACKAGE", "actions_called", "calls"]

PACKAGE = Path(__file__).parents[2] / "provider/pulumi_bedrock"

_SERVICES = ("bedrock", "bedrock-runtime", "sts")
_UNDER_ANOTHER_NAME = {
    "Converse": "bedrock:InvokeModel",
    "ConverseStream": "bedrock:InvokeModelWithResponseStream",
}
"""Operations without an action of their own; every other one's is its name."""

_WITHOUT_PERMISSION = {"GetCallerIdentity"}
"""AWS answers it to everybody, even where a policy denies it."""

_ALONG_WITH = {kind: ["bedrock:TagResource"] for kind in ("CreateCustomModel", "CreateCustomModelDeployment")}
"""What AWS checks beside the operation's own action: a create with tags, and every create of ours has one."""


@cache
def _operations() -> dict[str, str]:
    """The services' operations by boto3's name of the method."""
    session = botocore.session.get_session()
    return {
        xform_name(operation): operation
        for service in _SERVICES
        for operation in session.get_service_model(service).operation_names
    }


def calls(source: str) -> Iterator[str]:
    """The operations that a piece of Python calls: any attribute of that name, and any paginator or waiter.

    Pulumi's functions are left out: `pulumi.get_project` is no call of Bedrock's GetProject.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in _operations() and ast.unparse(node.value) != "pulumi":
            yield _operations()[node.attr]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("get_paginator", "get_waiter")
        ):
            (name,) = node.args
            assert isinstance(name, ast.Constant), "only a name that is written out can be checked"
            yield _operations()[str(name.value)]


def actions_called(*names: str) -> set[str]:
    """The actions behind all calls of some modules; without names, of all but the local Bedrock, which is called."""
    files = [PACKAGE / name for name in names] or [
        path for path in PACKAGE.rglob("*.py") if PACKAGE / "local" not in path.parents
    ]
    return {
        action
        for path in files
        for operation in calls(path.read_text())
        if operation not in _WITHOUT_PERMISSION
        for action in (
            _UNDER_ANOTHER_NAME.get(operation, f"bedrock:{operation}"),
            *_ALONG_WITH.get(operation, []),
        )
    }
