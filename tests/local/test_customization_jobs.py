"""Training: a job that takes its time, and the custom model that is there when it is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock

JOB = {
    "jobName": "tuning-1",
    "customModelName": "tuned",
    "roleArn": "arn:aws:iam::123456789012:role/bedrock",
    "baseModelIdentifier": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
    "trainingDataConfig": {"s3Uri": "s3://bucket/train.jsonl"},
    "outputDataConfig": {"s3Uri": "s3://bucket/out/"},
    "hyperParameters": {"epochCount": "1"},
    "jobTags": [{"key": "cost", "value": "42"}],
    "customModelTags": [{"key": "team", "value": "support"}],
}


@pytest.fixture
def train(bedrock: Any) -> Callable[..., str]:
    """Starts a job, and returns its ARN."""
    return lambda **other: str(bedrock.create_model_customization_job(**{**JOB, **other})["jobArn"])


def test_completed_job_creates_model(
    local: LocalBedrock,
    bedrock: Any,
    train: Callable[..., str],
    deploy: Callable[..., str],
    refused: Callable[..., str],
) -> None:
    local.set_training(manual=True)
    job_arn = train()
    assert ":model-customization-job/amazon.nova-micro-v1:0:128k/" in job_arn
    training = bedrock.get_model_customization_job(jobIdentifier=job_arn)
    assert (training["status"], training["outputModelName"]) == ("InProgress", "tuned")
    assert {"outputModelArn", "endTime", "failureMessage"}.isdisjoint(training)
    refused("ResourceNotFoundException", bedrock.get_custom_model, modelIdentifier="tuned")

    local.set_status(job_arn, "Completed")
    completed = bedrock.get_model_customization_job(jobIdentifier="tuning-1")
    model = bedrock.get_custom_model(modelIdentifier="tuned")
    assert (completed["status"], completed["outputModelArn"]) == ("Completed", model["modelArn"])
    assert completed["endTime"] > completed["creationTime"]
    assert ":custom-model/amazon.nova-micro-v1:0:128k/" in model["modelArn"]
    assert (model["modelStatus"], model["jobArn"], model["jobName"]) == ("Active", job_arn, "tuning-1")
    for arn, tags in ((job_arn, JOB["jobTags"]), (model["modelArn"], JOB["customModelTags"])):
        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == tags
    deploy(modelArn=model["modelArn"])


def test_failed_or_stopped_job_creates_no_model(
    local: LocalBedrock, bedrock: Any, train: Callable[..., str], refused: Callable[..., str]
) -> None:
    local.add_fault(operation="CreateModelCustomizationJob", kind="activation", count=1, message="Line 7 is no JSON.")
    failed = bedrock.get_model_customization_job(jobIdentifier=train())
    assert (failed["status"], failed["failureMessage"]) == ("Failed", "Line 7 is no JSON.")

    local.set_training(manual=True)
    job_arn = train(jobName="tuning-2")
    bedrock.stop_model_customization_job(jobIdentifier="tuning-2")
    assert bedrock.get_model_customization_job(jobIdentifier=job_arn)["status"] == "Stopped"
    message = refused("ConflictException", bedrock.stop_model_customization_job, jobIdentifier=job_arn)
    assert message == f"The model customization job {job_arn} is Stopped. It must be InProgress."
    assert bedrock.list_custom_models()["modelSummaries"] == []
    assert [job["status"] for job in bedrock.list_model_customization_jobs()["modelCustomizationJobSummaries"]] == [
        "Stopped",
        "Failed",
    ]


def test_taken_job_or_model_name_is_refused(
    local: LocalBedrock, train: Callable[..., str], refused: Callable[..., str], bedrock: Any
) -> None:
    local.set_training(manual=True)
    job_arn = train()
    create = bedrock.create_model_customization_job
    assert "tuning-1 already exists" in refused("ConflictException", create, **{**JOB, "customModelName": "other"})
    assert job_arn in refused("ConflictException", create, **{**JOB, "jobName": "other"})
    local.set_training(seconds=0)
    assert "tuned already exists" in refused("ConflictException", create, **{**JOB, "jobName": "other"})
    message = refused("ResourceNotFoundException", bedrock.get_model_customization_job, jobIdentifier="nobody")
    assert message == "Could not find the model customization job nobody."


def test_repeated_token_starts_one_job(local: LocalBedrock, train: Callable[..., str]) -> None:
    assert train(clientRequestToken="once") == train(clientRequestToken="once")
    assert local.counts() == {"CreateModelCustomizationJob": 2}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["tuning-2", "tuning-1"]),
        ({"nameContains": "g-1"}, ["tuning-1"]),
        ({"statusEquals": "InProgress"}, ["tuning-2"]),
        ({"sortBy": "CreationTime", "sortOrder": "Ascending"}, ["tuning-1", "tuning-2"]),
    ],
)
def test_list_jobs_returns_jobs(
    local: LocalBedrock, bedrock: Any, train: Callable[..., str], filters: dict[str, str], names: list[str]
) -> None:
    train()
    local.set_training(manual=True)
    train(jobName="tuning-2", customModelName="tuned-2")
    jobs = bedrock.list_model_customization_jobs(**filters)["modelCustomizationJobSummaries"]
    assert [job["jobName"] for job in jobs] == names
    assert ["customModelArn" in job for job in jobs] == [name == "tuning-1" for name in names]
