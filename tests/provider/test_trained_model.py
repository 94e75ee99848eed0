"""`TrainedModel` in the host: it waits for a customization job, and owns nothing in AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import UNKNOWN, DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

STRANGER = "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/amazon.nova-lite-v1:0:300k/abcdefghij12"


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """A host process whose resources are trained models."""
    return start_host(make=serialized.trained_model)


@pytest.fixture
def bedrock(local_bedrock: LocalBedrock) -> Any:
    return local_bedrock.client("bedrock")


@pytest.fixture
def job_arn(bedrock: Any, local_bedrock: LocalBedrock) -> str:
    """A job that is training; its ARN."""
    local_bedrock.set_training(manual=True)
    answer = bedrock.create_model_customization_job(
        jobName="tickets-1",
        customModelName="tickets",
        roleArn="arn:aws:iam::123456789012:role/training",
        baseModelIdentifier="amazon.nova-lite-v1:0:300k",
        trainingDataConfig={"s3Uri": "s3://tickets/train.jsonl"},
        outputDataConfig={"s3Uri": "s3://tickets/out/"},
    )
    return str(answer["jobArn"])


def failure_of(host: DynamicHost, **inputs: Any) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    line = str(failure.value).removesuffix("\n")
    assert "\n" not in line
    return line


@pytest.mark.parametrize("by_name", [False, True])
def test_it_waits_until_the_job_is_completed_and_the_model_active(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock, clock: FakeClock, bedrock: Any, by_name: bool
) -> None:
    def complete() -> None:
        local_bedrock.set_status(job_arn, "Completed")
        local_bedrock.set_status(local_bedrock.custom_models()[0]["modelArn"], "Creating")

    def activate() -> None:
        local_bedrock.set_status(local_bedrock.custom_models()[0]["modelArn"], "Active")

    clock.after(3600, complete)
    clock.after(3700, activate)
    job_identifier = "tickets-1" if by_name else job_arn

    created = host.create({"jobIdentifier": job_identifier})

    model = bedrock.get_custom_model(modelIdentifier="tickets")
    assert created.id == model["modelArn"]
    assert created.outputs == {
        "jobIdentifier": job_identifier,
        "modelArn": model["modelArn"],
        "modelName": "tickets",
        "modelStatus": "Active",
    }
    assert 3700 <= sum(clock.slept) <= 3731
    assert set(local_bedrock.counts()) == {"CreateModelCustomizationJob", "GetModelCustomizationJob", "GetCustomModel"}


def test_progress_is_shown(
    host: DynamicHost,
    job_arn: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock.after(20, lambda: local_bedrock.set_status(job_arn, "Completed"))
    host.create({"jobIdentifier": job_arn})
    job_id = job_arn.rpartition("/")[2]
    assert capsys.readouterr().out == f"{job_id}: InProgress, waiting for the trained model (0 s of 24 h 0 min)\n"


def test_a_failed_job_is_an_error_with_what_aws_said(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(job_arn, "Failed", failure_message="Line 7 is no JSON.")
    assert failure_of(host, jobIdentifier=job_arn) == (
        f"ModelFailed: customization job {job_arn} is Failed, so there is no model. AWS said: Line 7 is no JSON. "
        "Mend the cause and start another job, under a new job name."
    )


def test_a_stopped_job_is_an_error(host: DynamicHost, job_arn: str, bedrock: Any) -> None:
    bedrock.stop_model_customization_job(jobIdentifier=job_arn)
    assert failure_of(host, jobIdentifier=job_arn) == (
        f"ModelFailed: customization job {job_arn} is Stopped, so there is no model. "
        "Mend the cause and start another job, under a new job name."
    )


def test_a_failed_model_is_an_error(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    model_arn = local_bedrock.custom_models()[0]["modelArn"]
    local_bedrock.set_status(model_arn, "Failed")
    assert failure_of(host, jobIdentifier=job_arn) == (
        f"ModelFailed: custom model {model_arn} is Failed. Start another job."
    )


def test_a_model_that_was_deleted_is_an_error(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock, bedrock: Any
) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    bedrock.delete_custom_model(modelIdentifier="tickets")
    said = failure_of(host, jobIdentifier=job_arn)
    assert said.startswith(f"ResourceNotFound: customization job {job_arn} is Completed, but the model it made, ")
    assert said.endswith(" is gone. Start another job, or deploy another model.")


def test_a_job_that_is_not_there_is_an_error_at_once(host: DynamicHost, clock: FakeClock) -> None:
    said = failure_of(host, jobIdentifier=STRANGER)
    assert said.startswith(f"ResourceNotFound: customization job {STRANGER}: AWS said: ")
    assert said.endswith("Check job_identifier: it must be the ARN or name of a job in this account and Region.")
    assert clock.slept == []


def test_a_job_that_takes_too_long_goes_on_in_aws(
    host: DynamicHost, job_arn: str, clock: FakeClock, bedrock: Any
) -> None:
    assert failure_of(host, jobIdentifier=job_arn, timeouts={"create": "30m"}) == (
        f"WaitTimeout: customization job {job_arn}: still InProgress after 30 min. It goes on in AWS, and the next "
        "`pulumi up` waits for it again. Give it longer with custom_timeouts create."
    )
    assert sum(clock.slept) == pytest.approx(1800)
    assert bedrock.get_model_customization_job(jobIdentifier=job_arn)["status"] == "InProgress"


def test_errors_that_pass_are_ridden_out(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    local_bedrock.add_fault(operation="GetModelCustomizationJob", error="ThrottlingException", count=3)
    local_bedrock.add_fault(operation="GetCustomModel", error="InternalServerException", count=3)
    assert host.create({"jobIdentifier": job_arn}).outputs["modelStatus"] == "Active"


@pytest.mark.parametrize("operation", ["GetModelCustomizationJob", "GetCustomModel"])
def test_a_denied_call_names_its_action(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock, operation: str
) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    local_bedrock.add_fault(operation=operation, error="AccessDeniedException", message="No.")
    said = failure_of(host, jobIdentifier=job_arn)
    assert said.startswith("AccessDenied: custom")
    assert said.endswith(f"AWS said: No. Allow bedrock:{operation} to the identity that runs Pulumi.")


def test_read_shows_the_model_or_that_it_is_gone(
    host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock, bedrock: Any
) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    created = host.create({"jobIdentifier": job_arn})
    assert host.read(created.id, created.outputs).outputs == created.outputs

    local_bedrock.set_status(created.id, "Failed")
    assert host.read(created.id, created.outputs).outputs["modelStatus"] == "Failed"

    bedrock.delete_custom_model(modelIdentifier=created.id)
    assert host.read(created.id, created.outputs).id == ""


def test_delete_leaves_job_and_model_alone(host: DynamicHost, job_arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(job_arn, "Completed")
    created = host.create({"jobIdentifier": job_arn})
    local_bedrock.clear_requests()
    host.delete(created.id, created.outputs)
    assert local_bedrock.counts() == {}


@pytest.mark.parametrize(
    ("new", "changes", "replaces"),
    [
        ({"jobIdentifier": STRANGER, "timeouts": {"create": "2h"}}, False, []),
        ({"jobIdentifier": STRANGER, "timeouts": {"create": "3h"}}, True, []),
        ({"jobIdentifier": "another", "timeouts": {"create": "2h"}}, True, ["jobIdentifier"]),
        ({"jobIdentifier": UNKNOWN, "timeouts": {"create": "2h"}}, True, ["jobIdentifier"]),
        ({"jobIdentifier": STRANGER, "timeouts": {"create": "2h"}, "region": "us-west-2"}, True, ["region"]),
    ],
)
def test_another_job_replaces_and_another_timeout_updates(
    host: DynamicHost, new: dict[str, Any], changes: bool, replaces: list[str]
) -> None:
    old = {"jobIdentifier": STRANGER, "timeouts": {"create": "2h"}, "modelArn": "a", "modelName": "b"}
    diffed = host.diff(old, new)
    assert (diffed.changes, diffed.replaces, diffed.delete_before_replace) == (changes, replaces, False)
    if not replaces:
        assert host.update("an-id", old, new).outputs == {**old, "timeouts": new["timeouts"]}


@pytest.mark.parametrize(
    ("inputs", "reasons"),
    [
        ({"jobIdentifier": STRANGER}, []),
        ({"jobIdentifier": "tickets-1", "region": "us-east-1"}, []),
        ({"jobIdentifier": UNKNOWN}, []),
        ({}, ["jobIdentifier: is required; give the ARN or name of a model customization job"]),
        ({"jobIdentifier": 7}, ["jobIdentifier: must be a string, and this is a number"]),
        (
            {"jobIdentifier": "tickets-1", "timeouts": {"create": "soon"}},
            ['custom_timeouts: create must be a positive duration such as "45m" or "1h30m"'],
        ),
    ],
)
def test_check(host: DynamicHost, inputs: dict[str, Any], reasons: list[str]) -> None:
    assert host.check(inputs).reasons == reasons


def test_check_knows_what_is_no_job(host: DynamicHost) -> None:
    (reason,) = host.check({"jobIdentifier": "a/b"}).reasons
    assert reason.startswith("jobIdentifier: must be of the form (arn:aws")
