"""A custom model that a killed run left, beside the deployments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import marks
import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.orphans.__main__ import main

from .conftest import IDENTITY

Export = Callable[..., str]
Capture = pytest.CaptureFixture[str]
OWNER = {"project": "shop", "stack": "dev", "logicalName": "support-bot", "identity": IDENTITY}
NAME = "support-bot-1a2b3c4"


@pytest.fixture
def left(account: LocalBedrock) -> str:
    """A custom model with the mark of the stack, `Active` meanwhile, that no state has."""
    answer = account.client("bedrock").create_custom_model(
        modelName=NAME,
        roleArn="arn:aws:iam::123456789012:role/bedrock",
        modelSourceConfig={"s3DataSource": {"s3Uri": "s3://escrow/job-1/"}},
        modelTags=marks.mark_tags(marks.owner_of(OWNER), NAME),
    )
    return str(answer["modelArn"])


def test_unfinished_model_is_listed_with_the_command_that_deletes_it(
    left: str, export: Export, capsys: Capture
) -> None:
    assert main([export(), "--json"]) == 1

    [shown] = json.loads(capsys.readouterr().out)
    assert {key: shown[key] for key in ("modelArn", "modelName", "modelStatus", "region", "proven")} == {
        "modelArn": left,
        "modelName": NAME,
        "modelStatus": "Active",
        "region": "us-east-1",
        "proven": True,
    }
    assert shown["deleteCommand"] == f"aws bedrock delete-custom-model --region us-east-1 --model-identifier {left}"


def test_deployment_is_deleted_before_the_model_that_it_uses(
    left: str, export: Export, account: LocalBedrock, capsys: Capture
) -> None:
    account.set_activation()
    client = account.client("bedrock")
    client.create_custom_model_deployment(
        modelDeploymentName=NAME, modelArn=left, tags=marks.mark_tags(marks.owner_of(OWNER), NAME)
    )

    assert main([export(), "--delete", "--yes"]) == 0

    assert (account.deployments(), account.custom_models()) == ([], [])


def test_model_in_the_state_is_not_listed(left: str, export: Export, capsys: Capture) -> None:
    file = Path(export())
    document = json.loads(file.read_text())
    urn = "urn:pulumi:dev::shop::pulumi-python:dynamic/bedrock:CustomModel::support-bot"
    document["deployment"]["resources"].append(
        {"urn": urn, "type": "pulumi-python:dynamic/bedrock:CustomModel", "id": left}
    )
    file.write_text(json.dumps(document))

    assert main([str(file)]) == 0


def test_denied_list_of_models_is_no_proof_that_there_are_none(
    account: LocalBedrock, export: Export, capsys: Capture
) -> None:
    account.add_fault(operation="ListCustomModels", error="AccessDeniedException", message="Not you.")

    assert main([export()]) == 2

    assert (
        "error: AccessDenied: us-east-1: AWS said: Not you. Allow bedrock:ListCustomModels" in capsys.readouterr().err
    )
