"""What users can rely on: the names, their documentation, their types, and a light import."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType
from typing import Any

import botocore.session
import pulumi
import pulumi.dynamic
import pulumi_bedrock
import pytest
from pulumi_bedrock.program.stack_identity import StackIdentity

NAMES = [
    "CustomModel",
    "CustomModelArgs",
    "CustomModelDeployment",
    "CustomModelDeploymentArgs",
    "CustomModelDeploymentSummary",
    "GetCustomModelDeploymentResult",
    "GetCustomModelResult",
    "ModelInvocation",
    "ModelInvocationContentArgsDict",
    "ModelInvocationInferenceConfigArgsDict",
    "ModelInvocationMessageArgsDict",
    "ModelInvocationSystemArgsDict",
    "TrainedModel",
    "errors",
    "get_custom_model",
    "get_custom_model_deployment",
    "get_custom_model_deployment_output",
    "get_custom_model_output",
    "list_custom_model_deployments",
    "list_custom_model_deployments_output",
]


def test_public_names_are_fixed() -> None:
    assert pulumi_bedrock.__all__ == NAMES
    assert all(hasattr(pulumi_bedrock, name) for name in NAMES)


def modules() -> list[ModuleType]:
    """Every module of the package but the commands, which run when they are imported."""
    found = pkgutil.walk_packages(pulumi_bedrock.__path__, "pulumi_bedrock.")
    return [pulumi_bedrock, *(importlib.import_module(each.name) for each in found if "__main__" not in each.name)]


def own(value: Any) -> bool:
    return getattr(value, "__module__", "").startswith("pulumi_bedrock")


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Everything in a module that can have a docstring: itself, what it lists, and the members of classes.

    A field's docstring is its class's.
    """
    yield module.__name__, module
    for name in getattr(module, "__all__", []):
        value = getattr(module, name)
        if not own(value) or not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        yield name, value
        for member, content in vars(value).items() if inspect.isclass(value) else ():
            content = content.__func__ if isinstance(content, (staticmethod, classmethod)) else content
            is_field = f":param {member}:" in (value.__doc__ or "")
            if not member.startswith("_") and (inspect.isfunction(content) or isinstance(content, property)):
                yield f"{name}.{member}", value if is_field else content


def is_documented(name: str, value: Any) -> bool:
    """A dataclass without a docstring is given its signature for one."""
    return bool(value.__doc__) and not value.__doc__.startswith(f"{name}(")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_every_public_name_has_docstring(module: ModuleType) -> None:
    assert [name for name, value in public(module) if not is_documented(name, value)] == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_every_listed_name_exists(module: ModuleType) -> None:
    listed = getattr(module, "__all__", [])

    assert sorted(set(listed)) == sorted(listed)
    assert all(hasattr(module, name) for name in listed)


def test_every_error_is_listed_and_extends_bedrock_error() -> None:
    errors = pulumi_bedrock.errors
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value) and own(value)}

    assert classes <= set(errors.__all__)
    assert all(issubclass(getattr(errors, name), errors.BedrockError) for name in classes)


def test_py_typed_is_shipped() -> None:
    assert files("pulumi_bedrock").joinpath("py.typed").is_file()


RESOURCES = [
    StackIdentity,
    *(
        value
        for name in pulumi_bedrock.__all__
        if isinstance(value := getattr(pulumi_bedrock, name), type) and issubclass(value, pulumi.Resource)
    ),
]


@pytest.mark.parametrize("kind", RESOURCES)
def test_type_token_is_the_type_in_the_state(kind: type[pulumi.dynamic.Resource]) -> None:
    assert pulumi.get_type_token(kind) == f"pulumi-python:{kind._resource_type_name}"


NESTED = {
    ("messages",): pulumi_bedrock.ModelInvocationMessageArgsDict,
    ("messages", "content"): pulumi_bedrock.ModelInvocationContentArgsDict,
    ("system",): pulumi_bedrock.ModelInvocationSystemArgsDict,
    ("inferenceConfig",): pulumi_bedrock.ModelInvocationInferenceConfigArgsDict,
}


@pytest.mark.parametrize("path", NESTED, ids=".".join)
def test_typed_dictionary_has_the_keys_of_the_service_model(path: tuple[str, ...]) -> None:
    """Botocore adds kinds of content from time to time; nothing else may differ."""
    shape = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape
    for name in path:
        shape = shape.members[name]
        shape = shape.member if shape.type_name == "list" else shape
    typed = NESTED[path]

    assert set(typed.__required_keys__) == set(shape.required_members)
    keys = set(typed.__annotations__)
    assert keys <= set(shape.members) if path == ("messages", "content") else keys == set(shape.members)


@pytest.mark.parametrize("kind", RESOURCES)
def test_outputs_are_typed(kind: type) -> None:
    for name, content in vars(kind).items():
        if isinstance(content, property):
            assert "Output[" in str(inspect.signature(content.fget).return_annotation), name


LOADED = """
import json, sys
import pulumi
{}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def loaded_by(code: str) -> set[str]:
    """The packages that a new Python has loaded after this."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOADED.format(code)], capture_output=True, text=True, check=True
    )
    return set(json.loads(run.stdout))


def test_import_loads_no_boto3() -> None:
    added = loaded_by("import pulumi_bedrock") - loaded_by("")

    assert "pulumi_bedrock" in added
    assert added.isdisjoint({"boto3", "botocore", "moto", "urllib3", "werkzeug", "hypothesis", "pulumi_aws"})


def test_declaring_resources_loads_no_boto3() -> None:
    loaded = loaded_by(
        "import asyncio\n"
        "import pulumi_bedrock as bedrock\n"
        "asyncio.set_event_loop(asyncio.new_event_loop())\n"
        "class Mocks(pulumi.runtime.Mocks):\n"
        "    def new_resource(self, args): return 'id', args.inputs\n"
        "    def call(self, args): return {}, None\n"
        "pulumi.runtime.set_mocks(Mocks())\n"
        "@pulumi.runtime.test\n"
        "def run():\n"
        "    bedrock.CustomModelDeployment('bot', model_arn='arn')\n"
        "    bedrock.ModelInvocation('smoke', model_id='arn', prompt='Hello')\n"
        "run()\n"
    )

    assert loaded.isdisjoint({"boto3", "botocore"})
