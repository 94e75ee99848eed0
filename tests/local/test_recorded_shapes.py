"""The bodies of answers have the shape of those that others recorded of AWS: members, timestamps, identifiers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from local.command import ONE_ATTEMPT
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually

DEPLOYMENT = re.compile(r"arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/[a-z0-9]{12}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ARN, NAME, BEGIN, ACTIVE = "the deployment's ARN", "tickets-2026-11", "when it was created", "when it became Active"


@pytest.fixture
def bodies(local: LocalBedrock) -> Iterator[Callable[..., dict[str, Any]]]:
    """Calls an operation, and returns the response's body as it was sent."""
    client, sent = local.client("bedrock", config=ONE_ATTEMPT), []
    client.meta.events.register("after-call.bedrock", lambda http_response, **_: sent.append(http_response.content))

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        getattr(client, operation)(**parameters)
        return dict(json.loads(sent[-1]))

    yield call
    client.close()


def got(model_arn: str, status: str, updated_at: str) -> dict[str, Any]:
    return {
        "customModelDeploymentArn": ARN,
        "modelDeploymentName": NAME,
        "modelArn": model_arn,
        "createdAt": BEGIN,
        "status": status,
        "lastUpdatedAt": updated_at,
    }


def listed(model_arn: str, status: str, updated_at: str) -> dict[str, Any]:
    summary = got(model_arn, status, updated_at)
    return {"modelDeploymentSummaries": [{"customModelDeploymentName": summary.pop("modelDeploymentName"), **summary}]}


def test_deployment_has_recorded_shape_at_creating_and_at_active(
    local: LocalBedrock, bodies: Callable[..., dict[str, Any]], model_arn: str
) -> None:
    local.set_activation(manual=True)
    created = bodies("create_custom_model_deployment", modelDeploymentName=NAME, modelArn=model_arn)
    (arn,) = created.values()
    assert DEPLOYMENT.fullmatch(arn)
    at_creating = bodies("get_custom_model_deployment", customModelDeploymentIdentifier=arn)
    began = at_creating["createdAt"]
    listed_at_creating = bodies("list_custom_model_deployments")
    local.set_status(arn, "Active")
    at_active = bodies("get_custom_model_deployment", customModelDeploymentIdentifier=NAME)
    became = at_active["lastUpdatedAt"]
    listed_at_active = bodies("list_custom_model_deployments")

    def named(body: dict[str, Any]) -> Any:
        text = json.dumps(body)
        for value, name in ((arn, ARN), (began, BEGIN), (became, ACTIVE)):
            text = text.replace(value, name)
        return json.loads(text)

    assert began < became
    assert TIMESTAMP.fullmatch(began) and TIMESTAMP.fullmatch(became)
    assert named(created) == {"customModelDeploymentArn": ARN}
    assert named(at_creating) == got(model_arn, "Creating", BEGIN)
    assert named(listed_at_creating) == listed(model_arn, "Creating", BEGIN)
    assert named(at_active) == got(model_arn, "Active", ACTIVE)
    assert named(listed_at_active) == listed(model_arn, "Active", ACTIVE)


def test_last_updated_at_is_when_activation_was_due(local: LocalBedrock, bedrock: Any, model_arn: str) -> None:
    """Not when somebody asked: a deployment may be Active for long before anybody does."""
    local.set_activation(seconds=0.2)
    bedrock.create_custom_model_deployment(modelDeploymentName=NAME, modelArn=model_arn)
    (found,) = eventually(
        lambda: bedrock.list_custom_model_deployments(statusEquals="Active")["modelDeploymentSummaries"], "Active"
    )
    assert found["lastUpdatedAt"] - found["createdAt"] == timedelta(seconds=0.2)


def test_update_moves_last_updated_at_after_activation(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str
) -> None:
    arn = deploy()
    moments: list[datetime] = []
    for _ in range(3):
        found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
        moments.append(found["lastUpdatedAt"])
        bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=model_arn)
    assert found["createdAt"] < moments[0] < moments[1] < moments[2]


def test_deployment_id_may_begin_with_digit(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_quota(None)
    ids = [deploy(f"d{number}").rpartition("/")[2] for number in range(60)]
    assert any(each[0].isdigit() for each in ids)
    assert any(each[0].isalpha() for each in ids)


def test_listed_custom_model_has_empty_base_model_name(bodies: Callable[..., dict[str, Any]], model_arn: str) -> None:
    (summary,) = bodies("list_custom_models")["modelSummaries"]
    found = {name: bodies("get_custom_model", modelIdentifier=summary[name]) for name in ("modelName", "modelArn")}
    assert summary["baseModelName"] == ""
    assert found["modelName"] == found["modelArn"]
    assert found["modelArn"]["modelArn"] == model_arn
