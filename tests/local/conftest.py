"""The suite's subject is the command itself, in a process of its own, spoken to over HTTP only.

Every answer that a client here receives is held against botocore's service model: its members, their types
and patterns; for an error, whether the operation may answer with it, and with which HTTP status.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local.command import ONE_ATTEMPT, serve
from local.service_model import COMMON_ERRORS, conforms, modelled_errors
from pulumi_bedrock.local import LocalBedrock

AWS_ITSELF = "ListCustomModels.modelSummaries[].baseModelName is ''"
"""What AWS was recorded to answer, against its own service model."""


@pytest.fixture(scope="session")
def endpoint_url() -> Iterator[str]:
    """One command for the session, where everything happens at once unless a test says otherwise."""
    with serve("--activation-seconds", "0", "--deletion-seconds", "0") as served:
        yield served.endpoint_url


@pytest.fixture
def local(endpoint_url: str) -> LocalBedrock:
    """The served local Bedrock, empty."""
    local = LocalBedrock(endpoint_url)
    local.reset()
    return local


@pytest.fixture(scope="session")
def client(endpoint_url: str) -> Iterator[Callable[..., Any]]:
    """Gives boto3 clients, of one attempt a call, that hold every answer against the service model."""
    made: dict[tuple[str, str], Any] = {}

    def give(service: str = "bedrock", *, region: str = "us-east-1") -> Any:
        if (service, region) not in made:
            made[service, region] = LocalBedrock(endpoint_url).client(service, region=region, config=ONE_ATTEMPT)
            made[service, region].meta.events.register(f"after-call.{service}", _check_answer)
        return made[service, region]

    yield give
    for each in made.values():
        each.close()


@pytest.fixture
def bedrock(local: LocalBedrock, client: Callable[..., Any]) -> Any:
    """The control plane in us-east-1."""
    return client("bedrock")


@pytest.fixture
def runtime(local: LocalBedrock, client: Callable[..., Any]) -> Any:
    """Inference in us-east-1."""
    return client("bedrock-runtime")


@pytest.fixture
def model_arn(local: LocalBedrock) -> str:
    """A custom model that is Active."""
    return local.create_custom_model("support-bot-v1")


@pytest.fixture
def deploy(bedrock: Any, model_arn: str) -> Callable[..., str]:
    """Creates a deployment of ``model_arn``, and returns its ARN."""

    def create(name: str = "support-bot", **parameters: Any) -> str:
        answer = bedrock.create_custom_model_deployment(
            **{"modelDeploymentName": name, "modelArn": model_arn, **parameters}
        )
        return str(answer["customModelDeploymentArn"])

    return create


@pytest.fixture
def import_model(bedrock: Any) -> Callable[..., str]:
    """Creates a custom model from artifacts in S3, and returns its ARN."""

    def create(name: str = "imported", **parameters: Any) -> str:
        source = {"modelSourceConfig": {"s3DataSource": {"s3Uri": "s3://escrow/job/"}}}
        role = "arn:aws:iam::123456789012:role/bedrock"
        answer = bedrock.create_custom_model(**{"modelName": name, "roleArn": role, **source, **parameters})
        return str(answer["modelArn"])

    return create


@pytest.fixture
def refused() -> Callable[..., str]:
    """Calls, expects the error of that code, and returns its message."""

    def call(code: str, function: Callable[..., Any], **parameters: Any) -> str:
        with pytest.raises(ClientError) as caught:
            function(**parameters)
        assert caught.value.response["Error"]["Code"] == code, caught.value
        return str(caught.value.response["Error"]["Message"])

    return call


def _check_answer(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    status = http_response.status_code
    if status >= 300:
        code = parsed["Error"]["Code"]
        modelled = {**modelled_errors(model.name), **COMMON_ERRORS}
        assert modelled.get(code) == status, f"{model.name} can't answer {status} {code}"
        return
    assert status == model.http["responseCode"]
    if not model.has_event_stream_output and "payload" not in model.output_shape.serialization:
        wrong = conforms(model.output_shape, json.loads(http_response.content), model.name)
        wrong = [each for each in wrong if not each.startswith(AWS_ITSELF)]
        assert not wrong, wrong
