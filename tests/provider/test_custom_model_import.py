"""`import_` of a custom model: what AWS shows is compared, and what it doesn't show is taken from the program."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from custom_models import KEY, PACKAGE, ROLE, artifacts
from dynamic_host import DynamicHost, HostError
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

READS = {"GetCustomModel", "ListCustomModels", "ListTagsForResource"}


@pytest.fixture
def live(local_bedrock: LocalBedrock, model_inputs: dict[str, Any]) -> str:
    """A custom model that somebody made without Pulumi; its ARN."""
    answer = local_bedrock.client("bedrock").create_custom_model(
        modelName="by-hand",
        modelSourceConfig=artifacts(1),
        roleArn=model_inputs["roleArn"],
        modelKmsKeyArn=KEY,
        modelTags=[{"key": "team", "value": "support"}],
    )
    local_bedrock.clear_requests()
    return str(answer["modelArn"])


@pytest.fixture
def declared(model_inputs: dict[str, Any], live: str) -> dict[str, Any]:
    """A program that says what is live, with `import_`."""
    tags = {"team": "support"}
    return {**model_inputs, "modelKmsKeyArn": KEY, "tags": tags, "tagsAll": tags, "importId": live}


@pytest.mark.parametrize("by", ["ARN", "name"])
@pytest.mark.parametrize(
    "hidden",
    [
        {},
        {"roleArn": "arn:aws:iam::123456789012:role/other", "modelSourceConfig": artifacts(2)},
        {
            "modelSourceConfig": None,
            "customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}},
        },
    ],
    ids=["same", "other artifacts", "model package"],
)
def test_import_adopts_model_whatever_its_artifacts_and_role(
    model_host: DynamicHost,
    declared: dict[str, Any],
    live: str,
    local_bedrock: LocalBedrock,
    by: str,
    hidden: dict[str, Any],
) -> None:
    program = {key: value for key, value in {**declared, **hidden}.items() if value is not None}

    adopted = model_host.create({**program, "importId": live if by == "ARN" else "by-hand"})

    assert adopted.id == live
    assert (adopted.outputs["modelName"], adopted.outputs["modelStatus"]) == ("by-hand", "Active")
    assert set(local_bedrock.counts()) <= READS
    without_marker = {key: value for key, value in program.items() if key != "importId"}
    assert not model_host.diff(adopted.outputs, without_marker, resource_id=live).changes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"modelKmsKeyArn": None}, f"modelKmsKeyArn is {KEY} in AWS and not set in the program"),
        ({"modelKmsKeyArn": f"{KEY}0"}, f"modelKmsKeyArn is {KEY} in AWS and {KEY}0 in the program"),
        ({"modelName": "another"}, "modelName is by-hand in AWS and another in the program"),
        ({"tagsAll": {"team": "s3cret"}}, 'tags["team"] has another value in AWS'),
    ],
    ids=["no key", "key", "name", "tag"],
)
def test_each_difference_that_aws_shows_is_an_error(
    model_host: DynamicHost,
    declared: dict[str, Any],
    live: str,
    local_bedrock: LocalBedrock,
    change: dict[str, Any],
    said: str,
) -> None:
    program = {key: value for key, value in {**declared, **change}.items() if value is not None}

    with pytest.raises(HostError) as failure:
        model_host.create(program)

    assert str(failure.value).strip() == (
        f"ImportMismatch: import_: {live} differs from the program: {said}. Nothing was changed. Change the program to "
        "match, or import another custom model."
    )
    assert set(local_bedrock.counts()) <= READS


@pytest.mark.parametrize(
    ("change", "matches"),
    [({}, True), ({"modelSourceConfig": artifacts(2)}, False), ({"roleArn": f"{ROLE}-2"}, False)],
    ids=["same", "other artifacts", "other role"],
)
def test_mark_of_an_interrupted_create_tells_whether_the_model_is_what_the_program_declares(
    start_host: Callable[..., DynamicHost],
    model_inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    change: dict[str, Any],
    matches: bool,
) -> None:
    local_bedrock.set_model_creation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host(make=serialized.custom_model).create({**model_inputs, "timeouts": {"create": "5m"}})
    [left] = local_bedrock.custom_models()
    local_bedrock.set_status(left["modelArn"], "Active")
    importing = start_host(make=serialized.custom_model)
    program = {**model_inputs, **change, "importId": left["modelArn"]}

    if matches:
        assert importing.create(program).id == left["modelArn"]
    else:
        with pytest.raises(HostError, match="an interrupted create of this resource made it of other artifacts, or"):
            importing.create(program)

    [live] = local_bedrock.custom_models()
    assert live["tags"] == ({} if matches else left["tags"])


@pytest.mark.parametrize("status", ["Creating", "Failed"])
def test_import_of_model_that_never_gets_active_fails_and_keeps_it(
    model_host: DynamicHost, declared: dict[str, Any], live: str, local_bedrock: LocalBedrock, status: str
) -> None:
    local_bedrock.set_status(live, status, failure_message="There are no artifacts.")

    with pytest.raises(HostError) as failure:
        model_host.create({**declared, "timeouts": {"create": "5m"}})

    said = {
        "Creating": 'WaitTimeout: custom model "by-hand": still Creating after 5 min',
        "Failed": 'ModelFailed: custom model "by-hand": its status is Failed. AWS said: There are no artifacts.',
    }
    assert str(failure.value).startswith(said[status])
    assert [model["modelArn"] for model in local_bedrock.custom_models()] == [live]


def test_import_of_missing_model_says_so(model_host: DynamicHost, declared: dict[str, Any]) -> None:
    said = "ResourceNotFound: import_: there is no custom model missing in us-east-1."

    with pytest.raises(HostError, match=re.escape(said)):
        model_host.create({**declared, "importId": "missing"})
