"""What the state keeps of our code: a name, the same for every version of Python and of this package."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Any

import pytest
from dynamic_host import provider_text
from pulumi_bedrock import serialized

# States hold these texts. A change here strands every deployment that was made before it: see `serialized`.
CONTRACT = {
    "custom_model": "gASVMQAAAAAAAACMGXB1bHVtaV9iZWRyb2NrLnNlcmlhbGl6ZWSUjAxjdXN0b21fbW9kZWyUk5QpUpQu",
    "deployment": "gASVLwAAAAAAAACMGXB1bHVtaV9iZWRyb2NrLnNlcmlhbGl6ZWSUjApkZXBsb3ltZW50lJOUKVKULg==",
    "invocation": "gASVLwAAAAAAAACMGXB1bHVtaV9iZWRyb2NrLnNlcmlhbGl6ZWSUjAppbnZvY2F0aW9ulJOUKVKULg==",
    "trained_model": "gASVMgAAAAAAAACMGXB1bHVtaV9iZWRyb2NrLnNlcmlhbGl6ZWSUjA10cmFpbmVkX21vZGVslJOUKVKULg==",
    "identity": "gASVLQAAAAAAAACMGXB1bHVtaV9iZWRyb2NrLnNlcmlhbGl6ZWSUjAhpZGVudGl0eZSTlClSlC4=",
}


def test_every_provider_is_in_contract() -> None:
    assert set(CONTRACT) == set(serialized.__all__) - {"Reference"}


@pytest.mark.parametrize("name", CONTRACT)
def test_provider_text_in_state_never_changes(name: str) -> None:
    """This runs under every Python that the tests run under, 3.10 to 3.13."""
    assert provider_text(getattr(serialized, name)) == CONTRACT[name]


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("deployment", "DeploymentProvider"),
        ("custom_model", "CustomModelProvider"),
        ("invocation", "InvocationProvider"),
        ("identity", "StackIdentityProvider"),
        ("trained_model", "TrainedModelProvider"),
    ],
)
def test_provider_text_of_old_state_loads_current_code(name: str, class_name: str) -> None:
    dill: Any = pytest.importorskip("dill")

    assert type(dill.loads(base64.b64decode(CONTRACT[name]))).__name__ == class_name


def test_writing_provider_text_loads_no_boto3() -> None:
    code = (
        "import sys; from pulumi.dynamic.dynamic import serialize_provider; from pulumi_bedrock import serialized; "
        "serialize_provider(serialized.Reference(serialized.deployment)); "
        "sys.exit(any(name.split('.')[0] in ('boto3', 'botocore') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_provider_text_is_not_secret() -> None:
    """Encrypted it would be another text after every `up`, and there is nothing secret in it."""
    assert serialized.Reference.serialize_as_secret_always is False
