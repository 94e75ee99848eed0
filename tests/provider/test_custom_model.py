"""A custom model: what a create sends and returns, what replaces it, and what a refresh reads.

What it has in common with a deployment is the same code; here is what differs, and what is promised of models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from custom_models import KEY, PACKAGE, artifacts
from dynamic_host import UNKNOWN, DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

TAGS = {"tags": {"team": "support"}, "tagsAll": {"team": "support", "env": "dev"}}
CREATE, GET, LIST = "CreateCustomModel", "GetCustomModel", "ListCustomModels"


@pytest.fixture
def later(start_host: Callable[..., DynamicHost], made: Stored, local_bedrock: LocalBedrock) -> DynamicHost:
    """The host process of a later run than the one that created."""
    local_bedrock.clear_requests()
    return start_host(make=serialized.custom_model)


# Create


@pytest.mark.parametrize(
    "source",
    [
        {"modelSourceConfig": artifacts(1)},
        {"customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}}},
    ],
    ids=["S3", "model package"],
)
def test_create_sends_declared_inputs_and_returns_them_with_aws_values(
    model_host: DynamicHost, model_inputs: dict[str, Any], local_bedrock: LocalBedrock, source: dict[str, Any]
) -> None:
    del model_inputs["modelSourceConfig"]
    given = {**model_inputs, **source, **TAGS, "modelKmsKeyArn": KEY, "clientRequestToken": "token-1"}

    created = model_host.create(given)

    [live] = local_bedrock.custom_models()
    assert (live["modelArn"], live["modelStatus"], live["modelKmsKeyArn"]) == (created.id, "Active", KEY)
    assert live["tags"] == TAGS["tagsAll"]
    assert created.outputs == {
        **given,
        "modelName": live["modelName"],
        "__autoNamed": True,
        "modelArn": created.id,
        "baseModelArn": live["baseModelArn"],
        "modelStatus": "Active",
        "createdAt": created.outputs["createdAt"],
    }
    assert created.outputs["createdAt"].endswith("+00:00")
    assert created.outputs["modelName"].startswith("support-bot-")


def test_create_waits_until_active_and_polls_with_the_list(
    model_host: DynamicHost,
    model_inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_model_creation(manual=True)
    clock.after(600, lambda: [local_bedrock.set_status(arn, "Active") for arn in arns(local_bedrock)])

    created = model_host.create({**model_inputs, "modelName": "fixed"})

    assert created.outputs["modelStatus"] == "Active"
    assert local_bedrock.counts()[CREATE] == 1
    assert local_bedrock.counts()[GET] == 1, "at the end, for what the list leaves out"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Creating, waiting for Active (0 s of 2 h 0 min): fixed"
    assert lines[-1].startswith("Active after 10 min")


# Diff


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"modelSourceConfig": artifacts(2)}, ["modelSourceConfig"]),
        ({"modelSourceConfig": UNKNOWN}, ["modelSourceConfig"]),
        (
            {"modelSourceConfig": None, "customModelDataSource": {"modelPackageArnDataSource": {}}},
            ["modelSourceConfig", "customModelDataSource"],
        ),
        ({"roleArn": "arn:aws:iam::123456789012:role/other"}, ["roleArn"]),
        ({"modelKmsKeyArn": KEY}, ["modelKmsKeyArn"]),
        ({"modelName": "fixed"}, ["modelName"]),
        (TAGS, ["tags", "tagsAll"]),
        ({"clientRequestToken": "token-1"}, ["clientRequestToken"]),
        ({"region": "eu-west-1"}, ["region"]),
    ],
)
def test_every_changed_input_replaces_new_before_old(
    later: DynamicHost, made: Stored, model_inputs: dict[str, Any], change: dict[str, Any], replaces: list[str]
) -> None:
    news = {key: value for key, value in {**model_inputs, **change}.items() if value is not None}

    answer = later.diff(made.outputs, news, resource_id=made.id)

    assert (answer.changes, answer.replaces, answer.delete_before_replace) == (True, replaces, False)


def test_given_name_is_deleted_first_with_a_warning_of_its_deployments(
    model_host: DynamicHost, model_inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    named = {**model_inputs, "modelName": "fixed"}
    made = model_host.create(named)
    capsys.readouterr()

    answer = model_host.diff(made.outputs, {**named, "modelSourceConfig": artifacts(2)}, resource_id=made.id)

    assert (answer.replaces, answer.delete_before_replace) == (["modelSourceConfig"], True)
    assert capsys.readouterr().out == (
        'custom model "fixed": this replacement deletes it, and the deployments that use it, before it creates the new '
        "one. Nothing serves from then until the new ones are Active. AWS refuses to delete it while another "
        "deployment uses it, such as one with update_in_place. Reason: modelSourceConfig changes, and model_name is "
        "given and stays, but "
        "names are unique. To avoid the outage, leave model_name out (automatic name), or use two custom models "
        "(blue-green).\n"
    )


def test_retained_name_is_refused(model_host: DynamicHost, model_inputs: dict[str, Any]) -> None:
    named = {**model_inputs, "modelName": "fixed", "__retainOnDelete": True}
    made = model_host.create(named)

    with pytest.raises(HostError) as failure:
        model_host.diff(made.outputs, {**named, "modelSourceConfig": artifacts(2)}, resource_id=made.id)

    said = str(failure.value)
    assert said.startswith('NameTaken: custom model "fixed": modelSourceConfig changed, which needs a new custom model')
    assert "Change model_name or leave it out" in said


def test_tags_are_updated_in_place_and_nothing_else(
    model_host: DynamicHost, model_inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    olds = {**model_inputs, **TAGS, "updateInPlace": True}
    made = model_host.create(olds)
    news = {**olds, "tags": {"app": "bot"}, "tagsAll": {"app": "bot", "env": "dev"}}
    local_bedrock.clear_requests()

    in_place = model_host.diff(made.outputs, news, resource_id=made.id)
    replaced = model_host.diff(made.outputs, {**news, "modelSourceConfig": artifacts(2)}, resource_id=made.id)

    assert (in_place.changes, in_place.replaces) == (True, [])
    assert replaced.replaces == ["modelSourceConfig", "tags", "tagsAll"]
    assert local_bedrock.counts() == {}, "nothing but a deployment has a model that may have been swapped"
    updated = model_host.update(made.id, made.outputs, news)
    assert updated.outputs == {**made.outputs, **news}
    assert local_bedrock.counts() == {"TagResource": 1, "UntagResource": 1}
    [live] = local_bedrock.custom_models()
    assert live["tags"] == news["tagsAll"]


# Read


def test_refresh_keeps_what_aws_does_not_show_and_finds_drift_of_tags(
    later: DynamicHost, made: Stored, model_inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").tag_resource(resourceARN=made.id, tags=[{"key": "team", "value": "sales"}])

    read = later.read(made.id, made.outputs, model_inputs)

    drift = {"tags": {"team": "sales"}, "tagsAll": {"team": "sales"}}
    assert read.outputs == {**made.outputs, **drift}
    assert read.inputs == {**model_inputs, **drift}
    assert later.diff(read.outputs, model_inputs, resource_id=made.id).replaces == ["tags", "tagsAll"]


def test_refresh_shows_why_a_model_failed_and_up_replaces_it(
    later: DynamicHost, made: Stored, model_inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(made.id, "Failed", failure_message="The artifacts are damaged.")

    read = later.read(made.id, made.outputs, model_inputs)

    assert (read.outputs["modelStatus"], read.outputs["failureMessage"]) == ("Failed", "The artifacts are damaged.")
    assert later.diff(read.outputs, model_inputs, resource_id=made.id).replaces == ["modelStatus"]


def test_refresh_of_deleted_model_is_empty(
    later: DynamicHost, made: Stored, model_inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").delete_custom_model(modelIdentifier=made.id)

    assert later.read(made.id, made.outputs, model_inputs).id == ""


def test_get_reads_a_model_by_name(later: DynamicHost, made: Stored) -> None:
    read = later.read(made.outputs["modelName"], {})

    hidden = ("roleArn", "modelSourceConfig", "__owner")
    assert read.id == made.id
    assert read.outputs == {
        **{key: value for key, value in made.outputs.items() if key not in hidden},
        "__autoNamed": False,
    }


def test_get_of_missing_model_says_so(later: DynamicHost) -> None:
    with pytest.raises(HostError, match="ResourceNotFound: there is no custom model missing in us-east-1"):
        later.read("missing", {})


def arns(local_bedrock: LocalBedrock) -> list[str]:
    return [model["modelArn"] for model in local_bedrock.custom_models()]
