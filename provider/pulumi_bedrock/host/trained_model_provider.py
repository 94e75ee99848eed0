"""Host side of `TrainedModel`: a wait when the resource is created. It creates and deletes nothing in AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult

from pulumi_bedrock.aws.constraints import input_shape, member_shape, violations
from pulumi_bedrock.aws.customization_jobs import find_model, wait_trained
from pulumi_bedrock.aws.resources import CustomModel
from pulumi_bedrock.values.arns import Arn, describe_identifier

from .base_provider import one_line_errors
from .create_only_provider import CreateOnlyProvider
from .engine_log import logical_name

__all__ = ["TrainedModelProvider"]


class TrainedModelProvider(CreateOnlyProvider):
    """One wait. IAM actions: `pulumi_bedrock.aws.customization_jobs.ACTIONS`."""

    COMPARED = ("jobIdentifier", "region")
    TIMEOUT = 24 * 60 * 60.0
    """Seconds. AWS says that a job can take several hours; how many depends on the data and the hyperparameters."""

    def validate(self, props: Mapping[str, Any]) -> Iterator[str]:
        """Return one line for each input that botocore's service model refuses."""
        if props.get("jobIdentifier") is None:
            yield "jobIdentifier: is required; give the ARN or name of a model customization job"
        else:
            given = props["jobIdentifier"]
            shape = member_shape(input_shape("GetModelCustomizationJob"), "jobIdentifier")
            arn = Arn.parse(given) if isinstance(given, str) else None
            if arn is not None and arn.kind != "model-customization-job":
                what = describe_identifier(given)
                yield f"jobIdentifier: must be the ARN or name of a model customization job, and this is {what}"
            else:
                yield from violations("jobIdentifier", shape, given)

    @one_line_errors
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return when the job is completed and its model `Active`. After an interrupted run, the next one waits again.

        :raises BedrockError: see `errors`.
        """
        job = props["jobIdentifier"]
        trained = wait_trained(
            self.clients.bedrock(self.clients.region_for(job, props.get("region"))),
            job,
            deadline=self.deadline(props),
            progress=self.progress,
            name=logical_name(),
        )
        return CreateResult(trained.arn, {**props, **_outputs(trained)})

    @one_line_errors
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return the model as it is. Only AWS's not-found means deleted; on any other error the state stays."""
        trained = find_model(self.clients.bedrock(self.clients.region_for(id_)), id_)
        if trained is None:
            self.clients.account.verify_not_found(id_, subject=f"custom model {id_}")
            return ReadResult("", {})
        return ReadResult(trained.arn, {**props, **_outputs(trained)})


def _outputs(model: CustomModel) -> dict[str, str]:
    return {"modelArn": model.arn, "modelName": model.name, "modelStatus": model.status}
