"""What an earlier run began and could not finish is gone on with, or removed; a stranger's is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def cut_off(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> dict[str, Any]:
    """A deployment, still `Creating`, whose create ended in a timeout in an earlier run."""
    local_bedrock.set_activation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host().create({**inputs, "description": "Answers tickets", "timeouts": {"create": "1m"}})
    [left] = local_bedrock.deployments()
    local_bedrock.clear_requests()
    return left


def activate_later(clock: FakeClock, local_bedrock: LocalBedrock, arn: str) -> None:
    clock.after(20, lambda: local_bedrock.set_status(arn, "Active"))


def test_create_resumes_unfinished_deployment(
    host: DynamicHost,
    inputs: dict[str, Any],
    cut_off: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arn = cut_off["customModelDeploymentArn"]
    activate_later(clock, local_bedrock, arn)

    created = host.create({**inputs, "description": "Answers tickets"})

    assert created.id == arn
    assert created.outputs["modelDeploymentName"] == cut_off["modelDeploymentName"]
    assert "CreateCustomModelDeployment" not in local_bedrock.counts()
    assert "resuming the create that an earlier run started" in capsys.readouterr().out


@pytest.mark.parametrize("outcome", ["UpdateCompleted", "UpdateFailed"])
def test_create_resumes_deployment_that_serves_the_model_after_an_update_of_somebody_else(
    host: DynamicHost,
    inputs: dict[str, Any],
    cut_off: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    outcome: str,
) -> None:
    arn, other = cut_off["customModelDeploymentArn"], local_bedrock.create_custom_model("other")
    local_bedrock.set_status(arn, "Active")
    local_bedrock.client("bedrock").update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other)
    clock.after(50, lambda: (local_bedrock.set_update_status(arn, outcome), local_bedrock.set_activation(seconds=0)))

    created = host.create({**inputs, "description": "Answers tickets", "modelArn": other})

    [live] = local_bedrock.deployments()
    assert (created.id, created.outputs["modelArn"]) == (live["customModelDeploymentArn"], other)
    assert live["modelArn"] == other
    assert (created.id == arn) == (outcome == "UpdateCompleted")


def test_finished_deployment_has_no_mark(
    host: DynamicHost,
    inputs: dict[str, Any],
    cut_off: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    assert len(cut_off["tags"]) == 1
    activate_later(clock, local_bedrock, cut_off["customModelDeploymentArn"])

    host.create({**inputs, "description": "Answers tickets"})

    [live] = local_bedrock.deployments()
    assert live["tags"] == {}


def test_unfinished_deployment_with_other_inputs_is_deleted(
    host: DynamicHost, inputs: dict[str, Any], cut_off: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(seconds=0)

    created = host.create({**inputs, "description": "Answers mails"})

    [live] = local_bedrock.deployments()
    assert live["customModelDeploymentArn"] == created.id != cut_off["customModelDeploymentArn"]


@pytest.mark.parametrize(
    "change", [{"identity": "another-state"}, {"logicalName": "sales-bot"}, {"parent": "a:b:C::shop"}]
)
def test_unfinished_deployment_of_other_stack_or_resource_is_kept(
    host: DynamicHost,
    inputs: dict[str, Any],
    cut_off: dict[str, Any],
    local_bedrock: LocalBedrock,
    change: dict[str, str],
) -> None:
    local_bedrock.set_activation(seconds=0)
    local_bedrock.set_status(cut_off["customModelDeploymentArn"], "Creating")

    created = host.create({**inputs, "description": "Answers tickets", "__owner": {**inputs["__owner"], **change}})

    arns = {live["customModelDeploymentArn"] for live in local_bedrock.deployments()}
    assert arns == {created.id, cut_off["customModelDeploymentArn"]}


def test_name_of_resumed_deployment_is_not_redacted(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    tags = {"app": "support-bot"}
    given = {**inputs, "tags": tags, "tagsAll": tags}
    local_bedrock.set_activation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host().create({**given, "timeouts": {"create": "1m"}})
    [left] = local_bedrock.deployments()
    arn, name = left["customModelDeploymentArn"], left["modelDeploymentName"]
    reason = f"{name} has no capacity, nor has support-bot."
    clock.after(20, lambda: local_bedrock.set_status(arn, "Failed", failure_message=reason))

    with pytest.raises(HostError) as failure:
        start_host().create(given)

    assert str(failure.value).startswith(
        f'DeploymentFailed: deployment "{name}": its status is Failed. AWS said: {name} has no capacity, nor has '
        "[redacted]."
    )


def test_denied_list_prevents_resume_and_is_reported_once(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.add_fault(operation="ListCustomModelDeployments", error="AccessDeniedException", message="No.")

    host.create(inputs)
    host.create(inputs)

    said = [line for line in capsys.readouterr().out.splitlines() if "AWS said: No." in line]
    assert len(said) == 1
    assert "Allow bedrock:ListCustomModelDeployments" in said[0]
