"""Update takes over options without a call; delete ends when the deployment is really gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def later(start_host: Callable[..., DynamicHost], deployed: Stored, local_bedrock: LocalBedrock) -> DynamicHost:
    """The host process of a later run than the one that created `deployed`."""
    local_bedrock.clear_requests()
    return start_host()


def test_update_stores_timeouts_and_calls_nothing(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    updated = later.update(deployed.id, deployed.outputs, {**inputs, "timeouts": {"delete": "5m"}})

    assert updated.outputs == {**deployed.outputs, "timeouts": {"delete": "5m"}}
    assert local_bedrock.requests() == []


def test_update_stores_every_option(later: DynamicHost, deployed: Stored, inputs: dict[str, Any]) -> None:
    options = {
        "__deleteBeforeReplace": True,
        "importId": deployed.id,
        "__importShown": ["tags"],
        "__owner": {**inputs["__owner"], "logicalName": "renamed"},
        "__replaceOnChanges": ["tags"],
        "__retainOnDelete": True,
        "timeouts": {"delete": "5m"},
        "updateInPlace": True,
    }

    updated = later.update(deployed.id, deployed.outputs, {**inputs, **options}).outputs

    assert {key: updated.get(key) for key in options} == options


def test_update_removes_options_missing_from_program(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any]
) -> None:
    olds = {**deployed.outputs, "timeouts": {"delete": "5m"}, "importId": deployed.id}

    assert later.update(deployed.id, olds, inputs).outputs == deployed.outputs


def test_delete_returns_when_deployment_is_gone(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_deletion(manual=True)
    clock.after(45, lambda: local_bedrock.set_deletion(seconds=0))

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []
    assert sum(clock.slept) >= 45
    assert local_bedrock.counts()["DeleteCustomModelDeployment"] == 1


def test_delete_reports_progress(
    later: DynamicHost,
    deployed: Stored,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_deletion(manual=True)
    clock.after(5, lambda: local_bedrock.set_deletion(seconds=0))

    later.delete(deployed.id, deployed.outputs)

    name = deployed.outputs["modelDeploymentName"]
    assert capsys.readouterr().out.splitlines() == [
        f"Deleting, waiting for its deletion (0 s of 20 min): {name}",
        f"Deleted after 5 s: {name}",
    ]


def test_delete_of_missing_deployment_succeeds(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)
    local_bedrock.clear_requests()

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.counts() == {"DeleteCustomModelDeployment": 1}


def test_delete_retries_conflict(later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="ConflictException", count=5)

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.counts()["DeleteCustomModelDeployment"] == 6
    assert local_bedrock.deployments() == []


@pytest.mark.parametrize("operation", ["DeleteCustomModelDeployment", "GetCustomModelDeployment"])
@pytest.mark.parametrize("error", ["ThrottlingException", "InternalServerException"])
def test_delete_retries_transient_errors(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, operation: str, error: str
) -> None:
    local_bedrock.add_fault(operation=operation, error=error, count=20)

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []


def test_delete_succeeds_after_lost_response(later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="ConflictException", count=1)
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", kind="close", when="after", count=1)

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []


def test_delete_times_out_when_deployment_stays(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_deletion(manual=True)

    with pytest.raises(HostError) as failure:
        later.delete(deployed.id, deployed.outputs)

    assert str(failure.value).strip() == (
        f"WaitTimeout: deployment {deployed.id}: still exists after 20 min; AWS has accepted the deletion. "
        "Run the command again, with a longer custom_timeouts delete."
    )
    assert sum(clock.slept) == pytest.approx(20 * 60)


def test_delete_times_out_with_last_error_when_aws_keeps_refusing(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="ConflictException", message="Busy")

    with pytest.raises(HostError) as failure:
        later.delete(deployed.id, {**deployed.outputs, "timeouts": {"delete": "5m"}})

    said = str(failure.value)
    assert "still exists after 5 min; AWS has not accepted the deletion." in said
    assert "The last error was Conflict: AWS said: Busy." in said


def test_denied_delete_names_action_and_keeps_deployment(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="AccessDeniedException", message="No.")

    with pytest.raises(HostError) as failure:
        later.delete(deployed.id, deployed.outputs)

    assert str(failure.value).strip() == (
        f"AccessDenied: deployment {deployed.id}: AWS said: No. "
        "Allow bedrock:DeleteCustomModelDeployment to the identity that runs Pulumi."
    )
    assert len(local_bedrock.deployments()) == 1


def test_delete_uses_region_of_arn(
    start_host: Callable[..., DynamicHost], deployed: Stored, local_bedrock: LocalBedrock
) -> None:
    start_host({"aws:region": "eu-west-1"}).delete(deployed.id, {**deployed.outputs, "region": "eu-west-1"})

    assert local_bedrock.deployments() == []


def test_delete_keeps_deployment_created_in_same_run(
    host: DynamicHost,
    deployed: Stored,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A forced replacement with a replayed token creates what it deletes."""
    capsys.readouterr()

    host.delete(deployed.id, deployed.outputs)

    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [deployed.id]
    assert capsys.readouterr().out == (
        f"{deployed.outputs['modelDeploymentName']}: kept, because a create of this run returned it; "
        "the state holds it as the new resource\n"
    )


def test_delete_after_failed_create_of_the_resource_is_refused(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """With --continue-on-error the engine deletes what was replaced, although its replacement failed."""
    changed = {**inputs, "description": "new"}
    later.check(changed, inputs)
    later.diff(deployed.outputs, changed, resource_id=deployed.id)
    later.check(changed)
    fault = local_bedrock.add_fault(operation="CreateCustomModelDeployment", error="ServiceQuotaExceededException")
    with pytest.raises(HostError, match="ServiceQuotaExceeded"):
        later.create(changed)

    with pytest.raises(HostError) as failure:
        later.delete(deployed.id, deployed.outputs)

    assert str(failure.value).strip() == (
        f'DeleteRefused: deployment "{deployed.outputs["modelDeploymentName"]}": kept, because a create of this '
        "resource failed in this run. The next `pulumi up` deletes it, if nothing else needs it."
    )
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [deployed.id]

    local_bedrock.clear_faults(fault)
    created = later.create(changed)  # as Pulumi's `ErrorHook` retries it
    later.delete(deployed.id, deployed.outputs)
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [created.id]
