"""Create, Get and Delete of a deployment: asynchronous, by name or ARN, one of a name at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from arns import ARN
from local.service_model import operation_model
from pulumi_bedrock.local import LocalBedrock


def test_create_returns_202_and_valid_arn(bedrock: Any, model_arn: str) -> None:
    answer = bedrock.create_custom_model_deployment(modelDeploymentName="support-bot", modelArn=model_arn)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert re.fullmatch(
        r"arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/[a-z0-9]{12}",
        answer["customModelDeploymentArn"],
    )


def test_get_returns_created_deployment(bedrock: Any, deploy: Callable[..., str], model_arn: str) -> None:
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)  # the API shows whole milliseconds
    arn = deploy("support-bot", description="Answers first-line tickets")
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    found.pop("ResponseMetadata")
    created_at = found.pop("createdAt")
    assert before <= created_at < found.pop("lastUpdatedAt") <= datetime.now(timezone.utc)
    assert found == {
        "customModelDeploymentArn": arn,
        "modelDeploymentName": "support-bot",
        "modelArn": model_arn,
        "status": "Active",
        "description": "Answers first-line tickets",
    }


def test_get_accepts_name(bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy("support-bot")
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier="support-bot")
    assert found["customModelDeploymentArn"] == arn
    assert "description" not in found


def test_deployment_is_creating_until_active(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_activation(manual=True)
    arn = deploy()
    assert _status(bedrock, arn) == "Creating"
    local.set_activation(seconds=0)
    assert _status(bedrock, arn) == "Active"
    local.set_activation(manual=True)
    assert _status(bedrock, arn) == "Active"


def test_activation_takes_given_seconds(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_activation(seconds=3600)
    arn = deploy()
    assert _status(bedrock, arn) == "Creating"
    local.set_activation(seconds=0.000001)
    assert _status(bedrock, arn) == "Active"


def test_name_is_unique_per_account_and_region(
    local: LocalBedrock,
    bedrock: Any,
    client: Callable[..., Any],
    deploy: Callable[..., str],
    model_arn: str,
    refused: Callable[..., str],
) -> None:
    deploy("support-bot")
    message = refused(
        "ValidationException",
        bedrock.create_custom_model_deployment,
        modelDeploymentName="support-bot",
        modelArn=model_arn,
    )
    assert message == "The model deployment name support-bot is already in use in this account and Region."
    elsewhere = local.create_custom_model("support-bot-v1", region="eu-west-1")
    client(region="eu-west-1").create_custom_model_deployment(modelDeploymentName="support-bot", modelArn=elsewhere)
    assert [found["region"] for found in local.deployments()] == ["us-east-1", "eu-west-1"]
    assert [found["modelArn"] for found in local.deployments("eu-west-1")] == [elsewhere]


def test_create_with_missing_model_is_refused(bedrock: Any, model_arn: str, refused: Callable[..., str]) -> None:
    absent = model_arn[:-12] + "000000000000"
    message = refused(
        "ResourceNotFoundException",
        bedrock.create_custom_model_deployment,
        modelDeploymentName="support-bot",
        modelArn=absent,
    )
    assert message == f"Could not find the custom model {absent}."


@pytest.mark.parametrize("status", ["Creating", "Failed"])
def test_create_with_inactive_model_is_refused(
    local: LocalBedrock, bedrock: Any, status: str, refused: Callable[..., str]
) -> None:
    arn = local.create_custom_model("support-bot-v2", status=status)
    message = refused(
        "ValidationException",
        bedrock.create_custom_model_deployment,
        modelDeploymentName="support-bot",
        modelArn=arn,
    )
    assert message == f"The custom model {arn} is {status}. It must be Active."
    assert local.deployments() == []


@pytest.mark.parametrize("operation", ["get", "delete", "update"])
@pytest.mark.parametrize(
    "identifier",
    ["support-bot", ARN],
)
def test_missing_deployment_is_not_found(
    bedrock: Any, operation: str, identifier: str, model_arn: str, refused: Callable[..., str]
) -> None:
    parameters = {"customModelDeploymentIdentifier": identifier}
    if operation == "update":
        parameters["modelArn"] = model_arn
    message = refused(
        "ResourceNotFoundException",
        getattr(bedrock, f"{operation}_custom_model_deployment"),
        **parameters,
    )
    assert message == f"Could not find the custom model deployment {identifier}."


def test_delete_while_creating_is_refused(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    local.set_activation(manual=True)
    arn = deploy()
    delete = bedrock.delete_custom_model_deployment
    message = refused("ValidationException", delete, customModelDeploymentIdentifier=arn)
    assert message == "Custom model deployment is in a mutating state"
    assert _status(bedrock, arn) == "Creating"
    local.set_activation(seconds=0)
    delete(customModelDeploymentIdentifier=arn)
    assert local.deployments() == []


@pytest.mark.parametrize("update_status", ["Updating", "UpdateFailed"])
def test_deployment_with_update_can_be_deleted(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, update_status: str
) -> None:
    arn = deploy()
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=model_arn)
    local.set_update_status(arn, update_status)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert local.deployments() == []


def test_delete_is_asynchronous_and_keeps_name_taken(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    model_arn: str,
    refused: Callable[..., str],
) -> None:
    arn = deploy("support-bot")
    local.set_deletion(manual=True)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert _status(bedrock, arn) == "Deleting"
    message = refused("ConflictException", bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=arn)
    assert message == f"The custom model deployment {arn} is already being deleted."
    again = {"modelDeploymentName": "support-bot", "modelArn": model_arn}
    refused("ValidationException", bedrock.create_custom_model_deployment, **again)
    local.set_deletion(seconds=0)
    refused("ResourceNotFoundException", bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn)
    assert bedrock.create_custom_model_deployment(**again)["customModelDeploymentArn"] != arn


def test_delete_accepts_name(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    deploy("support-bot")
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="support-bot")
    assert local.deployments() == []


def test_repeated_token_creates_no_second_deployment(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]
) -> None:
    first = deploy("support-bot", clientRequestToken="token-1")
    assert deploy("other-name", description="other", clientRequestToken="token-1") == first
    assert [found["modelDeploymentName"] for found in local.deployments()] == ["support-bot"]
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=first)
    assert deploy("support-bot", clientRequestToken="token-1") == first
    assert local.deployments() == []
    assert deploy("support-bot", clientRequestToken="token-2") != first


def test_refused_create_does_not_use_token(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, refused: Callable[..., str]
) -> None:
    local.set_status(model_arn, "Creating")
    parameters = {"modelDeploymentName": "a", "modelArn": model_arn, "clientRequestToken": "token-1"}
    refused("ValidationException", bedrock.create_custom_model_deployment, **parameters)
    local.set_status(model_arn, "Active")
    assert _status(bedrock, deploy("a", clientRequestToken="token-1")) == "Active"


def test_failed_deployment_has_failure_message(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy()
    local.set_status(arn, "Failed", failure_message="The model's artifacts are gone.")
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert (found["status"], found["failureMessage"]) == ("Failed", "The model's artifacts are gone.")
    local.set_status(arn, "Active")
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert found["status"] == "Active"
    assert "failureMessage" not in found


def test_status_set_manually_stays(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy()
    local.set_status(arn, "Creating")
    assert [_status(bedrock, arn) for _ in range(3)] == ["Creating"] * 3


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso")],
)
def test_arn_has_partition_of_region(
    local: LocalBedrock, client: Callable[..., Any], region: str, partition: str
) -> None:
    model_arn = local.create_custom_model("support-bot-v1", region=region)
    arn = client(region=region).create_custom_model_deployment(modelDeploymentName="support-bot", modelArn=model_arn)[
        "customModelDeploymentArn"
    ]
    assert model_arn.startswith(f"arn:{partition}:bedrock:{region}:123456789012:custom-model/")
    assert arn.startswith(f"arn:{partition}:bedrock:{region}:123456789012:custom-model-deployment/")


def test_region_without_bedrock_is_refused(client: Callable[..., Any], refused: Callable[..., str]) -> None:
    message = refused("ValidationException", client(region="us-east-9").list_custom_model_deployments)
    assert message == "Amazon Bedrock is not in the Region us-east-9."


def test_statuses_match_service_model(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy()
    for status in operation_model("GetCustomModelDeployment").output_shape.members["status"].enum:
        local.set_status(arn, status)
        assert _status(bedrock, arn) == status


def _status(bedrock: Any, identifier: str) -> str:
    found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=identifier)
    return str(found["status"])
