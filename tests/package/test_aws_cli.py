"""The AWS CLI, installed from a registry, runs each served operation that it has a command for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from package.environments import Environment, make_environment
from pulumi_bedrock.local import LocalBedrock

ROLE = "arn:aws:iam::123456789012:role/bedrock"
MESSAGES = json.dumps([{"role": "user", "content": [{"text": "Say hello."}]}])
SAID = "support-bot, which serves support-bot-v1, was told: Say hello."


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A virtual environment of its own: the CLI needs exactly one version of botocore."""
    return make_environment(tmp_path_factory.mktemp("aws-cli") / "venv", Path(sys.executable), "awscli>=1.45")


@pytest.fixture
def aws(environment: Environment, local_bedrock_in_environment: None) -> Callable[..., Any]:
    """Runs a command of `aws bedrock`, which must succeed, and returns its answer."""

    def run(*arguments: str, service: str = "bedrock") -> Any:
        written = environment.succeed("aws", service, *arguments, "--output", "json")
        return json.loads(written) if written.strip() else None

    return run


def test_commands_for_deployments(aws: Callable[..., Any], local_bedrock: LocalBedrock) -> None:
    first, second = (local_bedrock.create_custom_model(name) for name in ("support-bot-v1", "support-bot-v2"))
    arn = aws(
        "create-custom-model-deployment",
        *("--model-deployment-name", "support-bot", "--model-arn", first, "--description", "Answers tickets"),
        *("--tags", "key=team,value=support"),
    )["customModelDeploymentArn"]
    identifier = ("--custom-model-deployment-identifier", arn)
    shown = aws("get-custom-model-deployment", *identifier)
    assert (shown["status"], shown["modelArn"], shown["description"]) == ("Active", first, "Answers tickets")
    listed = aws("list-custom-model-deployments", "--name-contains", "support")["modelDeploymentSummaries"]
    assert [summary["customModelDeploymentArn"] for summary in listed] == [arn]

    assert aws("update-custom-model-deployment", *identifier, "--model-arn", second) == {
        "customModelDeploymentArn": arn
    }
    shown = aws("get-custom-model-deployment", *identifier)
    assert (shown["modelArn"], shown["updateDetails"]["updateStatus"]) == (second, "UpdateCompleted")

    aws("tag-resource", "--resource-arn", arn, "--tags", "key=cost,value=42")
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert aws("list-tags-for-resource", "--resource-arn", arn) == {"tags": [{"key": "cost", "value": "42"}]}

    aws("delete-custom-model-deployment", *identifier)
    assert local_bedrock.deployments() == []
    assert local_bedrock.counts() == {
        "CreateCustomModelDeployment": 1,
        "GetCustomModelDeployment": 2,
        "ListCustomModelDeployments": 1,
        "UpdateCustomModelDeployment": 1,
        "TagResource": 1,
        "UntagResource": 1,
        "ListTagsForResource": 1,
        "DeleteCustomModelDeployment": 1,
    }


def test_commands_for_custom_models(aws: Callable[..., Any], local_bedrock: LocalBedrock) -> None:
    source = json.dumps({"s3DataSource": {"s3Uri": "s3://bucket/model/"}})
    arn = aws(
        *("create-custom-model", "--model-name", "bot", "--model-source-config", source, "--role-arn", ROLE),
        *("--model-tags", "key=team,value=support"),
    )["modelArn"]
    assert aws("get-custom-model", "--model-identifier", "bot")["modelStatus"] == "Active"
    listed = aws("list-custom-models", "--name-contains", "bot", "--model-status", "Active")["modelSummaries"]
    assert [model["modelArn"] for model in listed] == [arn]
    aws("tag-resource", "--resource-arn", arn, "--tags", "key=cost,value=42")
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert aws("list-tags-for-resource", "--resource-arn", arn) == {"tags": [{"key": "cost", "value": "42"}]}
    aws("delete-custom-model", "--model-identifier", arn)
    assert local_bedrock.custom_models() == []
    assert local_bedrock.counts() == {
        "CreateCustomModel": 1,
        "GetCustomModel": 1,
        "ListCustomModels": 1,
        "TagResource": 1,
        "UntagResource": 1,
        "ListTagsForResource": 1,
        "DeleteCustomModel": 1,
    }


def test_commands_for_customization_jobs(aws: Callable[..., Any], local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_training(manual=True)
    arn = aws(
        "create-model-customization-job",
        *("--job-name", "tuning", "--custom-model-name", "tuned", "--role-arn", ROLE),
        *("--base-model-identifier", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"),
        *("--training-data-config", "s3Uri=s3://bucket/train.jsonl"),
        *("--output-data-config", "s3Uri=s3://bucket/out/", "--hyper-parameters", "epochCount=1"),
    )["jobArn"]
    assert aws("get-model-customization-job", "--job-identifier", arn)["status"] == "InProgress"
    [listed] = aws("list-model-customization-jobs")["modelCustomizationJobSummaries"]
    assert listed["jobArn"] == arn
    aws("stop-model-customization-job", "--job-identifier", arn)
    assert aws("get-model-customization-job", "--job-identifier", "tuning")["status"] == "Stopped"
    assert local_bedrock.counts() == {
        "CreateModelCustomizationJob": 1,
        "GetModelCustomizationJob": 2,
        "ListModelCustomizationJobs": 1,
        "StopModelCustomizationJob": 1,
    }


def test_commands_for_inference(aws: Callable[..., Any], local_bedrock: LocalBedrock, tmp_path: Path) -> None:
    arn = deploy(aws, local_bedrock)
    local_bedrock.clear_requests()
    answer = aws("converse", "--model-id", arn, "--messages", MESSAGES, service="bedrock-runtime")
    assert answer["output"]["message"]["content"] == [{"text": SAID}]
    (tmp_path / "request.json").write_text(f'{{"messages": {MESSAGES}}}')
    answer = aws(
        *("invoke-model", "--model-id", arn, "--body", f"fileb://{tmp_path}/request.json"),
        str(tmp_path / "answer.json"),
        service="bedrock-runtime",
    )
    assert answer["contentType"] == "application/json"
    said = json.loads((tmp_path / "answer.json").read_text())
    assert said["output"]["message"]["content"] == [{"text": SAID}]
    # The CLI has no commands for streams.
    assert local_bedrock.counts() == {"Converse": 1, "InvokeModel": 1}


def test_converse_fails_until_deployment_is_active(
    aws: Callable[..., Any], environment: Environment, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(manual=True)
    arn = deploy(aws, local_bedrock)
    converse = ("aws", "bedrock-runtime", "converse", "--model-id", arn, "--messages", MESSAGES)
    done = environment.run(*converse, AWS_MAX_ATTEMPTS="1")
    assert done.returncode != 0
    assert done.stderr.strip().endswith(
        "An error occurred (ModelNotReadyException) when calling the Converse operation"
        " (reached max retries: 0): The model is not ready for inference. Wait and try your request again."
    )
    query = ("get-custom-model-deployment", "--custom-model-deployment-identifier", arn, "--query", "status")
    assert aws(*query) == "Creating"
    local_bedrock.set_status(arn, "Active")
    assert aws(*query) == "Active"


def test_command_of_unserved_operation_is_an_error_of_aws(
    environment: Environment, local_bedrock_in_environment: None
) -> None:
    done = environment.run("aws", "bedrock", "list-guardrails")
    assert done.returncode != 0
    assert done.stderr.strip().endswith(
        "An error occurred (UnknownOperationException) when calling the ListGuardrails operation:"
        " The local Bedrock does not serve ListGuardrails."
    )


def deploy(aws: Callable[..., Any], local_bedrock: LocalBedrock) -> str:
    """Create the deployment `support-bot` of `support-bot-v1`, and return its ARN."""
    model_arn = local_bedrock.create_custom_model("support-bot-v1")
    answer = aws("create-custom-model-deployment", "--model-deployment-name", "support-bot", "--model-arn", model_arn)
    return str(answer["customModelDeploymentArn"])
