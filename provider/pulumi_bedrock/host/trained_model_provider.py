"""Host side of `TrainedModel`: a wait when the resource is created; nothing in AWS is made or deleted by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult

from pulumi_bedrock import errors
from pulumi_bedrock.aws.constraints import operation_input, problems, within
from pulumi_bedrock.aws.customization_jobs import Trained, find_model, wait_trained
from pulumi_bedrock.aws.error_mapping import NO_REGION

from .base_provider import one_line
from .create_only_provider import AskingProvider

__all__ = ["TrainedModelProvider"]

_ARN = re.compile(r"arn:[^:]+:bedrock:(?P<region>[^:]+):.+")


class TrainedModelProvider(AskingProvider):
    """One wait. IAM actions: `pulumi_bedrock.aws.customization_jobs.ACTIONS`."""

    COMPARED = ("jobIdentifier", "region")
    TIMEOUT = 24 * 60 * 60.0
    """Seconds. AWS says that a job can take several hours; how many depends on the data and the hyperparameters."""

    def failures(self, props: Mapping[str, Any]) -> Iterator[str]:
        """Held against botocore's service model."""
        if props.get("jobIdentifier") is None:
            yield "jobIdentifier: is required; give the ARN or name of a model customization job"
        else:
            shape = within(operation_input("GetModelCustomizationJob"), "jobIdentifier")
            yield from problems("jobIdentifier", shape, props["jobIdentifier"])

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Returns when the job is completed and its model `Active`. Cut off, the next run just waits again.

        :raises BedrockError: see `errors`.
        """
        trained = wait_trained(
            self.clients.bedrock(self._region(props)),
            props["jobIdentifier"],
            deadline=self.deadline(props),
            report=self.report,
        )
        return CreateResult(trained.model_arn, {**props, **_outputs(trained)})

    @one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The model as it is. Only AWS's not-found means gone; every other error is raised, and the state stays."""
        trained = find_model(self.clients.bedrock(self._region({"jobIdentifier": id_})), id_)
        if trained is None:
            return ReadResult("", {})
        return ReadResult(trained.model_arn, {**props, **_outputs(trained)})

    def _region(self, props: Mapping[str, Any]) -> str:
        in_arn = _ARN.fullmatch(props["jobIdentifier"])
        region = (in_arn and in_arn["region"]) or props.get("region") or self.clients.region
        if region is None:
            raise errors.RegionMissing(f"customization job {props['jobIdentifier']}: {NO_REGION}")
        return region


def _outputs(trained: Trained) -> dict[str, str]:
    return {"modelArn": trained.model_arn, "modelName": trained.model_name, "modelStatus": trained.status}
