"""`TrainedModel` in the host: waits until a customization job has made its model; makes and deletes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import UNKNOWN, DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.host.trained_model_provider import TrainedModelProvider
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """A host process whose resources are trained models."""
    return start_host(make=serialized.trained_model)


@pytest.fixture
def job_arn(local_bedrock: LocalBedrock) -> str:
    """A customization job that is under way until a test says otherwise."""
    local_bedrock.set_training(manual=True)
    answer = local_bedrock.client("bedrock").create_model_customization_job(
        jobName="tuning-1",
        customModelName="tuned",
        roleArn="arn:aws:iam::123456789012:role/tuner",
        baseModelIdentifier="amazon.nova-micro-v1:0:128k",
        trainingDataConfig={"s3Uri": "s3://data/train.jsonl"},
        outputDataConfig={"s3Uri": "s3://data/out"},
        hyperParameters={},
    )
    local_bedrock.clear_requests()
    return str(answer["jobArn"])


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    line = str(failure.value).removesuffix("\n")
    assert "\n" not in line
    return line


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_create_returns_model_when_job_is_completed(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock, clock: FakeClock, by: str
) -> None:
    identifier = job_arn if by == "ARN" else "tuning-1"
    clock.after(3600, lambda: local_bedrock.set_status(job_arn, "Completed"))

    created = host.create({"jobIdentifier": identifier})

    [model] = local_bedrock.custom_models()
    assert created.id == model["modelArn"]
    assert created.outputs == {
        "jobIdentifier": identifier,
        "modelArn": model["modelArn"],
        "modelName": "tuned",
        "modelStatus": "Active",
    }
    assert 3600 <= sum(clock.slept) <= 3630
    assert set(local_bedrock.counts()) == {"GetModelCustomizationJob", "GetCustomModel"}


def test_failed_job_fails_with_reason(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Failed", failure_message="Line 7 is no JSON.")

    assert failure_of(host, {"jobIdentifier": job_arn}) == (
        f"ModelFailed: customization job {job_arn} is Failed, so there is no model. AWS said: Line 7 is no JSON. "
        "Fix the cause and start another job with a new name."
    )


def test_stopped_job_fails(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.client("bedrock").stop_model_customization_job(jobIdentifier=job_arn)

    assert "is Stopped, so there is no model." in failure_of(host, {"jobIdentifier": job_arn})


def test_missing_job_fails(host: DynamicHost, job_arn: str) -> None:
    said = failure_of(host, {"jobIdentifier": "nobody"})

    assert said.startswith("ResourceNotFound: customization job nobody: AWS said: ")
    assert said.endswith("Check job_identifier: it must be the ARN or name of a job in this account and Region.")


def test_unfinished_job_times_out_and_next_create_continues(host: DynamicHost, job_arn: str) -> None:
    assert failure_of(host, {"jobIdentifier": job_arn, "timeouts": {"create": "90m"}}) == (
        f"WaitTimeout: customization job {job_arn}: still InProgress after 90 min. The job continues in AWS, and "
        "the next `pulumi up` waits for it again. Set a longer custom_timeouts create."
    )


def test_default_create_timeout_is_24_hours() -> None:
    assert TrainedModelProvider.TIMEOUT == 24 * 3600


def test_wait_for_job_retries_transient_errors(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    local_bedrock.add_fault(operation="GetModelCustomizationJob", error="ThrottlingException", count=10)
    local_bedrock.add_fault(operation="GetCustomModel", error="InternalServerException", count=10)

    assert host.create({"jobIdentifier": job_arn}).outputs["modelStatus"] == "Active"


def test_denied_get_job_names_action(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="GetModelCustomizationJob", error="AccessDeniedException", message="No.")

    assert "Allow bedrock:GetModelCustomizationJob" in failure_of(host, {"jobIdentifier": job_arn})


def test_refresh_returns_current_model_and_empty_result_when_deleted(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    created = host.create({"jobIdentifier": job_arn})

    assert host.read(created.id, created.outputs).outputs == created.outputs

    local_bedrock.client("bedrock").delete_custom_model(modelIdentifier=created.id)
    gone = host.read(created.id, created.outputs)
    assert (gone.id, gone.outputs) == ("", {})


def test_delete_and_changed_timeout_call_nothing(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    created = host.create({"jobIdentifier": job_arn})
    local_bedrock.clear_requests()
    news = {"jobIdentifier": job_arn, "timeouts": {"create": "1h"}}

    answer = host.diff(created.outputs, news)
    updated = host.update(created.id, created.outputs, news)
    host.delete(created.id, updated.outputs)

    assert (answer.changes, answer.replaces) == (True, [])
    assert updated.outputs == {**created.outputs, "timeouts": {"create": "1h"}}
    assert local_bedrock.requests() == []
    assert len(local_bedrock.custom_models()) == 1


@pytest.mark.parametrize("value", ["tuning-2", UNKNOWN])
def test_changed_job_forces_replacement(host: DynamicHost, value: str) -> None:
    olds = {"jobIdentifier": "tuning-1", "modelArn": "arn", "modelName": "tuned", "modelStatus": "Active"}

    assert host.diff(olds, {"jobIdentifier": value}).replaces == ["jobIdentifier"]
    assert not host.diff(olds, {"jobIdentifier": "tuning-1"}).changes


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"jobIdentifier": "tuning-1"}, []),
        ({"jobIdentifier": UNKNOWN}, []),
        ({}, ["jobIdentifier: is required; give the ARN or name of a model customization job"]),
        ({"jobIdentifier": 7}, ["jobIdentifier: must be a string, and this is a number"]),
        (
            {"jobIdentifier": "tuning-1", "timeouts": {"create": "soon"}},
            ['custom_timeouts: create must be a positive duration such as "45m" or "1h30m"'],
        ),
    ],
)
def test_check_reports_failures(host: DynamicHost, given: dict[str, Any], reasons: list[str]) -> None:
    checked = host.check(given)

    assert checked.reasons == reasons
    assert checked.inputs == given
