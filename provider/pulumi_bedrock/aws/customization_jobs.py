"""Wait for a model customization job, and find the custom model that it made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pulumi_bedrock import errors
from pulumi_bedrock.errors import sentence
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.durations import format_duration

from .error_mapping import map_errors
from .resources import ACTIVE, COMPLETED, FAILED, STOPPED, STOPPING, CustomModel
from .waiting import Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetModelCustomizationJobResponseTypeDef

__all__ = ["ACTIONS", "find_model", "wait_trained"]

ACTIONS = ("bedrock:GetCustomModel", "bedrock:GetModelCustomizationJob")

ENDED_WITHOUT_A_MODEL = (FAILED, STOPPING, STOPPED)


def find_model(client: BedrockClient, identifier: str) -> CustomModel | None:
    """Return the custom model with this ARN or name; None when AWS answers that there is none.

    IAM: bedrock:GetCustomModel.
    """
    region = str(client.meta.region_name)
    try:
        with map_errors("bedrock:GetCustomModel", subject=subject(identifier, "custom model"), region=region):
            answer = client.get_custom_model(modelIdentifier=identifier)
    except errors.ResourceNotFound:
        return None
    return CustomModel.from_answer(answer)


def wait_trained(
    client: BedrockClient,
    job_identifier: str,
    *,
    deadline: Deadline,
    progress: Callable[[str], None] = lambda _line: None,
    name: str = "",
) -> CustomModel:
    """Wait until a model customization job is completed and its model `Active`.

    IAM: bedrock:GetModelCustomizationJob on the job, bedrock:GetCustomModel on the model.

    :param job_identifier: The job's ARN or name.
    :param name: Which wait this is, in lines of progress; left out, it is the job's name or ID.
    :raises ModelFailed: when the job failed or was stopped, with AWS's failureMessage.
    :raises ResourceNotFound: when there is no such job, or its model has been deleted.
    :raises WaitTimeout: when it isn't done at the deadline. The job continues in AWS.
    """
    wait = Wait(deadline, show=progress, name=name or job_identifier.rpartition("/")[2], target="the trained model")
    status = "without an answer"
    for _ in wait:
        with wait.retry_transient():
            job = _job(client, job_identifier)
            status = job["status"]
            if status in ENDED_WITHOUT_A_MODEL:
                raise _no_model(job)
            if status == COMPLETED:
                model = _made_by(client, job)
                if model.status == ACTIVE:
                    wait.done(f"model {ACTIVE}")
                    return model
                status = f"{COMPLETED}, its model {model.status}"
            wait.progress(status)
    raise errors.WaitTimeout(
        f"still {status} after {format_duration(deadline.timeout)}. The job continues in AWS, and the next `pulumi up` "
        f"waits for it again. Set a longer custom_timeouts create.{wait.last_failure()}",
        subject=f"customization job {job_identifier}",
    )


def _job(client: BedrockClient, job_identifier: str) -> GetModelCustomizationJobResponseTypeDef:
    with map_errors(
        "bedrock:GetModelCustomizationJob",
        subject=f"customization job {job_identifier}",
        region=str(client.meta.region_name),
        not_found="Check job_identifier: it must be the ARN or name of a job in this account and Region.",
    ):
        return client.get_model_customization_job(jobIdentifier=job_identifier)


def _made_by(client: BedrockClient, job: GetModelCustomizationJobResponseTypeDef) -> CustomModel:
    model = find_model(client, job["outputModelArn"])
    if model is None:
        raise errors.ResourceNotFound(
            f"customization job {job['jobArn']} is {COMPLETED}, but its model {job['outputModelArn']} no "
            "longer exists. Start another job, or deploy another model."
        )
    if model.status == FAILED:
        raise errors.ModelFailed(f"custom model {model.arn} is {FAILED}. Start another job.")
    return model


def _no_model(job: GetModelCustomizationJobResponseTypeDef) -> errors.ModelFailed:
    said = f" AWS said: {sentence(job['failureMessage'])}" if job.get("failureMessage") else ""
    return errors.ModelFailed(
        f"customization job {job['jobArn']} is {job['status']}, so there is no model.{said} "
        "Fix the cause and start another job with a new name."
    )
