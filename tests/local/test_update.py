"""UpdateCustomModelDeployment: the model is swapped in place, in its time; the old one serves meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def other_arn(local: LocalBedrock) -> str:
    """Another custom model that is Active."""
    return local.create_custom_model("support-bot-v2")


def test_update_changes_model(
    local: LocalBedrock,
    bedrock: Any,
    runtime: Any,
    deploy: Callable[..., str],
    model_arn: str,
    other_arn: str,
) -> None:
    arn = deploy()
    local.set_activation(manual=True)
    answer = bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["customModelDeploymentArn"]) == (202, arn)
    found = _get(bedrock, arn)
    assert (found["status"], found["modelArn"]) == ("Active", model_arn)
    assert found["updateDetails"] == {"modelArn": other_arn, "updateStatus": "Updating"}
    assert "support-bot-v1" in _said(runtime, arn)
    assert bedrock.list_custom_model_deployments(modelArnEquals=other_arn)["modelDeploymentSummaries"] == []

    local.set_activation(seconds=0)
    done = _get(bedrock, arn)
    assert (done["status"], done["modelArn"]) == ("Active", other_arn)
    assert done["updateDetails"] == {"modelArn": other_arn, "updateStatus": "UpdateCompleted"}
    assert done["createdAt"] < found["lastUpdatedAt"] < done["lastUpdatedAt"]
    assert _get(bedrock, arn)["lastUpdatedAt"] == done["lastUpdatedAt"]
    assert "support-bot-v2" in _said(runtime, arn)


def test_failed_update_keeps_model(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, other_arn: str
) -> None:
    arn = deploy()
    local.add_fault(operation="UpdateCustomModelDeployment", kind="activation")
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    found = _get(bedrock, arn)
    assert (found["status"], found["modelArn"]) == ("Active", model_arn)
    assert found["updateDetails"] == {"modelArn": other_arn, "updateStatus": "UpdateFailed"}
    bedrock.delete_custom_model(modelIdentifier=other_arn)


def test_failed_update_can_be_repeated(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str
) -> None:
    arn = deploy()
    local.add_fault(operation="UpdateCustomModelDeployment", kind="activation", count=1)
    for status in ("UpdateFailed", "UpdateCompleted"):
        bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
        assert _get(bedrock, arn)["updateDetails"] == {"modelArn": other_arn, "updateStatus": status}


def test_update_that_never_ends_can_be_ended_by_hand(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, other_arn: str
) -> None:
    local.add_fault(operation="UpdateCustomModelDeployment", kind="activation", outcome="never")
    for name, status, serves in (("a", "UpdateFailed", model_arn), ("b", "UpdateCompleted", other_arn)):
        arn = deploy(name)
        bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
        assert _get(bedrock, arn)["updateDetails"]["updateStatus"] == "Updating"
        local.set_update_status(arn, status)
        found = _get(bedrock, arn)
        assert (found["updateDetails"]["updateStatus"], found["modelArn"]) == (status, serves)


def test_status_that_no_update_can_have_is_refused(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str
) -> None:
    arn = deploy()
    with pytest.raises(ValueError, match=f"{arn} has no update"):
        local.set_update_status(arn, "UpdateFailed")
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    with pytest.raises(ValueError, match="updateStatus must be Updating, UpdateCompleted or UpdateFailed, not 'Done'"):
        local.set_update_status(arn, "Done")


def test_update_can_be_invisible_for_some_reads(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str
) -> None:
    arn = deploy()
    before = _get(bedrock, arn)
    local.add_fault(operation="UpdateCustomModelDeployment", kind="stale", reads=2, count=1)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    (listed,) = bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]
    assert (listed["modelArn"], listed["lastUpdatedAt"]) == (before["modelArn"], before["lastUpdatedAt"])
    for shown in (_get(bedrock, arn), before):
        shown.pop("ResponseMetadata")
    assert shown == before
    assert _get(bedrock, arn)["updateDetails"] == {"modelArn": other_arn, "updateStatus": "UpdateCompleted"}


def test_both_models_are_in_use_during_update(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    model_arn: str,
    other_arn: str,
    refused: Callable[..., str],
) -> None:
    arn = deploy()
    local.set_activation(manual=True)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    for each in (model_arn, other_arn):
        refused("ConflictException", bedrock.delete_custom_model, modelIdentifier=each)
    local.set_activation(seconds=0)
    bedrock.delete_custom_model(modelIdentifier=model_arn)
    refused("ConflictException", bedrock.delete_custom_model, modelIdentifier=other_arn)


@pytest.mark.parametrize("status", ["Creating", "Failed"])
def test_update_of_inactive_deployment_is_refused(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    other_arn: str,
    status: str,
    refused: Callable[..., str],
) -> None:
    arn = deploy()
    local.set_status(arn, status)
    message = _refused_update(refused, bedrock, arn, other_arn, code="ValidationException")
    assert message == f"The custom model deployment {arn} is {status}. It must be Active."


def test_second_update_during_update_is_refused(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str, refused: Callable[..., str]
) -> None:
    arn = deploy()
    local.set_activation(manual=True)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    message = _refused_update(refused, bedrock, arn, other_arn, code="ValidationException")
    assert message == f"An update of the custom model deployment {arn} is in progress."


def test_update_with_missing_or_inactive_model_is_refused(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str, refused: Callable[..., str]
) -> None:
    arn = deploy()
    _refused_update(refused, bedrock, arn, other_arn[:-12] + "000000000000", code="ResourceNotFoundException")
    local.set_status(other_arn, "Creating")
    message = _refused_update(refused, bedrock, arn, other_arn, code="ValidationException")
    assert message == f"The custom model {other_arn} is Creating. It must be Active."
    assert "updateDetails" not in _get(bedrock, arn)


def test_delete_ends_update(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], other_arn: str) -> None:
    arn = deploy()
    local.set_activation(manual=True)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_arn)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert local.deployments() == []


def _refused_update(refused: Callable[..., str], bedrock: Any, arn: str, model_arn: str, *, code: str) -> str:
    return refused(
        code, bedrock.update_custom_model_deployment, customModelDeploymentIdentifier=arn, modelArn=model_arn
    )


def _get(bedrock: Any, arn: str) -> dict[str, Any]:
    return dict(bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn))


def _said(runtime: Any, arn: str) -> str:
    answer = runtime.converse(modelId=arn, messages=[{"role": "user", "content": [{"text": "Hello."}]}])
    return str(answer["output"]["message"]["content"][0]["text"])
