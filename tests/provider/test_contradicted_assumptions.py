"""AWS does the opposite of an assumption: the details that tests/scenarios/test_assumptions.py leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError, Stored
from fake_clock import FakeClock
from marks import begin, owner_of
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.arns import adopt_or_delete

CREATE, DELETE = "CreateCustomModelDeployment", "DeleteCustomModelDeployment"
UPDATE = "UpdateCustomModelDeployment"


@pytest.fixture
def later(start_host: Callable[..., DynamicHost], deployed: Stored, local_bedrock: LocalBedrock) -> DynamicHost:
    """The host process of a later run than the one that created `deployed`."""
    local_bedrock.clear_requests()
    return start_host()


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    return str(failure.value).strip()


def unfinished(local: LocalBedrock, inputs: dict[str, Any], **changes: str) -> str:
    """The ARN of a deployment named "fixed" that an earlier run of this resource left `Creating`."""
    return begin(local, owner_of(inputs["__owner"], **changes), inputs["modelArn"], "fixed")


# A deployment that the list hides


def test_create_resumes_own_deployment_that_list_hides(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.contradict("list-shows-creating")
    local_bedrock.set_activation(manual=True)
    arn = unfinished(local_bedrock, inputs)
    clock.after(20, lambda: local_bedrock.set_activation(seconds=0))

    assert host.create({**inputs, "modelDeploymentName": "fixed"}).id == arn
    assert [each["tags"] for each in local_bedrock.deployments()] == [inputs.get("tagsAll", {})]


@pytest.mark.parametrize(
    ("mark", "changes"),
    [({"identity": "another"}, {}), ({"logicalName": "other"}, {}), ({}, {"description": "Another"})],
    ids=["stack", "resource", "inputs"],
)
def test_create_refuses_hidden_deployment_that_is_not_its_own(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    mark: dict[str, str],
    changes: dict[str, str],
) -> None:
    local_bedrock.contradict("list-shows-creating")
    local_bedrock.set_activation(manual=True)
    arn = unfinished(local_bedrock, inputs, **mark)
    before = local_bedrock.deployments()

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed", **changes})

    assert said.startswith(f'NameTaken: deployment "fixed": the name is taken in us-east-1 by {arn} ')
    assert local_bedrock.deployments() == before


def test_timeout_does_not_promise_to_resume_what_list_hides(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.contradict("list-shows-creating")
    local_bedrock.set_activation(manual=True)

    said = failure_of(host, {**inputs, "timeouts": {"create": "1m"}})

    (left,) = local_bedrock.deployments()
    assert said.startswith("WaitTimeout: ")
    assert said.endswith(
        "It exists in the account, but not in the state. " + adopt_or_delete(left["customModelDeploymentArn"])
    )


def test_deployment_that_is_not_visible_after_30_seconds_is_named(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=CREATE, kind="stale", count=1, reads=10**6)

    said = failure_of(host, inputs)

    (left,) = local_bedrock.deployments()
    arn, name = left["customModelDeploymentArn"], left["modelDeploymentName"]
    assert said == (
        f'ResourceNotFound: deployment "{name}": AWS does not find {arn}. AWS accepted the create, so it was deleted '
        "since, or is not visible yet. If it appears, the next `pulumi up` resumes it."
    )


# Tags


@pytest.mark.parametrize("code", ["ValidationException", "UnknownOperationException"])
def test_mark_is_overwritten_when_aws_does_not_untag(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, code: str
) -> None:
    local_bedrock.add_fault(operation="UntagResource", error=code)

    host.create(inputs)

    assert [each["tags"][MARK] for each in local_bedrock.deployments()] == ["no"]


@pytest.mark.parametrize("name", [None, "fixed"])
def test_create_whose_mark_cannot_be_removed_fails_and_resumes_later(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock, name: str | None
) -> None:
    """A mark on a deployment in the state would make a later create take it for unfinished."""
    given = {**inputs, **({"modelDeploymentName": name} if name else {})}
    for operation in ("TagResource", "UntagResource"):
        local_bedrock.add_fault(operation=operation, error="AccessDeniedException", message="No.")

    said = failure_of(start_host(), given)

    [left] = local_bedrock.deployments()
    assert said == (
        f"AccessDenied: deployment {left['customModelDeploymentArn']}: AWS said: No. Allow bedrock:TagResource to the "
        f'identity that runs Pulumi. Without bedrock:UntagResource, its tag "{MARK}" can\'t be removed. It exists in '
        "the account, but not in the state. The next `pulumi up` of this stack resumes it. To delete it instead, "
        f"once it is Active: aws "
        "bedrock delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier "
        f"{left['customModelDeploymentArn']}"
    )
    assert MARK in left["tags"]
    local_bedrock.clear_faults()
    assert start_host().create(given).id == left["customModelDeploymentArn"]
    assert [each["tags"] for each in local_bedrock.deployments()] == [{}]


def test_create_without_mark_uses_new_token_and_first_reason(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=CREATE, error="ValidationException", message="First.", count=1)
    local_bedrock.add_fault(operation=CREATE, error="ValidationException", message="Second.", count=1)
    assert ": AWS said: First. " in failure_of(host, inputs)
    assert local_bedrock.counts()[CREATE] == 2

    local_bedrock.contradict("tags-need-permission", "refused-create-uses-no-token")
    host.create(inputs)
    assert [each["tags"] for each in local_bedrock.deployments()] == [{}]


# Delete


def test_delete_while_creating_is_retried_until_active(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_status(deployed.id, "Creating")
    clock.after(20, lambda: local_bedrock.set_status(deployed.id, "Active"))

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []
    assert sum(clock.slept) >= 20


def test_delete_that_is_invalid_while_deleting_is_retried(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_status(deployed.id, "Deleting")
    number = local_bedrock.add_fault(operation=DELETE, error="ValidationException")
    clock.after(20, lambda: local_bedrock.clear_faults(number))

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []


def test_delete_that_is_refused_just_before_deployment_is_active_is_retried(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=DELETE, error="ValidationException", count=1)

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []


def test_delete_that_is_invalid_ends_when_deployment_is_gone(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_deletion(manual=True)
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)
    local_bedrock.add_fault(operation=DELETE, error="ValidationException")
    clock.after(20, lambda: local_bedrock.set_deletion(seconds=0))

    later.delete(deployed.id, deployed.outputs)

    assert local_bedrock.deployments() == []


@pytest.mark.parametrize("status", ["Active", "Failed"])
def test_delete_that_is_invalid_fails(
    later: DynamicHost, deployed: Stored, local_bedrock: LocalBedrock, status: str
) -> None:
    local_bedrock.set_status(deployed.id, status)
    local_bedrock.add_fault(operation=DELETE, error="ValidationException", message="Not this one.")

    with pytest.raises(HostError) as failure:
        later.delete(deployed.id, deployed.outputs)

    assert str(failure.value).strip() == (
        f"ValidationFailed: deployment {deployed.id}: AWS said: Not this one. Change the arguments that AWS names."
    )
    assert len(local_bedrock.deployments()) == 1


# Update in place


def test_update_waits_for_active_where_aws_would_accept_it_before(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.contradict("update-needs-active")
    other = local_bedrock.create_custom_model("support-v2")
    local_bedrock.set_status(deployed.id, "Creating")
    early: list[int] = []

    def activate() -> None:
        early.append(local_bedrock.counts().get(UPDATE, 0))
        local_bedrock.set_status(deployed.id, "Active")

    clock.after(20, activate)
    later.update(deployed.id, deployed.outputs, {**inputs, "updateInPlace": True, "modelArn": other})

    assert (early, local_bedrock.counts()[UPDATE]) == ([0], 1)
    assert [each["modelArn"] for each in local_bedrock.deployments()] == [other]


@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "hidden"])
def test_update_follows_another_one_where_aws_would_accept_both(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    hidden: bool,
) -> None:
    """One that Get doesn't show yet can't be waited for; the accepted second update replaces it."""
    local_bedrock.contradict("one-update-at-a-time")
    theirs, ours = (local_bedrock.create_custom_model(name) for name in ("theirs", "support-v2"))
    local_bedrock.set_activation(manual=True)
    if hidden:
        local_bedrock.add_fault(operation=UPDATE, kind="stale", reads=2, count=1)
    local_bedrock.client("bedrock").update_custom_model_deployment(
        customModelDeploymentIdentifier=deployed.id, modelArn=theirs
    )
    local_bedrock.clear_requests()
    early: list[int] = []

    def complete() -> None:
        early.append(local_bedrock.counts().get(UPDATE, 0))
        local_bedrock.set_activation(seconds=0)

    clock.after(20, complete)
    later.update(deployed.id, deployed.outputs, {**inputs, "updateInPlace": True, "modelArn": ours})

    assert (early, local_bedrock.counts()[UPDATE]) == ([int(hidden)], 1)
    assert [each["modelArn"] for each in local_bedrock.deployments()] == [ours]


def test_update_fetches_deployment_at_the_deadline(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.contradict("list-shows-update")
    other = local_bedrock.create_custom_model("support-v2")
    news = {**inputs, "updateInPlace": True, "modelArn": other, "timeouts": {"update": "20s"}}

    later.update(deployed.id, {**deployed.outputs, "updateInPlace": True}, news)

    assert sum(clock.slept) == pytest.approx(20)


def test_tags_that_are_still_there_are_removed(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.contradict("untag-unknown-key")
    bedrock = local_bedrock.client("bedrock")
    bedrock.tag_resource(resourceARN=deployed.id, tags=[{"key": "two", "value": "2"}])
    olds = {**deployed.outputs, "updateInPlace": True, "tagsAll": {"one": "1", "two": "2"}}
    news = {**inputs, "updateInPlace": True, "tags": None, "tagsAll": None}

    later.update(deployed.id, olds, news)

    assert "two" not in local_bedrock.deployments()[0]["tags"]
    later.update(deployed.id, olds, news)  # nothing is left to remove


def test_untag_that_aws_refuses_for_another_reason_fails(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").tag_resource(resourceARN=deployed.id, tags=[{"key": "one", "value": "1"}])
    local_bedrock.add_fault(operation="UntagResource", error="ValidationException", message="Not this one.")
    olds = {**deployed.outputs, "updateInPlace": True, "tagsAll": {"one": "1"}}

    with pytest.raises(HostError) as failure:
        later.update(deployed.id, olds, {**inputs, "updateInPlace": True, "tags": None, "tagsAll": None})

    assert str(failure.value).strip() == (
        f"ValidationFailed: deployment {deployed.id}: AWS said: Not this one. Change the arguments that AWS names."
    )
