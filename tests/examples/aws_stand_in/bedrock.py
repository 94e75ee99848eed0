"""`aws.bedrock.CustomModel`, which starts a training job and doesn't wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kind import Kind

__all__ = ["CustomModel"]


class CustomModel(Kind):
    """As terraform-provider-aws has it: its ID is the job's ARN, and the model's is empty until a refresh finds one."""

    token = "aws:bedrock/customModel:CustomModel"
    forces = (
        "baseModelIdentifier",
        "customModelName",
        "customizationType",
        "hyperparameters",
        "jobName",
        "outputDataConfig",
        "roleArn",
        "trainingDataConfig",
    )
    computed = ("jobArn", "jobStatus", "customModelArn")
    auto_named = False

    def create(self, inputs: Mapping[str, Any]) -> str:
        answer = self.client("bedrock").create_model_customization_job(
            jobName=inputs["jobName"],
            customModelName=inputs["customModelName"],
            roleArn=inputs["roleArn"],
            baseModelIdentifier=inputs["baseModelIdentifier"],
            customizationType=inputs.get("customizationType", "FINE_TUNING"),
            hyperParameters=inputs["hyperparameters"],
            trainingDataConfig={"s3Uri": inputs["trainingDataConfig"]["s3Uri"]},
            outputDataConfig={"s3Uri": inputs["outputDataConfig"]["s3Uri"]},
        )
        return str(answer["jobArn"])

    def read(self, id_: str) -> dict[str, Any] | None:
        bedrock = self.client("bedrock")
        try:
            job = bedrock.get_model_customization_job(jobIdentifier=id_)
        except bedrock.exceptions.ResourceNotFoundException:
            return None
        return {
            "jobArn": id_,
            "jobName": job["jobName"],
            "jobStatus": job["status"],
            "customModelArn": job.get("outputModelArn"),
            "customModelName": job["outputModelName"],
            "roleArn": job["roleArn"],
            "hyperparameters": job["hyperParameters"],
            "trainingDataConfig": job["trainingDataConfig"],
            "outputDataConfig": job["outputDataConfig"],
        }

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        bedrock = self.client("bedrock")
        job = bedrock.get_model_customization_job(jobIdentifier=id_)
        if job["status"] == "InProgress":
            bedrock.stop_model_customization_job(jobIdentifier=id_)
        elif job["status"] == "Completed":
            bedrock.delete_custom_model(modelIdentifier=job["outputModelArn"])
