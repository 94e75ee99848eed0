"""Host side of `TrainedModel`: a wait when the resource is created; nothing in AWS is made or deleted by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from . import durations, errors
from .aws_errors import NO_REGION
from .constraints import operation_input, problems, within
from .host import HostedProvider, decoded, encoded, one_line
from .inputs import holds_unknown, option_failures
from .training import Trained, find_model, wait_trained
from .waiting import Deadline

__all__ = ["TrainedModelProvider"]

DEFAULT_TIMEOUT = 24 * 60 * 60.0
"""Seconds. AWS says that a job can take several hours; how many depends on the data and the hyperparameters."""

_COMPARED = ("jobIdentifier", "region")
_ARN = re.compile(r"arn:[^:]+:bedrock:(?P<region>[^:]+):.+")


class TrainedModelProvider(HostedProvider):
    """One wait. IAM actions: `pulumi_bedrock.training.ACTIONS`."""

    @one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validates the job's ARN or name against botocore's service model. No network."""
        checked = {key: value for key, value in decoded(news).items() if value is not None}
        return CheckResult(encoded(checked), [CheckFailure("", reason) for reason in _failures(checked)])

    @one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Another job means another model, which has to be waited for. No network."""
        old, new = decoded(_olds), decoded(_news)
        replaces = [key for key in _COMPARED if holds_unknown(new.get(key)) or old.get(key) != new.get(key)]
        return DiffResult(changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"), replaces=replaces)

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Returns when the job is completed and its model `Active`. Cut off, the next run just waits again.

        :raises BedrockError: see `errors`.
        """
        timeout = (props.get("timeouts") or {}).get("create")
        trained = wait_trained(
            self.clients.bedrock(self._region(props)),
            props["jobIdentifier"],
            deadline=Deadline(durations.seconds(timeout) if timeout else DEFAULT_TIMEOUT, self.clock),
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

    @one_line
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Takes over a changed timeout."""
        kept = {key: value for key, value in _olds.items() if key != "timeouts"}
        return UpdateResult({**kept, **{key: _news[key] for key in ("timeouts",) if key in _news}})

    @one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing to do: job and model belong to whatever started the job."""

    def _region(self, props: Mapping[str, Any]) -> str:
        in_arn = _ARN.fullmatch(props["jobIdentifier"])
        region = (in_arn and in_arn["region"]) or props.get("region") or self.clients.region
        if region is None:
            raise errors.RegionMissing(f"customization job {props['jobIdentifier']}: {NO_REGION}")
        return region


def _failures(props: Mapping[str, Any]) -> Iterator[str]:
    if props.get("jobIdentifier") is None:
        yield "jobIdentifier: is required; give the ARN or name of a model customization job"
    else:
        shape = within(operation_input("GetModelCustomizationJob"), "jobIdentifier")
        yield from problems("jobIdentifier", shape, props["jobIdentifier"])
    yield from option_failures(props)


def _outputs(trained: Trained) -> dict[str, str]:
    return {"modelArn": trained.model_arn, "modelName": trained.model_name, "modelStatus": trained.status}
