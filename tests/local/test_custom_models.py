"""Custom models: created from S3 or a model package, asynchronously, got, listed, and deleted when unused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock

ROLE = "arn:aws:iam::123456789012:role/bedrock"
FROM_S3 = {"modelSourceConfig": {"s3DataSource": {"s3Uri": "s3://bucket/model/"}}, "roleArn": ROLE}
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/package/1"
FROM_PACKAGE = {"customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}}}


@pytest.mark.parametrize("source", [FROM_S3, FROM_PACKAGE], ids=["S3", "model package"])
def test_create_custom_model_returns_valid_model(local: LocalBedrock, bedrock: Any, source: dict[str, Any]) -> None:
    local.set_model_creation(manual=True)
    answer = bedrock.create_custom_model(
        modelName="support-bot-v1", modelTags=[{"key": "team", "value": "support"}], **source
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    found = bedrock.get_custom_model(modelIdentifier="support-bot-v1")
    assert (found["modelArn"], found["modelStatus"]) == (answer["modelArn"], "Creating")
    assert (found["modelName"], found["customizationType"]) == ("support-bot-v1", "IMPORTED")
    local.set_model_creation(seconds=0)
    assert bedrock.get_custom_model(modelIdentifier=answer["modelArn"])["modelStatus"] == "Active"
    tags = bedrock.list_tags_for_resource(resourceARN=answer["modelArn"])["tags"]
    assert tags == [{"key": "team", "value": "support"}]


def test_imported_model_has_arn_and_members_of_aws(
    bedrock: Any, import_model: Callable[..., str], refused: Callable[..., str]
) -> None:
    arn = import_model("support-bot-v1")
    assert re.fullmatch("arn:aws:bedrock:us-east-1:123456789012:custom-model/imported/[a-z0-9]{12}", arn)
    by_arn, by_name = (bedrock.get_custom_model(modelIdentifier=each) for each in (arn, "support-bot-v1"))
    del by_arn["ResponseMetadata"], by_name["ResponseMetadata"]
    assert (
        by_arn
        == by_name
        == {
            "modelArn": arn,
            "modelName": "support-bot-v1",
            "creationTime": by_name["creationTime"],
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0:256k",
            "customizationType": "IMPORTED",
            "modelStatus": "Active",
        }
    )
    bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=arn)


def test_model_that_is_creating_is_neither_deployed_nor_deleted(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str], refused: Callable[..., str]
) -> None:
    local.set_model_creation(manual=True)
    arn = import_model()
    refused("ValidationException", bedrock.create_custom_model_deployment, modelDeploymentName="bot", modelArn=arn)
    message = refused("ValidationException", bedrock.delete_custom_model, modelIdentifier=arn)
    assert message == "Custom model is in a mutating state"
    local.set_status(arn, "Failed")
    bedrock.delete_custom_model(modelIdentifier=arn)
    assert import_model() != arn, "the name is free again"


def test_tags_of_model_change(bedrock: Any, import_model: Callable[..., str]) -> None:
    arn = import_model(modelTags=[{"key": "team", "value": "support"}])
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "cost", "value": "42"}])
    bedrock.untag_resource(resourceARN=arn, tagKeys=["team"])
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "cost", "value": "42"}]


def test_get_custom_model_returns_kms_key(bedrock: Any) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    bedrock.create_custom_model(modelName="m", modelKmsKeyArn=key, **FROM_S3)
    assert bedrock.get_custom_model(modelIdentifier="m")["modelKmsKeyArn"] == key


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "Specify either modelSourceConfig or customModelDataSource, but not both."),
        (FROM_S3 | FROM_PACKAGE, "Specify either modelSourceConfig or customModelDataSource, but not both."),
        (
            {"modelSourceConfig": FROM_S3["modelSourceConfig"]},
            "roleArn is required when modelSourceConfig is used.",
        ),
    ],
    ids=["none", "both", "no role"],
)
def test_custom_model_with_two_sources_is_refused(
    bedrock: Any, source: dict[str, Any], message: str, refused: Callable[..., str]
) -> None:
    assert refused("ValidationException", bedrock.create_custom_model, modelName="m", **source) == message
    assert bedrock.list_custom_models()["modelSummaries"] == []


def test_taken_model_name_is_conflict(bedrock: Any, refused: Callable[..., str]) -> None:
    bedrock.create_custom_model(modelName="m", **FROM_S3)
    message = refused("ConflictException", bedrock.create_custom_model, modelName="m", **FROM_S3)
    assert message == "A custom model with the name m already exists."


def test_repeated_token_creates_no_second_model(bedrock: Any) -> None:
    first = bedrock.create_custom_model(modelName="m", clientRequestToken="token-1", **FROM_S3)
    again = bedrock.create_custom_model(modelName="n", clientRequestToken="token-1", **FROM_PACKAGE)
    assert again["modelArn"] == first["modelArn"]
    assert len(bedrock.list_custom_models()["modelSummaries"]) == 1


def test_too_many_tags_are_refused(bedrock: Any, refused: Callable[..., str]) -> None:
    tags = [{"key": f"key-{number}", "value": ""} for number in range(51)]
    refused("TooManyTagsException", bedrock.create_custom_model, modelName="m", modelTags=tags, **FROM_S3)


def test_failed_model_has_failure_message(local: LocalBedrock, bedrock: Any, model_arn: str) -> None:
    local.set_status(model_arn, "Failed", failure_message="The artifacts can't be read.")
    found = bedrock.get_custom_model(modelIdentifier=model_arn)
    assert (found["modelStatus"], found["failureMessage"]) == ("Failed", "The artifacts can't be read.")


def test_model_arn_is_derived_from_account_region_and_name(local: LocalBedrock, bedrock: Any) -> None:
    first = local.create_custom_model("support-bot-v1")
    assert local.create_custom_model("support-bot-v2") != first
    bedrock.delete_custom_model(modelIdentifier="support-bot-v1")
    second = local.create_custom_model("support-bot-v1")
    assert second != first
    local.reset()
    assert local.create_custom_model("support-bot-v1") == first
    prefix = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/"
    assert first == f"{prefix}m1j604eqkngr", "stacks name this ARN: it is part of what a release keeps"


def test_list_custom_models_filters_and_pages(local: LocalBedrock, bedrock: Any) -> None:
    arns = {name: local.create_custom_model(name) for name in ("bot-1", "bot-2", "other")}
    local.set_status(arns["bot-2"], "Failed")
    found = bedrock.list_custom_models()["modelSummaries"]
    assert [summary["modelName"] for summary in found] == ["other", "bot-2", "bot-1"]
    assert found[0]["ownerAccountId"] == "123456789012"
    moments = {summary["modelName"]: summary["creationTime"] for summary in found}
    for filters, names in (
        ({"nameContains": "bot"}, ["bot-2", "bot-1"]),
        ({"modelStatus": "Failed"}, ["bot-2"]),
        ({"creationTimeBefore": moments["bot-2"]}, ["bot-1"]),
        ({"creationTimeAfter": moments["bot-2"]}, ["other"]),
        (
            {"baseModelArnEquals": found[0]["baseModelArn"], "sortOrder": "Ascending"},
            ["bot-1", "bot-2", "other"],
        ),
        ({"foundationModelArnEquals": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-lite"}, []),
        ({"isOwned": False}, []),
        ({"isOwned": True, "sortBy": "CreationTime"}, ["other", "bot-2", "bot-1"]),
    ):
        answer = bedrock.list_custom_models(**filters)
        assert [summary["modelName"] for summary in answer["modelSummaries"]] == names, filters
    pages = bedrock.get_paginator("list_custom_models").paginate(PaginationConfig={"PageSize": 2})
    assert [[item["modelName"] for item in page["modelSummaries"]] for page in pages] == [
        ["other", "bot-2"],
        ["bot-1"],
    ]


def test_model_in_use_is_not_deleted(
    bedrock: Any, deploy: Callable[..., str], model_arn: str, refused: Callable[..., str]
) -> None:
    deployment = deploy()
    message = refused("ConflictException", bedrock.delete_custom_model, modelIdentifier=model_arn)
    assert message == f"The custom model {model_arn} is used by the deployment {deployment}."
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=deployment)
    bedrock.delete_custom_model(modelIdentifier=model_arn)
    for operation in (bedrock.get_custom_model, bedrock.delete_custom_model):
        message = refused("ResourceNotFoundException", operation, modelIdentifier=model_arn)
        assert message == f"Could not find the custom model {model_arn}."


def test_models_belong_to_one_region(client: Callable[..., Any], model_arn: str, refused: Callable[..., str]) -> None:
    elsewhere = client(region="eu-west-1")
    assert elsewhere.list_custom_models()["modelSummaries"] == []
    refused("ResourceNotFoundException", elsewhere.get_custom_model, modelIdentifier=model_arn)
