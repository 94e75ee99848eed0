"""With `update_in_place`, a changed model or changed tags update the deployment behind its ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import UNKNOWN, DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock

OWNER = {"project": "shop", "stack": "dev", "logicalName": "support-bot", "identity": "b7d6"}
UPDATE = "UpdateCustomModelDeployment"


@pytest.fixture
def inputs(model_arn: str) -> dict[str, Any]:
    tags = {"team": "support", "app": "bot"}
    return {
        "modelArn": model_arn,
        "region": "us-east-1",
        "__owner": OWNER,
        "updateInPlace": True,
        "tags": tags,
        "tagsAll": tags,
    }


@pytest.fixture
def other(local_bedrock: LocalBedrock) -> str:
    """Another custom model that is `Active`."""
    return local_bedrock.create_custom_model("support-v2")


@pytest.fixture
def later(start_host: Callable[..., DynamicHost], deployed: Stored, local_bedrock: LocalBedrock) -> DynamicHost:
    """The host process of a later run than the one that created `deployed`."""
    local_bedrock.clear_requests()
    return start_host()


def name(deployed: Stored) -> str:
    return str(deployed.outputs["modelDeploymentName"])


def live(local_bedrock: LocalBedrock) -> dict[str, Any]:
    (found,) = local_bedrock.deployments()
    return found


def start_update(local_bedrock: LocalBedrock, arn: str, model_arn: str) -> None:
    """Start an update that somebody else, or an earlier run, asked for."""
    local_bedrock.client("bedrock").update_custom_model_deployment(
        customModelDeploymentIdentifier=arn, modelArn=model_arn
    )


def with_model(deployed: Stored, local_bedrock: LocalBedrock, model_arn: str) -> dict[str, Any]:
    """The outputs of `deployed` with another model, as of AWS's newest change."""
    found = local_bedrock.client("bedrock").get_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)
    return {**deployed.outputs, "modelArn": model_arn, "lastUpdatedAt": found["lastUpdatedAt"].isoformat()}


def error(host: DynamicHost, deployed: Stored, news: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.update(deployed.id, deployed.outputs, news)
    return str(failure.value).strip()


# diff


def test_changed_model_or_tags_are_an_update(host: DynamicHost, deployed: Stored, inputs: dict[str, Any]) -> None:
    for change in (
        {"modelArn": inputs["modelArn"] + "x"},
        {"tags": {"team": "sales"}, "tagsAll": {"team": "sales"}},
        {"tagsAll": {**inputs["tagsAll"], "env": "prod"}},
        {"modelArn": UNKNOWN},
        {"tags": UNKNOWN, "tagsAll": UNKNOWN},
        {"modelArn": inputs["modelArn"] + "x", "tags": None, "tagsAll": None},
    ):
        answer = host.diff(deployed.outputs, {**inputs, **change})
        assert (answer.changes, answer.replaces, answer.delete_before_replace) == (True, [], False), change


@pytest.mark.parametrize(
    "change",
    [
        {"description": "new"},
        {"modelDeploymentName": "sales-bot"},
        {"clientRequestToken": "token-1"},
        {"region": "eu-west-1"},
    ],
)
def test_every_other_change_replaces_also_together_with_a_model(
    host: DynamicHost, deployed: Stored, inputs: dict[str, Any], change: dict[str, Any]
) -> None:
    assert host.diff(deployed.outputs, {**inputs, **change}).replaces == list(change)
    both = host.diff(deployed.outputs, {**inputs, **change, "modelArn": "another"})
    assert sorted(both.replaces) == sorted([*change, "modelArn"])


@pytest.mark.parametrize("flag", [None, False, UNKNOWN])
def test_flag_of_the_new_inputs_decides(host: DynamicHost, deployed: Stored, inputs: dict[str, Any], flag: Any) -> None:
    changed = {**inputs, "modelArn": "another"}

    assert host.diff(deployed.outputs, {**changed, "updateInPlace": flag}).replaces == ["modelArn"]
    without = {key: value for key, value in deployed.outputs.items() if key != "updateInPlace"}
    assert host.diff(without, changed).replaces == []


def test_flag_that_is_off_is_no_diff_from_a_state_without_it(
    host: DynamicHost, deployed: Stored, inputs: dict[str, Any]
) -> None:
    old = {key: value for key, value in deployed.outputs.items() if key != "updateInPlace"}

    assert not host.diff(old, host.check({**inputs, "updateInPlace": False}).inputs).changes
    assert "updateInPlace" not in host.check({**inputs, "updateInPlace": False}).inputs


def test_flag_must_be_a_bool(host: DynamicHost, inputs: dict[str, Any]) -> None:
    assert host.check({**inputs, "updateInPlace": "false"}).reasons == ["update_in_place: must be True or False"]
    assert host.check({**inputs, "updateInPlace": UNKNOWN}).reasons == []


@pytest.mark.parametrize(("before", "after"), [(True, None), (None, True)])
def test_switching_the_flag_alone_calls_nothing(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    before: bool | None,
    after: bool | None,
) -> None:
    old, new = {**deployed.outputs, "updateInPlace": before}, {**inputs, "updateInPlace": after}

    assert (later.diff(old, new).changes, later.diff(old, new).replaces) == (True, [])
    stored = later.update(deployed.id, old, new).outputs
    assert stored.get("updateInPlace") is after
    assert local_bedrock.requests() == []


def test_failed_deployment_is_replaced(host: DynamicHost, deployed: Stored, inputs: dict[str, Any]) -> None:
    failed = {**deployed.outputs, "status": "Failed"}

    assert host.diff(failed, {**inputs, "modelArn": "another"}).replaces == ["modelArn", "status"]
    assert host.diff(failed, inputs).replaces == ["status"]


def test_import_marker_does_not_stop_an_update(host: DynamicHost, deployed: Stored, inputs: dict[str, Any]) -> None:
    news = {**inputs, "importId": deployed.id, "modelArn": "another"}

    assert host.diff(deployed.outputs, news, resource_id=deployed.id).replaces == []


# update


def test_model_is_swapped_by_one_call_behind_the_same_arn(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    updated = later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert live(local_bedrock)["customModelDeploymentArn"] == deployed.id
    assert {call: count for call, count in local_bedrock.counts().items() if not call.startswith("List")} == {
        "GetCustomModel": 1,
        "GetCustomModelDeployment": 2,
        UPDATE: 1,
    }
    assert capsys.readouterr().out.splitlines() == [
        f"updating in place; the old model serves until the new one is ready: {name(deployed)}",
        f"Updating, waiting for UpdateCompleted (0 s of 60 min): {name(deployed)}",
        f"UpdateCompleted after 1 s: {name(deployed)}",
    ]
    assert updated.outputs == with_model(deployed, local_bedrock, other) != {**deployed.outputs, "modelArn": other}


def test_only_the_difference_of_tags_is_called_for(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").tag_resource(resourceARN=deployed.id, tags=[{"key": "stranger", "value": "stays"}])
    local_bedrock.clear_requests()
    new = {"team": "sales", "cost": "1"}

    updated = later.update(deployed.id, deployed.outputs, {**inputs, "tags": new, "tagsAll": new})

    assert updated.outputs == {**deployed.outputs, "tags": new, "tagsAll": new}
    assert live(local_bedrock)["tags"] == {**new, "stranger": "stays"}
    assert local_bedrock.counts() == {"UntagResource": 1, "TagResource": 1}


def test_tags_come_before_the_model_and_can_be_repeated(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    news = {**inputs, "modelArn": other, "tags": {"team": "sales"}, "tagsAll": {"team": "sales"}}
    local_bedrock.add_fault(operation=UPDATE, error="AccessDeniedException", message="No.", count=1)

    assert error(later, deployed, news) == (
        f'AccessDenied: deployment "{name(deployed)}": AWS said: No. Allow bedrock:{UPDATE} to the identity that runs '
        "Pulumi. The tags are already changed; if the program goes back to the old ones, run `pulumi up --refresh`."
    )
    assert live(local_bedrock)["tags"] == {"team": "sales"}

    later.update(deployed.id, deployed.outputs, news)
    assert (live(local_bedrock)["modelArn"], live(local_bedrock)["tags"]) == (other, {"team": "sales"})


def test_failure_between_the_tag_calls_says_what_is_changed_already(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="TagResource", error="AccessDeniedException", message="No.", count=1)
    news = {**inputs, "tags": {"cost": "1"}, "tagsAll": {"cost": "1"}}

    assert error(later, deployed, news) == (
        f"AccessDenied: deployment {deployed.id}: AWS said: No. Allow bedrock:TagResource to the identity that runs "
        "Pulumi. Old tags are already removed; if the program goes back to them, run `pulumi up --refresh`."
    )
    assert live(local_bedrock)["tags"] == {}

    later.update(deployed.id, deployed.outputs, news)
    assert live(local_bedrock)["tags"] == {"cost": "1"}


def test_first_tag_call_that_is_denied_has_changed_nothing(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="UntagResource", error="AccessDeniedException", message="No.")

    assert error(later, deployed, {**inputs, "tags": {"cost": "1"}, "tagsAll": {"cost": "1"}}).endswith(
        "Allow bedrock:UntagResource to the identity that runs Pulumi."
    )
    assert live(local_bedrock)["tags"] == inputs["tags"]


def test_tag_call_without_an_answer_may_have_changed_the_tags(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="UntagResource", kind="close", when="after")

    assert error(later, deployed, {**inputs, "tags": None, "tagsAll": None}).endswith(
        " Tags may be changed already; if the program goes back to the old ones, run `pulumi up --refresh`."
    )
    assert live(local_bedrock)["tags"] == {}


@pytest.mark.parametrize("minutes", [10, 90])
def test_tags_that_cannot_change_during_an_update_are_retried_until_the_deadline(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    minutes: int,
) -> None:
    local_bedrock.contradict("tags-during-update")
    local_bedrock.set_activation(manual=True)
    start_update(local_bedrock, deployed.id, other)
    clock.after(minutes * 60, lambda: local_bedrock.set_activation(seconds=0))
    news = {**inputs, "modelArn": other, "tags": {"team": "sales"}, "tagsAll": {"team": "sales"}}

    if minutes < 60:
        later.update(deployed.id, deployed.outputs, news)
        assert (live(local_bedrock)["modelArn"], live(local_bedrock)["tags"]) == (other, {"team": "sales"})
    else:
        assert error(later, deployed, news).startswith(f"Conflict: deployment {deployed.id}: ")
        assert sum(clock.slept) == pytest.approx(60 * 60)


def test_model_that_is_creating_is_waited_for_before_anything_changes(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    coming = local_bedrock.create_custom_model("support-v3", status="Creating")
    news = {**inputs, "modelArn": coming, "tags": None, "tagsAll": None}
    seen: list[dict[str, int]] = []

    def activate() -> None:
        seen.append(local_bedrock.counts())
        local_bedrock.set_status(coming, "Active")

    clock.after(90, activate)
    later.update(deployed.id, deployed.outputs, news)

    assert set(seen[0]) == {"GetCustomModel"}
    assert (live(local_bedrock)["modelArn"], live(local_bedrock)["tags"]) == (coming, {})


def test_failed_model_changes_nothing(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(other, "Failed", failure_message="Bad data")

    assert error(later, deployed, {**inputs, "modelArn": other, "tags": None, "tagsAll": None}) == (
        f'ModelFailed: deployment "{name(deployed)}": the custom model {other} is Failed. AWS said: Bad data. '
        "Nothing was changed. Deploy a model that is Active."
    )
    assert live(local_bedrock)["tags"] == inputs["tags"]


def test_wait_shares_the_list_and_ends_with_get(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.set_activation(manual=True)
    clock.after(600, lambda: local_bedrock.set_activation(seconds=0))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    counts = local_bedrock.counts()
    assert counts[UPDATE] == 1
    assert counts["GetCustomModelDeployment"] <= 3 + 600 / 60
    assert counts["ListCustomModelDeployments"] > counts["GetCustomModelDeployment"]


def test_wait_works_without_the_list(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.add_fault(operation="ListCustomModelDeployments", error="AccessDeniedException")
    local_bedrock.set_activation(manual=True)
    clock.after(30, lambda: local_bedrock.set_activation(seconds=0))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other


# what goes wrong


def test_failed_update_is_one_line_and_the_next_one_tries_again(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    news = {**inputs, "modelArn": other}

    assert error(later, deployed, news) == (
        f'UpdateFailed: deployment "{name(deployed)}": AWS could not update it to {other}: UpdateFailed. AWS gave no '
        f"reason. {inputs['modelArn']} still serves. Check the model, then run `pulumi up` again."
    )
    later.update(deployed.id, deployed.outputs, news)
    assert live(local_bedrock)["modelArn"] == other
    assert local_bedrock.counts()[UPDATE] == 2


def test_failed_update_names_the_tags_that_stay_changed(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    said = error(later, deployed, {**inputs, "modelArn": other, "tags": {"a": "b"}, "tagsAll": {"a": "b"}})

    assert said.endswith(
        "run `pulumi up` again. The tags are already changed; if the program goes back to the old ones, run `pulumi up "
        "--refresh`."
    )
    assert not later.diff(deployed.outputs, inputs).changes
    refreshed = later.read(deployed.id, deployed.outputs).outputs
    later.update(deployed.id, refreshed, inputs)
    assert (live(local_bedrock)["modelArn"], live(local_bedrock)["tags"]) == (inputs["modelArn"], inputs["tags"])


def test_failure_that_the_list_does_not_show_is_found_within_a_minute(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", outcome="never")
    clock.after(100, lambda: local_bedrock.set_update_status(deployed.id, "UpdateFailed"))

    assert error(later, deployed, {**inputs, "modelArn": other}).startswith("UpdateFailed: ")
    assert 100 <= sum(clock.slept) <= 170


@pytest.mark.parametrize("reads", [1, 3])
def test_failure_of_an_earlier_update_is_not_that_of_this_one(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock, reads: int
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    start_update(local_bedrock, deployed.id, other)
    local_bedrock.add_fault(operation=UPDATE, kind="stale", reads=reads, count=1)
    local_bedrock.clear_requests()

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert local_bedrock.counts()[UPDATE] == 1


def test_failure_that_nothing_proves_new_counts_after_a_grace(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    start_update(local_bedrock, deployed.id, other)
    local_bedrock.add_fault(operation=UPDATE, kind="stale", seconds=3600, count=1)

    assert error(later, deployed, {**inputs, "modelArn": other}).startswith("UpdateFailed: ")
    assert 30 <= sum(clock.slept) <= 120


def test_get_that_fails_at_the_end_is_repeated_as_rarely_as_any_call(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    """The list is for all waits, so it is polled twice as often; but each deployment has a Get of its own."""
    local_bedrock.set_activation(manual=True)

    def end() -> None:
        local_bedrock.set_activation(seconds=0)
        local_bedrock.add_fault(operation="GetCustomModelDeployment", error="ThrottlingException")

    clock.after(9.9, end)
    clock.after(29.9, local_bedrock.clear_faults)

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    refused = [entry for entry in local_bedrock.requests() if entry["error"] == "ThrottlingException"]
    assert 8 <= len(refused) <= 16, "from the 10th to the 30th second, every 1 to 3 s"


@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answer_is_judged_by_get(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock, when: str
) -> None:
    local_bedrock.set_activation(manual=False, seconds=0)
    local_bedrock.add_fault(operation=UPDATE, kind="close", when=when, count=1)

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert local_bedrock.counts()[UPDATE] == (2 if when == "before" else 1)


def test_lost_answer_to_an_update_that_runs_is_not_asked_for_again(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.set_activation(manual=True)
    local_bedrock.add_fault(operation=UPDATE, kind="close", when="after", count=1)
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert local_bedrock.counts()[UPDATE] == 1


def test_lost_answer_to_an_update_that_get_shows_late_is_not_asked_for_again(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.set_activation(manual=True)
    local_bedrock.add_fault(operation=UPDATE, kind="close", when="after", count=1)
    local_bedrock.add_fault(operation=UPDATE, kind="stale", reads=15, count=1)
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert local_bedrock.counts()[UPDATE] == 1


@pytest.mark.parametrize("timeout", ["10s", "60m"])
def test_answers_that_are_lost_again_and_again_are_an_error_that_names_the_refresh(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    timeout: str,
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="close", when="before")

    said = error(later, deployed, {**inputs, "modelArn": other, "timeouts": {"update": timeout}})

    assert said.startswith(f'AnswerLost: deployment "{name(deployed)}": the answer to bedrock:{UPDATE} was lost: ')
    assert said.endswith(
        f" Run the command again. AWS may have started the update to {other}; if the program goes back to the old "
        "model, run `pulumi up --refresh`."
    )
    assert sum(clock.slept) <= 150
    assert local_bedrock.counts()[UPDATE] == (1 if timeout == "10s" else 5)


def test_botocore_does_not_repeat_an_update(
    start_host: Callable[..., DynamicHost],
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
) -> None:
    host = start_host({"aws:maxRetries": "4"})
    local_bedrock.set_activation(manual=True)
    local_bedrock.add_fault(operation=UPDATE, kind="close", when="after", count=1)
    local_bedrock.clear_requests()

    error(host, deployed, {**inputs, "modelArn": other, "timeouts": {"update": "1m"}})

    assert local_bedrock.counts()[UPDATE] == 1


def test_lost_answer_to_an_update_that_failed_is_a_failure(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=UPDATE, kind="activation", count=1)
    local_bedrock.add_fault(operation=UPDATE, kind="close", when="after", count=1)

    assert error(later, deployed, {**inputs, "modelArn": other}).startswith("UpdateFailed: ")
    assert local_bedrock.counts()[UPDATE] == 1


@pytest.mark.parametrize("timeout", ["10s", "60m"])
def test_validation_error_that_get_does_not_explain_is_raised(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    timeout: str,
) -> None:
    local_bedrock.add_fault(operation=UPDATE, error="ValidationException", message="Another base model")

    assert error(later, deployed, {**inputs, "modelArn": other, "timeouts": {"update": timeout}}) == (
        f'ValidationFailed: deployment "{name(deployed)}": AWS said: Another base model. Change the arguments that AWS '
        "names."
    )
    assert local_bedrock.counts()[UPDATE] == 1
    assert sum(clock.slept) <= 35


def test_update_that_conflicts_for_long_waits_until_the_deadline(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    fault = local_bedrock.add_fault(operation=UPDATE, error="ConflictException")
    clock.after(10 * 60, lambda: local_bedrock.clear_faults(fault))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert 600 < sum(clock.slept) < 660


@pytest.mark.parametrize("minutes", [10, 90])
def test_update_refused_in_a_mutating_state_waits_for_the_deployment_until_the_deadline(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
    minutes: int,
) -> None:
    said = "Custom model deployment is in a mutating state"
    local_bedrock.add_fault(operation=UPDATE, error="ValidationException", message=said, count=1)
    clock.after(10, lambda: local_bedrock.set_status(deployed.id, "Creating"))
    clock.after(minutes * 60, lambda: local_bedrock.set_status(deployed.id, "Active"))

    if minutes < 60:
        later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})
        assert live(local_bedrock)["modelArn"] == other
    else:
        assert error(later, deployed, {**inputs, "modelArn": other}) == (
            f'WaitTimeout: deployment "{name(deployed)}": the update to {other} could not start after 60 min, since '
            "the deployment is Creating. Run `pulumi up` again, with a longer custom_timeouts update."
        )
        assert sum(clock.slept) == pytest.approx(60 * 60)
    assert local_bedrock.counts()[UPDATE] == (2 if minutes < 60 else 1)
    rows = capsys.readouterr().out
    assert "update refused so far, waiting for UpdateCompleted (0 s of 60 min)" in rows
    assert "Creating, waiting for UpdateCompleted (10 s of 60 min)" in rows


@pytest.mark.parametrize("reads", [3, 15])
def test_update_that_get_shows_late_is_joined_after_a_validation_error(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    reads: int,
) -> None:
    local_bedrock.set_activation(manual=True)
    local_bedrock.add_fault(operation=UPDATE, kind="stale", reads=reads, count=1)
    start_update(local_bedrock, deployed.id, other)
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))
    local_bedrock.clear_requests()

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert [asked["error"] for asked in local_bedrock.requests() if asked["operation"] == UPDATE] == [
        "ValidationException"
    ]


@pytest.mark.parametrize("error_code", ["ThrottlingException", "InternalServerException"])
def test_transient_errors_of_every_call_are_retried(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    error_code: str,
) -> None:
    for operation in ("UntagResource", "TagResource", "GetCustomModel", "GetCustomModelDeployment", UPDATE):
        local_bedrock.add_fault(operation=operation, error=error_code, count=3)

    later.update(
        deployed.id, deployed.outputs, {**inputs, "modelArn": other, "tags": {"a": "b"}, "tagsAll": {"a": "b"}}
    )

    assert (live(local_bedrock)["modelArn"], live(local_bedrock)["tags"]) == (other, {"a": "b"})


def test_throttling_without_end_is_an_error_after_two_minutes(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.add_fault(operation=UPDATE, error="ThrottlingException", message="Slow down")

    assert error(later, deployed, {**inputs, "modelArn": other}) == (
        f'Throttled: deployment "{name(deployed)}": AWS said: Slow down. Run the command again, with a smaller '
        "--parallel, or raise aws:maxRetries."
    )
    assert 120 <= sum(clock.slept) <= 150


def test_deployment_that_is_gone_is_an_error_that_says_so(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)

    assert error(later, deployed, {**inputs, "modelArn": other}) == (
        f'ResourceNotFound: deployment "{name(deployed)}": AWS does not find {deployed.id}. Run `pulumi up --refresh`, '
        "which creates it again."
    )
    said = error(later, deployed, {**inputs, "tags": None, "tagsAll": None})
    assert said.startswith("ResourceNotFound: ")
    assert said.endswith("Run `pulumi up --refresh`, which creates it again.")


def test_deployment_that_failed_since_is_an_error_that_says_what_replaces_it(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_status(deployed.id, "Failed", failure_message="Lost capacity")

    assert error(later, deployed, {**inputs, "modelArn": other}) == (
        f'DeploymentFailed: deployment "{name(deployed)}": its status is Failed, so it can\'t be updated in place. AWS '
        "said: Lost capacity. Run `pulumi up --refresh`, which replaces it."
    )
    assert UPDATE not in local_bedrock.counts()


def test_update_that_does_not_end_is_a_timeout_and_is_joined_by_the_next_run(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_activation(manual=True)
    news = {**inputs, "modelArn": other, "timeouts": {"update": "90m"}}

    assert error(later, deployed, news) == (
        f'WaitTimeout: deployment "{name(deployed)}": the update to {other} is still Updating after 90 min; AWS '
        "continues it, and the old model serves until then. Run `pulumi up` again to wait for it, with a longer "
        "custom_timeouts update; if the program goes back to the old model, run `pulumi up --refresh`."
    )
    assert sum(clock.slept) == pytest.approx(90 * 60)
    capsys.readouterr()

    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))
    later.update(deployed.id, deployed.outputs, news)
    assert local_bedrock.counts()[UPDATE] == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        f"Updating; joining the update that is under way: {name(deployed)}"
    )


def test_update_that_an_earlier_run_finished_is_not_asked_for_again(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    start_update(local_bedrock, deployed.id, other)
    local_bedrock.clear_requests()

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert local_bedrock.counts() == {"GetCustomModel": 1, "GetCustomModelDeployment": 1}


@pytest.mark.parametrize("outcome", ["UpdateCompleted", "UpdateFailed"])
def test_update_of_somebody_else_is_waited_for_first(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
    outcome: str,
) -> None:
    theirs = local_bedrock.create_custom_model("theirs")
    local_bedrock.add_fault(operation=UPDATE, kind="activation", outcome="never", count=1)
    start_update(local_bedrock, deployed.id, theirs)
    local_bedrock.clear_requests()
    clock.after(100, lambda: local_bedrock.set_update_status(deployed.id, outcome))

    later.update(deployed.id, deployed.outputs, {**inputs, "modelArn": other})

    assert live(local_bedrock)["modelArn"] == other
    assert [asked["error"] for asked in local_bedrock.requests() if asked["operation"] == UPDATE] == [None]
    assert f"Updating to {theirs}, waiting for UpdateCompleted (0 s of 60 min)" in capsys.readouterr().out


def test_update_of_somebody_else_that_does_not_end_is_a_timeout(
    later: DynamicHost, deployed: Stored, inputs: dict[str, Any], other: str, local_bedrock: LocalBedrock
) -> None:
    theirs = local_bedrock.create_custom_model("theirs")
    local_bedrock.set_activation(manual=True)
    start_update(local_bedrock, deployed.id, theirs)

    assert error(later, deployed, {**inputs, "modelArn": other}) == (
        f'WaitTimeout: deployment "{name(deployed)}": the update to {other} could not start after 60 min, since the '
        f"deployment is Updating to {theirs}. Run `pulumi up` again, with a longer custom_timeouts update."
    )


# going back


def test_read_reports_the_model_that_is_coming(
    later: DynamicHost, deployed: Stored, other: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(manual=True)
    start_update(local_bedrock, deployed.id, other)

    read = later.read(deployed.id, deployed.outputs)

    assert read.outputs == {**with_model(deployed, local_bedrock, other), "updateStatus": "Updating"}
    assert read.inputs is not None
    assert (read.inputs["modelArn"], read.inputs["updateInPlace"]) == (other, True)
    assert "updateStatus" not in read.inputs


def test_update_that_a_refresh_found_is_waited_for_also_when_the_model_is_the_wanted_one(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.set_activation(manual=True)
    start_update(local_bedrock, deployed.id, other)
    local_bedrock.clear_requests()
    refreshed = later.read(deployed.id, deployed.outputs).outputs
    news = {**inputs, "modelArn": other}

    answer = later.diff(refreshed, news)
    assert (answer.changes, answer.replaces) == (True, [])
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))
    updated = later.update(deployed.id, refreshed, news)

    assert live(local_bedrock)["modelArn"] == other
    assert updated.outputs == with_model(deployed, local_bedrock, other)
    assert UPDATE not in local_bedrock.counts()
    assert not later.diff(updated.outputs, news).changes


def test_program_that_went_back_is_repaired_after_a_refresh(
    later: DynamicHost,
    deployed: Stored,
    inputs: dict[str, Any],
    other: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    local_bedrock.set_activation(manual=True)
    start_update(local_bedrock, deployed.id, other)
    refreshed = later.read(deployed.id, deployed.outputs).outputs

    assert later.diff(refreshed, inputs).changes
    clock.after(60, lambda: local_bedrock.set_activation(seconds=0))
    updated = later.update(deployed.id, refreshed, inputs)

    assert live(local_bedrock)["modelArn"] == inputs["modelArn"]
    assert updated.outputs == with_model(deployed, local_bedrock, inputs["modelArn"])
