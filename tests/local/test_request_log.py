"""The request log: what arrived, about what, and what was answered; and counts by operation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pulumi_bedrock.local import LocalBedrock


def test_requests_are_recorded_in_order(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, refused: Callable[..., str]
) -> None:
    before = time.time()
    arn = deploy("support-bot")
    refused(
        "ResourceNotFoundException",
        bedrock.get_custom_model_deployment,
        customModelDeploymentIdentifier="absent",
    )
    bedrock.list_custom_model_deployments()
    bedrock.list_tags_for_resource(resourceARN=arn)
    bedrock.get_custom_model(modelIdentifier=model_arn)
    recorded = local.requests()
    moments = [before, *(entry.pop("time") for entry in recorded), time.time()]
    assert moments == sorted(moments)
    numbers = [entry.pop("sequence") for entry in recorded]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert {entry.pop("region") for entry in recorded} == {"us-east-1"}
    assert {entry.pop("accessKeyId") for entry in recorded} == {"testing"}
    assert [tuple(entry.values()) for entry in recorded] == [
        ("CreateCustomModelDeployment", "support-bot", 202, None),
        ("GetCustomModelDeployment", "absent", 404, "ResourceNotFoundException"),
        ("ListCustomModelDeployments", None, 200, None),
        ("ListTagsForResource", arn, 200, None),
        ("GetCustomModel", model_arn, 200, None),
    ]


def test_counts_group_requests_by_operation(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    deploy("a")
    deploy("b")
    local.add_fault(operation="ListCustomModelDeployments", error="ThrottlingException", count=1)
    refused("ThrottlingException", bedrock.list_custom_model_deployments)
    bedrock.list_custom_model_deployments()
    assert local.counts() == {"CreateCustomModelDeployment": 2, "ListCustomModelDeployments": 2}
    assert local.throttled() == {"ListCustomModelDeployments": 1}


def test_clear_requests_empties_log(local: LocalBedrock, bedrock: Any) -> None:
    bedrock.list_custom_models()
    local.clear_requests()
    assert (local.requests(), local.counts(), local.throttled()) == ([], {}, {})
    bedrock.list_custom_models()
    assert local.counts() == {"ListCustomModels": 1}


def test_refused_request_is_recorded(local: LocalBedrock, bedrock: Any, refused: Callable[..., str]) -> None:
    refused("ValidationException", bedrock.list_custom_models, maxResults=0)
    (entry,) = local.requests()
    assert (entry["operation"], entry["status"], entry["error"]) == (
        "ListCustomModels",
        400,
        "ValidationException",
    )


def test_control_requests_are_not_recorded(local: LocalBedrock) -> None:
    local.create_custom_model("m")
    local.deployments()
    local.set_activation(seconds=1)
    assert local.requests() == []
