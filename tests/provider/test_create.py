"""Create: one call with one token, then a wait until the deployment serves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock


def activate_all(local_bedrock: LocalBedrock) -> None:
    for deployment in local_bedrock.deployments():
        local_bedrock.set_status(deployment["customModelDeploymentArn"], "Active")


def test_create_sends_declared_inputs(host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock) -> None:
    created = host.create(
        {**inputs, "description": "Answers tickets", "tags": {"a": "1"}, "tagsAll": {"a": "1", "b": "2"}}
    )

    [live] = local_bedrock.deployments()
    assert created.id == live["customModelDeploymentArn"]
    assert live["modelArn"] == inputs["modelArn"]
    assert live["description"] == "Answers tickets"
    assert live["tags"] == {"a": "1", "b": "2"}
    assert live["status"] == "Active"


def test_outputs_hold_inputs_and_aws_values(host: DynamicHost, inputs: dict[str, Any]) -> None:
    given = {
        **inputs,
        "description": "Answers tickets",
        "tags": {"a": "1"},
        "tagsAll": {"a": "1", "b": "2"},
        "clientRequestToken": "token-1",
        "timeouts": {"create": "45m"},
    }

    created = host.create(given)

    assert created.outputs == {
        **given,
        "modelDeploymentName": created.outputs["modelDeploymentName"],
        "__autoNamed": True,
        "customModelDeploymentArn": created.id,
        "status": "Active",
        "createdAt": created.outputs["createdAt"],
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", created.outputs["createdAt"])


def test_automatic_name_starts_with_logical_name(host: DynamicHost, inputs: dict[str, Any]) -> None:
    created = host.create(inputs)

    assert re.fullmatch(r"support-bot-[0-9a-f]{7}", created.outputs["modelDeploymentName"])
    assert created.outputs["__autoNamed"] is True


def test_automatic_names_differ(host: DynamicHost, inputs: dict[str, Any]) -> None:
    names = {host.create(inputs).outputs["modelDeploymentName"] for _ in range(5)}

    assert len(names) == 5


def test_given_name_is_sent_unchanged(host: DynamicHost, inputs: dict[str, Any]) -> None:
    created = host.create({**inputs, "modelDeploymentName": "fixed"})

    assert created.outputs["modelDeploymentName"] == "fixed"
    assert created.outputs["__autoNamed"] is False


def test_create_retries_after_lost_response_without_second_deployment(
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="close", when="after", count=1)

    created = start_host().create(inputs)

    [live] = local_bedrock.deployments()
    assert live["customModelDeploymentArn"] == created.id
    assert local_bedrock.counts()["CreateCustomModelDeployment"] == 2


def test_given_token_is_sent(host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock) -> None:
    """The same token again, by boto3 itself, is answered with the deployment that it made."""
    created = host.create({**inputs, "clientRequestToken": "token-1"})

    again = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="another", modelArn=inputs["modelArn"], clientRequestToken="token-1"
    )

    assert again["customModelDeploymentArn"] == created.id


def test_create_without_token_sends_new_token(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    first, second = host.create(inputs), host.create(inputs)

    assert first.id != second.id
    assert "clientRequestToken" not in first.outputs
    assert len(local_bedrock.deployments()) == 2


def test_create_returns_when_active_and_reports_progress(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_activation(manual=True)
    clock.after(90, lambda: activate_all(local_bedrock))

    created = host.create({**inputs, "modelDeploymentName": "fixed"})

    assert created.outputs["status"] == "Active"
    *waiting, done = capsys.readouterr().out.splitlines()
    seconds = [int(re.sub(r".*\((\d+) s of 60 min\).*", r"\1", line)) for line in waiting]
    assert waiting[0] == "Creating, waiting for Active (0 s of 60 min): fixed"
    assert len(waiting) == 3
    assert all(30 <= later - earlier <= 40 for earlier, later in itertools.pairwise(seconds))
    assert re.fullmatch(r"Active after (9\d|10\d) s: fixed", done)


def test_create_waits_for_creating_model(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_status(inputs["modelArn"], "Creating")
    clock.after(60, lambda: local_bedrock.set_status(inputs["modelArn"], "Active"))

    created = host.create({**inputs, "modelDeploymentName": "fixed"})

    assert created.outputs["status"] == "Active"
    assert local_bedrock.counts()["CreateCustomModelDeployment"] == 1
    assert "model Creating, waiting for its custom model (0 s of 60 min): fixed" in capsys.readouterr().out


def test_create_with_failed_model_fails(host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(inputs["modelArn"], "Failed", failure_message="The training data is empty.")

    with pytest.raises(HostError) as failure:
        host.create({**inputs, "modelDeploymentName": "fixed"})

    said = str(failure.value)
    assert said.startswith(f'ModelFailed: deployment "fixed": the custom model {inputs["modelArn"]} is Failed.')
    assert "Nothing was created" in said
    assert "CreateCustomModelDeployment" not in local_bedrock.counts()


def test_create_times_out_when_model_stays_creating(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_status(inputs["modelArn"], "Creating")

    with pytest.raises(HostError) as failure:
        host.create({**inputs, "modelDeploymentName": "fixed", "timeouts": {"create": "5m"}})

    assert str(failure.value).strip() == (
        f'WaitTimeout: deployment "fixed": the custom model {inputs["modelArn"]} was not Active after 5 min. '
        "Nothing was created. Run `pulumi up` again, with a longer custom_timeouts create."
    )
    assert sum(clock.slept) == pytest.approx(300)
    assert "CreateCustomModelDeployment" not in local_bedrock.counts()


def test_create_proceeds_when_get_custom_model_is_denied(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="GetCustomModel", error="AccessDeniedException")

    assert host.create(inputs).outputs["status"] == "Active"


def test_waits_for_model_and_deployment_share_one_timeout(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_activation(manual=True)
    local_bedrock.set_status(inputs["modelArn"], "Creating")
    clock.after(200, lambda: local_bedrock.set_status(inputs["modelArn"], "Active"))

    with pytest.raises(HostError, match=r"WaitTimeout: .* still Creating after 5 min"):
        host.create({**inputs, "timeouts": {"create": "5m"}})

    assert sum(clock.slept) == pytest.approx(300)


def test_create_waits_for_deployment_that_is_not_visible_yet(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="stale", count=1, reads=3)

    assert host.create(inputs).outputs["status"] == "Active"


def test_create_fails_when_deployment_is_not_visible_after_30_seconds(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.add_fault(operation="CreateCustomModelDeployment", kind="stale", count=1, reads=10**6)

    with pytest.raises(HostError, match=r"ResourceNotFound: .* AWS does not find arn:aws:bedrock:\S+"):
        host.create(inputs)

    assert 30 < sum(clock.slept) < 40
