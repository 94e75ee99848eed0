"""Faults on purpose, each switched on while the server runs, and what a client sees of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from local.command import ONE_ATTEMPT
from pulumi_bedrock.local import LocalBedrock


def test_fault_with_count_ends_after_count(local: LocalBedrock, bedrock: Any, refused: Callable[..., str]) -> None:
    number = local.add_fault(operation="ListCustomModels", error="ThrottlingException", count=2)
    (fault,) = local.faults()
    assert (fault["id"], fault["count"], fault["operation"]) == (number, 2, "ListCustomModels")
    refused("ThrottlingException", bedrock.list_custom_models)
    bedrock.list_custom_model_deployments()
    assert local.faults()[0]["count"] == 1
    refused("ThrottlingException", bedrock.list_custom_models)
    bedrock.list_custom_models()
    assert local.faults() == []


def test_fault_without_count_lasts_until_cleared(
    local: LocalBedrock, bedrock: Any, refused: Callable[..., str]
) -> None:
    first = local.add_fault(error="InternalServerException")
    second = local.add_fault(operation="ListCustomModels", error="ThrottlingException")
    for call in (bedrock.list_custom_models, bedrock.list_custom_model_deployments) * 2:
        refused("InternalServerException", call)
    local.clear_faults(first)
    refused("ThrottlingException", bedrock.list_custom_models)
    assert [fault["id"] for fault in local.faults()] == [second]
    local.clear_faults()
    bedrock.list_custom_models()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("ExpiredTokenException", 403, "The security token included in the request is expired"),
        ("UnrecognizedClientException", 403, "The security token included in the request is invalid."),
        ("ServiceUnavailableException", 503, "The service is unavailable."),
        ("NeverHeardOfException", 400, "NeverHeardOfException, injected as a fault"),
    ],
)
def test_error_outside_service_model_can_be_injected(local: LocalBedrock, code: str, status: int, words: str) -> None:
    local.add_fault(error=code)
    answered = _error(local)
    assert answered[:2] == (code, status)
    assert answered[2].startswith(words)


def test_error_code_message_and_status_can_be_given(local: LocalBedrock) -> None:
    local.add_fault(error="AccessDeniedException", message="Not today.", status=418)
    assert _error(local) == ("AccessDeniedException", 418, "Not today.")


def test_access_denied_message_names_action(local: LocalBedrock) -> None:
    local.add_fault(error="AccessDeniedException")
    assert "is not authorized to perform: bedrock:ListCustomModels" in _error(local)[2]


def test_rate_limit_allows_burst(
    local: LocalBedrock, bedrock: Any, client: Callable[..., Any], refused: Callable[..., str]
) -> None:
    # So slow a rate that not one token comes back during the test.
    local.add_fault(kind="throttle", rate=0.001, burst=3)
    for _ in range(3):
        bedrock.list_custom_models()
    refused("ThrottlingException", bedrock.list_custom_models)
    bedrock.list_custom_model_deployments()
    client(region="eu-west-1").list_custom_models()
    assert local.throttled() == {"ListCustomModels": 1}


def test_rate_limit_refills_tokens(local: LocalBedrock, bedrock: Any) -> None:
    local.add_fault(operation="ListCustomModels", kind="throttle", rate=1e9, burst=1)
    for _ in range(5):
        bedrock.list_custom_models()
    assert local.throttled() == {}


def test_delayed_response_comes_after_work_is_done(local: LocalBedrock, model_arn: str) -> None:
    local.add_fault(operation="CreateCustomModelDeployment", kind="delay", seconds=30, count=1)
    impatient = local.client("bedrock", config=ONE_ATTEMPT.merge(Config(read_timeout=0.5)))
    with pytest.raises(ReadTimeoutError):
        impatient.create_custom_model_deployment(modelDeploymentName="a", modelArn=model_arn)
    assert [found["modelDeploymentName"] for found in local.deployments()] == ["a"]
    assert local.counts() == {"CreateCustomModelDeployment": 1}, "a slow answer is in the log at once"
    impatient.close()


def test_short_delay_still_succeeds(local: LocalBedrock, bedrock: Any) -> None:
    local.add_fault(operation="ListCustomModels", kind="delay", seconds=0.01)
    assert bedrock.list_custom_models()["modelSummaries"] == []


@pytest.mark.parametrize(("when", "made"), [("before", []), ("after", ["a"])])
def test_connection_fault_closes_without_response(
    local: LocalBedrock, bedrock: Any, model_arn: str, when: str, made: list[str]
) -> None:
    local.add_fault(operation="CreateCustomModelDeployment", kind="close", when=when, count=1)
    with pytest.raises(ConnectionClosedError):
        bedrock.create_custom_model_deployment(modelDeploymentName="a", modelArn=model_arn)
    assert [found["modelDeploymentName"] for found in local.deployments()] == made
    (entry,) = local.requests()
    assert (entry["operation"], entry["status"]) == ("CreateCustomModelDeployment", None)
    bedrock.create_custom_model_deployment(modelDeploymentName="b", modelArn=model_arn)


def test_lost_response_and_boto3_retry_create_one_deployment(local: LocalBedrock, model_arn: str) -> None:
    local.add_fault(operation="CreateCustomModelDeployment", kind="close", when="after", count=1)
    retrying = local.client("bedrock", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    arn = retrying.create_custom_model_deployment(modelDeploymentName="a", modelArn=model_arn)
    assert [found["customModelDeploymentArn"] for found in local.deployments()] == [arn["customModelDeploymentArn"]]
    assert local.counts() == {"CreateCustomModelDeployment": 2}
    retrying.close()


def test_activation_fault_fails_deployment(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_activation(manual=True)
    local.add_fault(operation="CreateCustomModelDeployment", kind="activation", message="No capacity.", count=1)
    failing, healthy = deploy("failing"), deploy("healthy")
    assert _state(bedrock, failing) == ("Creating", None)
    local.set_activation(seconds=0)
    assert _state(bedrock, failing) == ("Failed", "No capacity.")
    assert _state(bedrock, healthy) == ("Active", None)


def test_activation_fault_without_end_keeps_creating(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]
) -> None:
    local.add_fault(operation="CreateCustomModelDeployment", kind="activation", outcome="never", count=1)
    arn = deploy()
    assert [_state(bedrock, arn)[0] for _ in range(3)] == ["Creating"] * 3
    local.set_status(arn, "Active")
    assert _state(bedrock, arn)[0] == "Active"


@pytest.mark.parametrize(("outcome", "status"), [("fail", "Failed"), ("never", "Creating")])
def test_model_fault_fails_or_never_finishes(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str], outcome: str, status: str
) -> None:
    local.add_fault(operation="CreateCustomModel", kind="activation", outcome=outcome, message="Bad artifacts.")
    import_model("m")
    found = bedrock.get_custom_model(modelIdentifier="m")
    assert found["modelStatus"] == status
    assert found.get("failureMessage") == ("Bad artifacts." if outcome == "fail" else None)


def test_stale_reads_end_after_count(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    seen = deploy("seen")
    local.add_fault(operation="CreateCustomModelDeployment", kind="stale", reads=3, count=1)
    arn = deploy("unseen")
    for identifier in (arn, "unseen"):
        refused(
            "ResourceNotFoundException",
            bedrock.get_custom_model_deployment,
            customModelDeploymentIdentifier=identifier,
        )
    assert _listed(bedrock) == [seen]
    assert _listed(bedrock) == [arn, seen]
    assert _state(bedrock, arn)[0] == "Active"


def test_stale_reads_hide_new_custom_model(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str], refused: Callable[..., str]
) -> None:
    local.add_fault(operation="CreateCustomModel", kind="stale", reads=2, count=1)
    arn = import_model("m")
    refused("ResourceNotFoundException", bedrock.get_custom_model, modelIdentifier="m")
    assert bedrock.list_custom_models()["modelSummaries"] == []
    assert [each["modelArn"] for each in bedrock.list_custom_models()["modelSummaries"]] == [arn]


def test_stale_reads_end_after_seconds(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, refused: Callable[..., str]
) -> None:
    local.add_fault(operation="CreateCustomModelDeployment", kind="stale", seconds=3600)
    arn = deploy("a")
    refused("ResourceNotFoundException", bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn)
    assert _listed(bedrock) == []
    refused(
        "ValidationException",
        bedrock.create_custom_model_deployment,
        modelDeploymentName="a",
        modelArn=model_arn,
    )
    assert [found["customModelDeploymentArn"] for found in local.deployments()] == [arn]


def test_repeated_token_is_not_affected_by_activation_fault(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]
) -> None:
    arn = deploy(clientRequestToken="token-1")
    local.add_fault(operation="CreateCustomModelDeployment", kind="activation", outcome="never")
    assert deploy(clientRequestToken="token-1") == arn
    assert _state(bedrock, arn)[0] == "Active"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "surprise"}, "kind must be one of error, throttle, delay, close, activation, stale"),
        ({}, "a fault of kind error needs error"),
        ({"kind": "throttle"}, "a fault of kind throttle needs rate"),
        ({"kind": "delay"}, "a fault of kind delay needs seconds"),
        ({"kind": "close", "when": "never"}, "when must be before or after"),
        ({"kind": "activation", "outcome": "maybe"}, "outcome must be fail or never"),
        ({"kind": "stale"}, "a fault of kind stale needs reads or seconds"),
        ({"kind": "activation", "operation": "GetCustomModel"}, "a fault of kind activation is about"),
        ({"kind": "stale", "reads": 1, "operation": "GetCustomModel"}, "a fault of kind stale is about"),
        ({"error": "X", "count": 0}, "count must be at least 1"),
        ({"error": "X", "oops": 1}, "unexpected keyword argument 'oops'"),
        (
            {"error": "X", "operation": "CreateDeployment"},
            "CreateDeployment is no operation of Amazon Bedrock",
        ),
    ],
)
def test_impossible_fault_is_refused(local: LocalBedrock, rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        local.add_fault(**rule)
    assert local.faults() == []


def test_reset_clears_all_faults(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    deploy()
    local.add_fault(error="InternalServerException")
    local.set_activation(manual=True)
    local.set_quota(0)
    local.reset()
    assert (local.deployments(), local.custom_models(), local.faults(), local.requests()) == ([], [], [], [])
    arn = bedrock.create_custom_model_deployment(modelDeploymentName="a", modelArn=local.create_custom_model("m"))[
        "customModelDeploymentArn"
    ]
    assert _state(bedrock, arn)[0] == "Active"


def _error(local: LocalBedrock) -> tuple[str, int, str]:
    """The error, as a client of no service model's opinion sees it."""
    client = local.client("bedrock", config=ONE_ATTEMPT)
    with pytest.raises(ClientError) as caught:
        client.list_custom_models()
    client.close()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def _state(bedrock: Any, arn: str) -> tuple[str, str | None]:
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    return found["status"], found.get("failureMessage")


def _listed(bedrock: Any) -> list[str]:
    found = bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]
    return [summary["customModelDeploymentArn"] for summary in found]
