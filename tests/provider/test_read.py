"""Read: the live state in full, with the inputs that would make it; only AWS's not-found means gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError, Stored
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def tagged(host: DynamicHost, inputs: dict[str, Any]) -> Stored:
    """A deployment with a given name, a description, tags of its own and a default tag."""
    return host.create(
        {
            **inputs,
            "modelDeploymentName": "fixed",
            "description": "Answers tickets",
            "tags": {"team": "support"},
            "tagsAll": {"team": "support", "env": "dev"},
            "clientRequestToken": "token-1",
            "timeouts": {"create": "45m"},
        }
    )


def recreated(local_bedrock: LocalBedrock, arn: str, *, tags: dict[str, str]) -> None:
    """Tags changed outside: these, and no others."""
    bedrock = local_bedrock.client("bedrock")
    gone = [tag["key"] for tag in bedrock.list_tags_for_resource(resourceARN=arn)["tags"]]
    bedrock.untag_resource(resourceARN=arn, tagKeys=gone)
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": key, "value": value} for key, value in tags.items()])


def test_refresh_without_drift_returns_outputs_of_create(host: DynamicHost, tagged: Stored) -> None:
    read = host.read(tagged.id, tagged.outputs)

    assert read.id == tagged.id
    assert read.outputs == tagged.outputs


def test_refresh_returns_inputs_of_live_deployment(host: DynamicHost, tagged: Stored) -> None:
    read = host.read(tagged.id, tagged.outputs)

    only_aws_knows = {"__autoNamed", "customModelDeploymentArn", "status", "createdAt"}
    assert read.inputs == {key: value for key, value in tagged.outputs.items() if key not in only_aws_knows}


def test_refresh_keeps_automatic_name_out_of_inputs(host: DynamicHost, deployed: Stored) -> None:
    read = host.read(deployed.id, deployed.outputs)

    assert read.inputs is not None
    assert "modelDeploymentName" not in read.inputs
    assert read.outputs["modelDeploymentName"] == deployed.outputs["modelDeploymentName"]
    assert read.outputs["__autoNamed"] is True


def test_refresh_without_drift_shows_no_diff(host: DynamicHost, inputs: dict[str, Any], deployed: Stored) -> None:
    read = host.read(deployed.id, deployed.outputs)

    assert not host.diff(read.outputs, inputs, resource_id=read.id).changes


def test_refresh_finds_drift_of_model(host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock) -> None:
    other = local_bedrock.create_custom_model("other")
    local_bedrock.client("bedrock").update_custom_model_deployment(
        customModelDeploymentIdentifier=tagged.id, modelArn=other
    )

    read = host.read(tagged.id, tagged.outputs)

    assert read.outputs["modelArn"] == other
    assert read.inputs is not None
    assert read.inputs["modelArn"] == other


@pytest.mark.parametrize(
    ("live", "tags", "tags_all"),
    [
        ({"team": "sales", "env": "dev"}, {"team": "sales"}, {"team": "sales", "env": "dev"}),
        ({"env": "dev"}, None, {"env": "dev"}),
        (
            {"team": "support", "env": "prod"},
            {"team": "support", "env": "prod"},
            {"team": "support", "env": "prod"},
        ),
        ({"team": "support"}, {"team": "support"}, {"team": "support"}),
        (
            {"team": "support", "env": "dev", "new": "1"},
            {"team": "support", "new": "1"},
            {"team": "support", "env": "dev", "new": "1"},
        ),
    ],
    ids=["own changed", "own gone", "default changed", "default gone", "one more"],
)
def test_refresh_finds_drift_of_tags_and_keeps_default_tags_apart(
    host: DynamicHost,
    tagged: Stored,
    local_bedrock: LocalBedrock,
    live: dict[str, str],
    tags: dict[str, str] | None,
    tags_all: dict[str, str],
) -> None:
    recreated(local_bedrock, tagged.id, tags=live)

    read = host.read(tagged.id, tagged.outputs)

    assert read.inputs is not None
    assert read.inputs.get("tags") == read.outputs.get("tags") == tags
    assert read.inputs["tagsAll"] == read.outputs["tagsAll"] == tags_all


def test_refresh_returns_unusual_status(host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(tagged.id, "Failed", failure_message="No capacity")

    assert host.read(tagged.id, tagged.outputs).outputs["status"] == "Failed"


def test_refresh_leaves_out_ignored_tags(
    start_host: Callable[..., DynamicHost], tagged: Stored, local_bedrock: LocalBedrock
) -> None:
    live = {"team": "support", "env": "dev", "cost-center": "7", "x:y": "1"}
    recreated(local_bedrock, tagged.id, tags=live)
    host = start_host({"aws:ignoreTags": '{"keys": ["cost-center"], "keyPrefixes": ["x:"]}'})

    assert host.read(tagged.id, tagged.outputs).outputs["tagsAll"] == {"team": "support", "env": "dev"}


def test_refresh_keeps_ignored_tag_that_program_sets(start_host: Callable[..., DynamicHost], tagged: Stored) -> None:
    host = start_host({"aws:ignoreTags": '{"keys": ["team"]}'})

    assert host.read(tagged.id, tagged.outputs).outputs["tags"] == {"team": "support"}


def test_get_returns_all_outputs_from_arn(host: DynamicHost, tagged: Stored) -> None:
    read = host.read(tagged.id)

    assert read.id == tagged.id
    assert read.outputs == {
        "modelArn": tagged.outputs["modelArn"],
        "modelDeploymentName": "fixed",
        "description": "Answers tickets",
        "tags": {"team": "support", "env": "dev"},
        "tagsAll": {"team": "support", "env": "dev"},
        "region": "us-east-1",
        "__autoNamed": False,
        "customModelDeploymentArn": tagged.id,
        "status": "Active",
        "createdAt": tagged.outputs["createdAt"],
    }


def test_get_by_name_returns_arn_as_id(host: DynamicHost, tagged: Stored) -> None:
    assert host.read("fixed").id == tagged.id


def test_read_uses_region_of_arn(start_host: Callable[..., DynamicHost], tagged: Stored) -> None:
    host = start_host({"aws:region": "eu-west-1"})

    assert host.read(tagged.id, tagged.outputs).outputs["region"] == "us-east-1"


def test_refresh_of_deleted_deployment_returns_empty_result(
    host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=tagged.id)

    read = host.read(tagged.id, tagged.outputs)

    assert (read.id, read.outputs) == ("", {})


def test_get_of_missing_deployment_fails(host: DynamicHost, model_arn: str) -> None:
    nobody = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/zzzzzzzzzzzz"

    with pytest.raises(HostError, match=r"ResourceNotFound: .*zzzzzzzzzzzz") as failure:
        host.read(nobody)

    assert len(str(failure.value).splitlines()) == 1


def test_refresh_of_deployment_deleted_before_tags_are_read_returns_empty_result(
    host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="ListTagsForResource", error="ResourceNotFoundException")

    assert host.read(tagged.id, tagged.outputs).id == ""


@pytest.mark.parametrize("operation", ["GetCustomModelDeployment", "ListTagsForResource"])
@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("AccessDeniedException", "AccessDenied"),
        ("ExpiredTokenException", "CredentialsExpired"),
        ("InternalServerException", "InternalServerError"),
        ("ThrottlingException", "Throttled"),
        ("ValidationException", "ValidationFailed"),
    ],
)
def test_other_errors_of_read_are_raised(
    host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock, operation: str, error: str, name: str
) -> None:
    local_bedrock.add_fault(operation=operation, error=error)

    with pytest.raises(HostError) as failure:
        host.read(tagged.id, tagged.outputs)

    assert str(failure.value).startswith(f"{name}: ")
    assert len(str(failure.value).splitlines()) == 1
    assert tagged.id in str(failure.value)


def test_read_calls_only_read_operations(host: DynamicHost, tagged: Stored, local_bedrock: LocalBedrock) -> None:
    local_bedrock.clear_requests()

    host.read(tagged.id, tagged.outputs)

    assert local_bedrock.counts() == {"GetCustomModelDeployment": 1, "ListTagsForResource": 1}


def test_refresh_keeps_names_of_outputs_that_earlier_version_stored(host: DynamicHost, tagged: Stored) -> None:
    older = {key.removeprefix("__"): value for key, value in tagged.outputs.items()}
    assert {"autoNamed", "owner"} <= set(older)

    read = host.read(tagged.id, older)

    assert read.outputs == older, "other names would be drift in the pull-request comment"
    assert read.inputs is not None
    assert "__owner" in read.inputs, "as the program sends it"


def test_state_of_earlier_version_shows_no_diff(host: DynamicHost, inputs: dict[str, Any], deployed: Stored) -> None:
    older = {key.removeprefix("__"): value for key, value in deployed.outputs.items()}

    assert not host.diff(older, host.check(inputs).inputs).changes


def test_update_stores_names_of_this_version(host: DynamicHost, inputs: dict[str, Any], deployed: Stored) -> None:
    older = {key.removeprefix("__"): value for key, value in deployed.outputs.items()}
    timeouts = {"create": "45m"}

    updated = host.update(deployed.id, older, host.check({**inputs, "timeouts": timeouts}).inputs)

    assert updated.outputs == {**deployed.outputs, "timeouts": timeouts}
