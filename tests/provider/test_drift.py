"""An update in place that isn't in the state, as that of a run that was killed, is found in AWS by `diff`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, Stored
from pulumi_bedrock.local import LocalBedrock

OWNER = {"project": "shop", "stack": "dev", "logicalName": "support-bot", "identity": "b7d6"}
LIST, GET, UPDATE = "ListCustomModelDeployments", "GetCustomModelDeployment", "UpdateCustomModelDeployment"
UNCHECKED = (
    "could not check whether AWS serves the models that the state has, so an interrupted update in place can go "
    "unnoticed: "
)


@pytest.fixture
def inputs(model_arn: str) -> dict[str, Any]:
    return {"modelArn": model_arn, "region": "us-east-1", "__owner": OWNER, "updateInPlace": True}


@pytest.fixture
def other(local_bedrock: LocalBedrock) -> str:
    """Another custom model that is `Active`."""
    return local_bedrock.create_custom_model("support-v2")


@pytest.fixture
def deploy(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> Callable[[int], list[Stored]]:
    """Deploys several, and forgets calls and lines."""

    def deploy(number: int) -> list[Stored]:
        owners = [{**OWNER, "logicalName": f"bot-{each}"} for each in range(number)]
        deployed = [host.create({**inputs, "__owner": owner}) for owner in owners]
        local_bedrock.clear_requests()
        capsys.readouterr()
        return deployed

    return deploy


@pytest.fixture
def later(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """The host process of a later run than the one that created."""
    return start_host()


def swap(local_bedrock: LocalBedrock, deployed: Stored, model_arn: str) -> None:
    """Update a deployment as a run did that was killed before it could record that."""
    local_bedrock.client("bedrock").update_custom_model_deployment(
        customModelDeploymentIdentifier=deployed.id, modelArn=model_arn
    )
    local_bedrock.clear_requests()


def changes(host: DynamicHost, deployed: Stored, inputs: dict[str, Any], **changed: Any) -> bool:
    answer = host.diff(deployed.outputs, {**inputs, **changed}, resource_id=deployed.id)
    assert answer.replaces == []
    return answer.changes


# which calls are made


@pytest.mark.usefixtures("no_quotas")
def test_one_list_serves_all_deployments_when_none_has_moved(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = deploy(50)

    assert not any(changes(later, each, inputs) for each in deployed)
    assert local_bedrock.counts() == {LIST: 1}
    assert capsys.readouterr().out == ""


def test_only_what_has_moved_is_fetched(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = deploy(3)
    swap(local_bedrock, deployed[1], other)

    assert [changes(later, each, inputs) for each in deployed] == [False, True, False]
    assert local_bedrock.counts() == {LIST: 1, GET: 1}
    assert capsys.readouterr().out == (
        f'deployment "{deployed[1].outputs["modelDeploymentName"]}": AWS serves {other}, but the state has '
        f"{inputs['modelArn']}. An update was interrupted, or made outside of Pulumi. This update puts the program's "
        "model there.\n"
    )


def test_update_that_ended_with_the_model_of_the_state_is_no_change(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
) -> None:
    (deployed,) = deploy(1)
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    swap(local_bedrock, deployed, other)

    assert not changes(later, deployed, inputs)
    assert local_bedrock.counts() == {LIST: 1, GET: 1}


def test_state_of_an_earlier_version_is_fetched_and_has_no_diff_until_a_refresh_completes_it(
    later: DynamicHost, deploy: Callable[[int], list[Stored]], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    (deployed,) = deploy(1)
    old = {key: value for key, value in deployed.outputs.items() if key != "lastUpdatedAt"}

    assert not changes(later, Stored(deployed.id, old), inputs)
    assert local_bedrock.counts() == {LIST: 1, GET: 1}
    assert later.read(deployed.id, old).outputs == deployed.outputs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"updateInPlace": None}, {}),
        ({}, {"updateInPlace": None}),
        ({}, {"modelArn": "another"}),
        ({"updateStatus": "Updating"}, {}),
        ({"status": "Failed"}, {}),
        ({}, {"description": "new"}),
    ],
)
def test_check_is_made_only_where_nothing_else_looks_at_the_model(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    (deployed,) = deploy(1)

    assert later.diff({**deployed.outputs, **old}, {**inputs, **new}, resource_id=deployed.id).changes
    assert local_bedrock.counts() == {}


def test_deployment_that_cannot_be_updated_is_left_to_a_refresh(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failed, gone = deploy(2)
    swap(local_bedrock, failed, other)
    local_bedrock.set_status(failed.id, "Failed")
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=gone.id)

    assert not changes(later, failed, inputs)
    assert not changes(later, gone, inputs)
    assert capsys.readouterr().out == ""


# what an update then does


@pytest.mark.parametrize("tags", [None, {"team": "sales"}])
def test_update_puts_the_model_of_the_program_back(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    tags: dict[str, str] | None,
) -> None:
    (deployed,) = deploy(1)
    swap(local_bedrock, deployed, other)
    news = {**inputs, **({"tags": tags, "tagsAll": tags} if tags else {})}

    assert changes(later, deployed, news)
    updated = later.update(deployed.id, deployed.outputs, news)

    (live,) = local_bedrock.deployments()
    assert (live["modelArn"], live["tags"]) == (inputs["modelArn"], tags or {})
    assert local_bedrock.counts()[UPDATE] == 1
    assert not changes(later, updated, news)


def test_update_that_is_under_way_is_waited_for(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (deployed,) = deploy(1)
    local_bedrock.set_activation(manual=True)
    swap(local_bedrock, deployed, other)

    assert changes(later, deployed, inputs)
    assert f": AWS is updating it to {other}, but the state has " in capsys.readouterr().out
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))
    later.update(deployed.id, deployed.outputs, inputs)

    (live,) = local_bedrock.deployments()
    assert live["modelArn"] == inputs["modelArn"]


# when AWS doesn't answer


def test_denied_list_is_replaced_by_gets(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = deploy(3)
    swap(local_bedrock, deployed[2], other)
    local_bedrock.add_fault(operation=LIST, error="AccessDeniedException")

    assert [changes(later, each, inputs) for each in deployed] == [False, False, True]
    assert local_bedrock.counts() == {LIST: 1, GET: 3}
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("failing", "error", "calls", "said"),
    [
        ([LIST, GET], "AccessDeniedException", {LIST: 1, GET: 1}, f"Allow bedrock:{GET} "),
        ([LIST], "ThrottlingException", {LIST: 1}, "smaller --parallel"),
        ([GET], "InternalServerException", {LIST: 1, GET: 1}, "AWS said: No."),
    ],
)
def test_comparison_alone_decides_when_aws_refuses(
    later: DynamicHost,
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
    failing: list[str],
    error: str,
    calls: dict[str, int],
    said: str,
) -> None:
    deployed = deploy(3)
    for each in deployed:
        swap(local_bedrock, each, other)
    for operation in failing:
        local_bedrock.add_fault(operation=operation, error=error, message="No.")

    assert not any(changes(later, each, inputs) for each in deployed)
    assert changes(later, deployed[0], inputs, timeouts={"update": "5m"})
    assert local_bedrock.counts() == calls
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(UNCHECKED)
    assert said in line


def test_comparison_alone_decides_when_nothing_answers(
    start_host: Callable[..., DynamicHost],
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    unused_port: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = deploy(3)
    host = start_host({"aws:endpoints": f'[{{"bedrock": "http://127.0.0.1:{unused_port}"}}]'})

    assert not any(changes(host, each, inputs) for each in deployed)
    assert changes(host, deployed[0], inputs, tags={"a": "b"}, tagsAll={"a": "b"})
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(UNCHECKED)
    assert line.endswith(" Check the network, aws:endpoints and AWS_ENDPOINT_URL.")


def test_update_that_the_list_does_not_show_goes_unnoticed(
    start_host: Callable[..., DynamicHost],
    deploy: Callable[[int], list[Stored]],
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
) -> None:
    (deployed,) = deploy(1)
    swap(local_bedrock, deployed, other)
    local_bedrock.contradict("list-shows-update")

    assert not changes(start_host(), deployed, inputs)

    local_bedrock.clear_contradictions()
    local_bedrock.contradict("update-moves-last-updated")
    assert changes(start_host(), deployed, inputs), "the model in the list suffices"
