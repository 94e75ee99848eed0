"""The stack's own program with all of it published, which the local stack, with no AWS plugin, leaves out."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
import pytest
from arns import MODEL, OTHER_ARN

PROGRAM = Path(__file__).parents[2] / "__main__.py"
DEPLOYMENT = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
INVOCATION = "pulumi-python:dynamic/bedrock:ModelInvocation"
PARAMETER = "aws:ssm/parameter:Parameter"
POLICY = "aws:iam/policy:Policy"


Declared = dict[str, Mapping[str, Any]]
Run = Callable[..., Declared]


class Recorder(pulumi.runtime.Mocks):
    """Creates what it is asked to, and keeps the inputs by type."""

    def __init__(self) -> None:
        self.inputs: Declared = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.inputs[args.typ] = args.inputs
        outputs = {DEPLOYMENT: {"customModelDeploymentArn": OTHER_ARN}, INVOCATION: {"outputText": "Hello."}}
        return f"{args.name}-id", {**args.inputs, **outputs.get(args.typ, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"the program calls {args.token}")


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs the program with a configuration, and returns what it has declared, by type."""

    def run(**config: str) -> Declared:
        recorder = Recorder()
        pulumi.runtime.set_mocks(recorder, project="bedrock-deployment", stack="prod", preview=False)
        settings = {f"bedrock-deployment:{name}": value for name, value in config.items()}
        pulumi.runtime.set_all_config(settings)

        @pulumi.runtime.test
        def program() -> None:
            runpy.run_path(str(PROGRAM))

        program()
        return recorder.inputs

    yield run
    pulumi.runtime.set_all_config({})
    pulumi.runtime.settings.reset_options()


def test_program_publishes_arn_and_policy(run: Run) -> None:
    declared = run(modelArn=MODEL, publish="true", modelDeploymentName="", description="", tags="{}")

    assert declared[PARAMETER]["name"] == "/bedrock-deployment/prod/custom-model-deployment-arn"
    assert declared[PARAMETER]["type"] == "String"
    # pulumi_aws makes every parameter's value a secret.
    assert declared[PARAMETER]["value"]["value"] == OTHER_ARN
    assert json.loads(declared[POLICY]["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": OTHER_ARN}],
    }


def test_program_publishes_nothing_when_publish_is_false(run: Run) -> None:
    declared = run(modelArn=MODEL, publish="false")

    assert PARAMETER not in declared
    assert POLICY not in declared
    assert declared[INVOCATION]["modelId"] == OTHER_ARN


def test_program_passes_configuration_to_deployment(run: Run) -> None:
    declared = run(
        modelArn=MODEL,
        publish="false",
        modelDeploymentName="bot",
        description="Answers",
        tags='{"team": "support"}',
    )

    deployment = declared[DEPLOYMENT]
    assert deployment["modelArn"] == MODEL
    assert deployment["modelDeploymentName"] == "bot"
    assert deployment["description"] == "Answers"
    assert deployment["tags"] == {"team": "support"}


def test_program_leaves_out_empty_configuration(run: Run) -> None:
    deployment = run(modelArn=MODEL, publish="false", modelDeploymentName="", description="", tags="{}")[DEPLOYMENT]

    assert "modelDeploymentName" not in deployment
    assert "description" not in deployment
    assert not deployment.get("tags")
