"""The rest of moto on the same endpoint, its own Bedrock operations, and its control path."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from arns import ARN
from botocore.exceptions import ClientError
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def other(local: LocalBedrock) -> Iterator[Callable[[str], Any]]:
    """Makes a client of another service."""
    made = []

    def make(service: str) -> Any:
        made.append(local.client(service))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_s3_iam_ssm_and_sts_are_served(local: LocalBedrock, other: Callable[[str], Any]) -> None:
    assert other("sts").get_caller_identity()["Account"] == "123456789012"
    s3 = other("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="model/ä b.tar", Body=b"x" * 1_000_000, Metadata={"team": "support"})
    found = s3.get_object(Bucket="artifacts", Key="model/ä b.tar")
    assert (len(found["Body"].read()), found["Metadata"]) == (1_000_000, {"team": "support"})
    assert s3.head_object(Bucket="artifacts", Key="model/ä b.tar")["ContentLength"] == 1_000_000
    ssm = other("ssm")
    ssm.put_parameter(Name="/bot/arn", Value="arn", Type="String")
    assert ssm.get_parameter(Name="/bot/arn")["Parameter"]["Value"] == "arn"
    other("iam").create_role(RoleName="bedrock", AssumeRolePolicyDocument="{}")
    assert local.requests() == [], "the log is about Bedrock"
    local.reset()
    assert s3.list_buckets()["Buckets"] == []


def test_moto_customization_job_creates_valid_model(
    bedrock: Any, other: Callable[[str], Any], deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    job = {
        "jobName": "tuning",
        "customModelName": "tuned",
        "roleArn": "arn:aws:iam::123456789012:role/bedrock",
        "baseModelIdentifier": "amazon.titan-text-lite-v1:0:4k",
        "trainingDataConfig": {"s3Uri": "s3://bucket/train.jsonl"},
        "outputDataConfig": {"s3Uri": "s3://bucket/out/"},
        "hyperParameters": {"epochCount": "1"},
        "customModelTags": [{"key": "team", "value": "support"}],
        "clientRequestToken": "token-1",
    }
    # A client that doesn't check: moto's own answers to its own operations are left as they are.
    other("bedrock").create_model_customization_job(**job)
    (summary,) = bedrock.list_custom_models(nameContains="tuned")["modelSummaries"]
    assert summary["modelName"] == "tuned"
    assert ":custom-model/amazon.titan-text-lite-v1:0:4k/" in summary["modelArn"]
    tags = bedrock.list_tags_for_resource(resourceARN=summary["modelArn"])["tags"]
    assert tags == [{"key": "team", "value": "support"}]
    deploy(modelArn=summary["modelArn"])
    refused("ConflictException", bedrock.delete_custom_model, modelIdentifier="tuned")


def test_moto_logging_configuration_is_served(local: LocalBedrock, other: Callable[[str], Any]) -> None:
    bedrock = other("bedrock")
    config = {"s3Config": {"bucketName": "logs-bucket"}, "textDataDeliveryEnabled": True}
    bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == config
    assert local.counts()["GetModelInvocationLoggingConfiguration"] == 1


def test_bedrock_agents_are_served_by_moto(other: Callable[[str], Any]) -> None:
    assert other("bedrock-agent").list_agents()["agentSummaries"] == []


def test_moto_state_manager_sets_seconds(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    name = "bedrock::custom-model-deployment"
    _post(
        local,
        "/moto-api/state-manager/set-transition",
        {"model_name": name, "transition": {"progression": "manual", "times": 3}},
    )
    arn = deploy()
    seen = [bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)["status"] for _ in range(5)]
    assert seen == ["Creating", "Creating", "Active", "Active", "Active"]


def test_moto_reset_clears_bedrock(local: LocalBedrock, deploy: Callable[..., str]) -> None:
    deploy()
    local.add_fault(error="InternalServerException")
    _post(local, "/moto-api/reset", {})
    assert (local.deployments(), local.faults(), local.counts()) == ([], [], {})


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/nowhere", {}, 404, "not found"),
        ("/faults", {"kind": "surprise"}, 400, "kind must be one of"),
        ("/status", {"status": "Active"}, 400, "missing a required argument: 'arn'"),
        ("/quota", {"deployment": 1}, 400, "missing a required argument: 'deployments'"),
        ("/status", {"arn": "no-arn", "status": "Active"}, 400, "not enough values"),
        ("/speed", {"everything": {"seconds": 1}}, 400, "unknown or missing member 'everything'"),
        (
            "/status",
            {
                "arn": ARN,
                "status": "x",
            },
            400,
            "Could not find the custom model deployment",
        ),
    ],
)
def test_control_path_reports_errors(
    local: LocalBedrock, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        _post(local, f"/moto-api/bedrock{path}", body)
    with caught.value as error:
        assert error.code == status
        assert words in json.load(error)["error"]


def test_unsigned_request_is_not_served_as_bedrock(local: LocalBedrock) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{local.endpoint_url}/model-customization/custom-model-deployments", timeout=60)
    caught.value.close()
    assert local.counts() == {}


def test_arn_of_other_region_is_not_found(client: Callable[..., Any], deploy: Callable[..., str], bedrock: Any) -> None:
    arn = deploy()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client(region="eu-west-1").get_custom_model_deployment(customModelDeploymentIdentifier=arn)


def _post(local: LocalBedrock, path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        local.endpoint_url + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()
