"""A custom model in training, AWS's side of it: wait for the customization job, and find the model it made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_bedrock import errors
from pulumi_bedrock.errors import sentence
from pulumi_bedrock.values.durations import spoken

from .error_mapping import translated
from .waiting import Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetModelCustomizationJobResponseTypeDef

__all__ = ["ACTIONS", "Trained", "find_model", "wait_trained"]

ACTIONS = ("bedrock:GetCustomModel", "bedrock:GetModelCustomizationJob")

COMPLETED = "Completed"
ENDED_WITHOUT_A_MODEL = ("Failed", "Stopping", "Stopped")
ACTIVE = "Active"
FAILED = "Failed"


@dataclass(frozen=True)
class Trained:
    """A custom model as AWS describes it.

    :param status: `Creating`, `Active` or `Failed`.
    """

    model_arn: str
    model_name: str
    status: str


def find_model(client: BedrockClient, identifier: str) -> Trained | None:
    """The custom model with this ARN, or None when AWS says that there is none.

    IAM: bedrock:GetCustomModel.
    """
    region = str(client.meta.region_name)
    try:
        with translated("bedrock:GetCustomModel", subject=f"custom model {identifier}", region=region):
            answer = client.get_custom_model(modelIdentifier=identifier)
    except errors.ResourceNotFound:
        return None
    return Trained(answer["modelArn"], answer["modelName"], answer.get("modelStatus", ACTIVE))


def wait_trained(
    client: BedrockClient,
    job_identifier: str,
    *,
    deadline: Deadline,
    report: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Waits until a model customization job is completed, and its model `Active`.

    IAM: bedrock:GetModelCustomizationJob on the job, bedrock:GetCustomModel on the model.

    :param job_identifier: The job's ARN or name.
    :raises ModelFailed: when the job failed or was stopped, with AWS's failureMessage.
    :raises ResourceNotFound: when there is no such job, or its model has been deleted.
    :raises WaitTimeout: when it isn't done at the deadline; it goes on in AWS.
    """
    wait = Wait(deadline, report=report, what=(job_identifier.rpartition("/")[2], "the trained model"))
    status = "not to be seen"
    for _ in wait:
        with wait.riding_out():
            job = _job(client, job_identifier)
            status = job["status"]
            if status in ENDED_WITHOUT_A_MODEL:
                raise _no_model(job)
            if status == COMPLETED:
                model = _made_by(client, job)
                if model.status == ACTIVE:
                    return model
                status = f"{COMPLETED}, its model {model.status}"
            wait.progress(status)
    last = f" The last answer was {type(wait.last_error).__name__}: {wait.last_error}" if wait.last_error else ""
    raise errors.WaitTimeout(
        f"customization job {job_identifier}: still {status} after {spoken(deadline.timeout)}. It goes on in AWS, "
        f"and the next `pulumi up` waits for it again. Give it longer with custom_timeouts create.{last}"
    )


def _job(client: BedrockClient, job_identifier: str) -> GetModelCustomizationJobResponseTypeDef:
    with translated(
        "bedrock:GetModelCustomizationJob",
        subject=f"customization job {job_identifier}",
        region=str(client.meta.region_name),
        not_found="Check job_identifier: it must be the ARN or name of a job in this account and Region.",
    ):
        return client.get_model_customization_job(jobIdentifier=job_identifier)


def _made_by(client: BedrockClient, job: GetModelCustomizationJobResponseTypeDef) -> Trained:
    model = find_model(client, job["outputModelArn"])
    if model is None:
        raise errors.ResourceNotFound(
            f"customization job {job['jobArn']} is {COMPLETED}, but the model it made, {job['outputModelArn']}, "
            "is gone. Start another job, or deploy another model."
        )
    if model.status == FAILED:
        raise errors.ModelFailed(f"custom model {model.model_arn} is {FAILED}. Start another job.")
    return model


def _no_model(job: GetModelCustomizationJobResponseTypeDef) -> errors.ModelFailed:
    said = f" AWS said: {sentence(job['failureMessage'])}" if job.get("failureMessage") else ""
    return errors.ModelFailed(
        f"customization job {job['jobArn']} is {job['status']}, so there is no model.{said} "
        "Mend the cause and start another job, under a new job name."
    )
