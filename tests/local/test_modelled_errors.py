"""Every error that the service model lists for an operation can be had from it; what comes next is normal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.eventstream import EventStream
from botocore.response import StreamingBody
from local.service_model import CONTROL_PLANE, RUNTIME, modelled_errors
from pulumi_bedrock.local import LocalBedrock

CASES = [(operation, code) for operation in (*CONTROL_PLANE, *RUNTIME) for code in modelled_errors(operation)]


@pytest.fixture
def parameters(model_arn: str, local: LocalBedrock, deploy: Callable[..., str]) -> Callable[[str], dict[str, Any]]:
    """Parameters with which an operation succeeds."""

    def valid(operation: str) -> dict[str, Any]:
        arn = deploy()
        unused = local.create_custom_model("unused")
        messages = [{"role": "user", "content": [{"text": "Hello."}]}]
        package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/package/1"
        cases: dict[str, dict[str, Any]] = {
            "CreateCustomModelDeployment": {"modelDeploymentName": "new", "modelArn": model_arn},
            "GetCustomModelDeployment": {"customModelDeploymentIdentifier": arn},
            "ListCustomModelDeployments": {},
            "UpdateCustomModelDeployment": {"customModelDeploymentIdentifier": arn, "modelArn": unused},
            "DeleteCustomModelDeployment": {"customModelDeploymentIdentifier": arn},
            "CreateCustomModel": {
                "modelName": "new",
                "customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": package}},
            },
            "GetCustomModel": {"modelIdentifier": model_arn},
            "ListCustomModels": {},
            "DeleteCustomModel": {"modelIdentifier": unused},
            "TagResource": {"resourceARN": arn, "tags": [{"key": "a", "value": "b"}]},
            "UntagResource": {"resourceARN": arn, "tagKeys": ["a"]},
            "ListTagsForResource": {"resourceARN": arn},
            "Converse": {"modelId": arn, "messages": messages},
            "ConverseStream": {"modelId": arn, "messages": messages},
            "InvokeModel": {"modelId": arn, "body": json.dumps({"messages": messages})},
            "InvokeModelWithResponseStream": {"modelId": arn, "body": json.dumps({"messages": messages})},
        }
        return cases[operation]

    return valid


@pytest.mark.parametrize(("operation", "code"), CASES)
def test_each_modelled_error_is_followed_by_success(
    local: LocalBedrock,
    client: Callable[..., Any],
    parameters: Callable[[str], dict[str, Any]],
    operation: str,
    code: str,
    refused: Callable[..., str],
) -> None:
    valid = parameters(operation)
    before = local.deployments(), local.custom_models()
    service = client("bedrock-runtime" if operation in RUNTIME else "bedrock")
    call = getattr(service, xform_name(operation))
    local.add_fault(operation=operation, error=code, count=1)
    # The client itself checks that the status is the modelled one.
    assert len(refused(code, call, **valid)) > 10
    assert (local.deployments(), local.custom_models()) == before, "an injected error must change nothing"
    for value in call(**valid).values():
        if isinstance(value, EventStream | StreamingBody):
            # An answer that isn't read keeps its connection open until the garbage collector warns of it.
            value.close()
    assert local.faults() == []
    assert local.counts()[operation] >= 2
