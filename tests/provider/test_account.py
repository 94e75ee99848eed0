"""Which account is called: not-found in another account, and guards; no STS call without need."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock
from scenarios.sts import FakeSts
from unit.sent_requests import Sent, record

OWN, OTHER = "123456789012", "210987654321"
STS = "AWS_ENDPOINT_URL_STS"
ATTEMPTS = ["GetCallerIdentity"] * 5


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out botocore's pauses between attempts."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.fixture
def sent(deployed: Stored, monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """What leaves this process after the deployment was created."""
    return record(monkeypatch)


@pytest.fixture
def deleted(deployed: Stored, local_bedrock: LocalBedrock) -> Stored:
    """A deployment in the state that somebody has deleted outside of Pulumi."""
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)
    return deployed


@pytest.fixture
def sign_in_elsewhere(local_bedrock: LocalBedrock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Gives hosts that are started from then on the credentials of another account."""

    def sign_in() -> None:
        sts = local_bedrock.client("sts")
        role = sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/other", RoleSessionName="other")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", role["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", role["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", role["SessionToken"])

    return sign_in


def failure(call: Callable[..., Any], *arguments: Any) -> str:
    """The one line that a failing call shows."""
    with pytest.raises(HostError) as raised:
        call(*arguments)
    line = str(raised.value).removesuffix("\n")
    assert "\n" not in line
    return line


def actions(sent: list[Sent]) -> list[str]:
    """The STS calls, by action."""
    return [request.query["Action"] for request in sent if request.service == "sts"]


# A not-found


@pytest.mark.parametrize("method", ["read", "delete"])
def test_not_found_with_another_account_s_credentials_keeps_the_state(
    method: str,
    deployed: Stored,
    local_bedrock: LocalBedrock,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
    sign_in_elsewhere: Callable[[], None],
) -> None:
    sign_in_elsewhere()
    sent.clear()

    line = failure(getattr(start_host({"aws:region": "eu-west-1"}), method), deployed.id, deployed.outputs)

    assert line == (
        f"WrongAccount: deployment {deployed.id}: AWS does not find it with the credentials of account {OTHER}, "
        f"because it is in account {OWN}. It stays in the state. Run again with credentials of {OWN}."
    )
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [deployed.id]
    assert [(request.service, request.region) for request in sent] == [("bedrock", "us-east-1"), ("sts", "us-east-1")]


@pytest.mark.parametrize("change", [{"modelArn": "another"}, {"tagsAll": {"a": "b"}}], ids=["model", "tags"])
def test_update_in_place_with_another_account_s_credentials_is_the_same_error(
    change: dict[str, Any],
    inputs: dict[str, Any],
    deployed: Stored,
    local_bedrock: LocalBedrock,
    start_host: Callable[..., DynamicHost],
    sign_in_elsewhere: Callable[[], None],
) -> None:
    before = local_bedrock.deployments()
    sign_in_elsewhere()

    line = failure(start_host().update, deployed.id, deployed.outputs, {**inputs, **change, "updateInPlace": True})

    assert line == (
        f"WrongAccount: deployment {deployed.id}: AWS does not find it with the credentials of account {OTHER}, "
        f"because it is in account {OWN}. It stays in the state. Run again with credentials of {OWN}."
    )
    assert local_bedrock.deployments() == before


def test_deployment_deleted_outside_is_gone_after_one_sts_call(
    deleted: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host()
    assert host.read(deleted.id, deleted.outputs).id == ""
    host.delete(deleted.id, deleted.outputs)
    host.delete(deleted.id, deleted.outputs)

    assert actions(sent) == ["GetCallerIdentity"]


def test_delete_that_aws_accepts_calls_no_sts(
    deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host()
    host.delete(deployed.id, deployed.outputs)

    assert host.read(deployed.id, deployed.outputs).id == "", "its delete was accepted in this run"
    assert actions(sent) == []


def test_delete_that_is_invalid_with_another_account_s_credentials_keeps_the_state(
    deployed: Stored,
    local_bedrock: LocalBedrock,
    start_host: Callable[..., DynamicHost],
    sign_in_elsewhere: Callable[[], None],
) -> None:
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="ValidationException", message="Odd.")
    sign_in_elsewhere()

    line = failure(start_host().delete, deployed.id, deployed.outputs)

    assert line.startswith(f"WrongAccount: deployment {deployed.id}: AWS does not find it with the credentials of")
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [deployed.id]


def test_delete_that_waits_for_an_earlier_one_calls_no_sts(
    deployed: Stored,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
) -> None:
    running = local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="ConflictException")

    def end_deletion() -> None:
        local_bedrock.clear_faults(running)
        local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)

    clock.after(20, end_deletion)

    start_host().delete(deployed.id, deployed.outputs)

    assert actions(sent) == []


def test_deployment_that_this_run_has_read_is_gone_without_an_sts_call(
    deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost], local_bedrock: LocalBedrock
) -> None:
    host = start_host()
    host.read(deployed.id, deployed.outputs)
    local_bedrock.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=deployed.id)
    sent.clear()

    host.delete(deployed.id, deployed.outputs)

    assert actions(sent) == []


def test_without_sts_the_state_is_kept(
    deleted: Stored,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
    monkeypatch: pytest.MonkeyPatch,
    unused_port: int,
) -> None:
    monkeypatch.setenv(STS, f"http://127.0.0.1:{unused_port}")
    host = start_host({"aws:maxRetries": "7"})

    lines = {failure(host.read, deleted.id, deleted.outputs), failure(host.delete, deleted.id, deleted.outputs)}

    assert lines == {
        f"AccountUnknown: deployment {deleted.id}: AWS does not find it with these credentials. They may be of another "
        f"account than {OWN}, which could not be checked: no answer to sts:GetCallerIdentity: Could not connect to the "
        f'endpoint URL: "http://127.0.0.1:{unused_port}/". Check the network, aws:endpoints and AWS_ENDPOINT_URL. It '
        "stays in the state. Make STS reachable (AWS_ENDPOINT_URL_STS). Or, if the credentials are right, turn this "
        "check off: `pulumi config set aws:skipRequestingAccountId true`, then run again with --run-program."
    }
    assert actions(sent) == ATTEMPTS, "for both"


def test_throttled_sts_keeps_the_state_and_advises_no_setting(
    deleted: Stored, start_host: Callable[..., DynamicHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = start_host()
    with FakeSts(OWN, refusals=["Throttling"] * 5) as sts:
        monkeypatch.setenv(STS, sts.endpoint_url)

        assert failure(host.delete, deleted.id, deleted.outputs) == (
            f"AccountUnknown: deployment {deleted.id}: AWS does not find it with these credentials. They may be of "
            f"another account than {OWN}, which could not be checked: AWS said: Not from here. Run the command again. "
            "It stays in the state."
        )


def test_skip_requesting_account_id_believes_a_not_found(
    deleted: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host({"aws:skipRequestingAccountId": "true"})
    assert host.read(deleted.id, deleted.outputs).id == ""
    host.delete(deleted.id, deleted.outputs)

    assert actions(sent) == []


def test_get_of_a_missing_deployment_calls_no_sts(
    deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    missing = deployed.id[:-4] + "none"

    assert failure(start_host().read, missing).startswith(f"ResourceNotFound: there is no deployment {missing}")
    assert actions(sent) == []


def test_assumed_role_s_account_is_known_without_get_caller_identity(
    deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host({"aws:assumeRoles": json.dumps([{"roleArn": f"arn:aws:iam::{OTHER}:role/deployer"}])})

    assert f"of account {OTHER}" in failure(host.delete, deployed.id, deployed.outputs)
    assert actions(sent) == ["AssumeRole"]


def test_account_id_in_the_environment_is_not_believed(
    deployed: Stored,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
    sign_in_elsewhere: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in_elsewhere()
    monkeypatch.setenv("AWS_ACCOUNT_ID", OWN)

    assert f"of account {OTHER}" in failure(start_host().delete, deployed.id, deployed.outputs)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_trained_model_is_forgotten_only_in_its_own_account(
    elsewhere: bool,
    model_arn: str,
    local_bedrock: LocalBedrock,
    start_host: Callable[..., DynamicHost],
    sign_in_elsewhere: Callable[[], None],
) -> None:
    state = {"jobIdentifier": "job", "modelArn": model_arn, "modelName": "support", "modelStatus": "Active"}
    if elsewhere:
        sign_in_elsewhere()
        line = failure(start_host(make=serialized.trained_model).read, model_arn, state)
        assert line.startswith(f"WrongAccount: custom model {model_arn}: AWS does not find it")
    else:
        local_bedrock.client("bedrock").delete_custom_model(modelIdentifier=model_arn)
        assert start_host(make=serialized.trained_model).read(model_arn, state).id == ""


# Guards


ALLOWED = {"aws:allowedAccountIds": json.dumps([OTHER, "000000000001"])}
FORBIDDEN = {"aws:forbiddenAccountIds": json.dumps([OWN])}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (ALLOWED, "aws:allowedAccountIds doesn't list it"),
        (FORBIDDEN, "aws:forbiddenAccountIds lists it"),
    ],
    ids=["allowed", "forbidden"],
)
@pytest.mark.parametrize("method", ["create", "read", "delete"])
def test_guard_refuses_an_account_before_any_other_call(
    setting: dict[str, str],
    said: str,
    method: str,
    inputs: dict[str, Any],
    deployed: Stored,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
) -> None:
    arguments = [inputs] if method == "create" else [deployed.id, deployed.outputs]

    assert failure(getattr(start_host(setting), method), *arguments) == (
        f"WrongAccount: the credentials are of account {OWN}, and {said}. Nothing was changed. Use the credentials of "
        "another account."
    )
    assert [request.service for request in sent] == ["sts"]


@pytest.mark.parametrize("make", [serialized.invocation, serialized.trained_model])
def test_guard_holds_for_the_other_resources(
    make: Any, deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    inputs = {"modelId": deployed.id, "prompt": "Hi"} if make is serialized.invocation else {"jobIdentifier": "job"}

    assert failure(start_host(ALLOWED, make=make).create, inputs).startswith("WrongAccount: the credentials are of")
    assert [request.service for request in sent] == ["sts"]


@pytest.mark.parametrize("setting", ["allowedAccountIds", "forbiddenAccountIds"])
def test_guard_lets_the_right_account_pass_after_one_sts_call(
    setting: str, inputs: dict[str, Any], deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host({f"aws:{setting}": json.dumps([OWN if setting == "allowedAccountIds" else OTHER])})
    created = host.create(inputs)
    host.read(created.id, created.outputs)

    assert actions(sent) == ["GetCallerIdentity"]


def test_guard_calls_nothing_in_a_preview(
    inputs: dict[str, Any], deployed: Stored, sent: list[Sent], start_host: Callable[..., DynamicHost]
) -> None:
    host = start_host(ALLOWED)
    host.diff(deployed.outputs, host.check(inputs, inputs).inputs)

    assert sent == []


def test_guard_without_sts_fails(
    inputs: dict[str, Any],
    deployed: Stored,
    sent: list[Sent],
    start_host: Callable[..., DynamicHost],
    monkeypatch: pytest.MonkeyPatch,
    unused_port: int,
) -> None:
    monkeypatch.setenv(STS, f"http://127.0.0.1:{unused_port}")

    assert failure(start_host(ALLOWED).create, inputs) == (
        "AccountUnknown: aws:allowedAccountIds is set, but the account of the credentials is unknown: no answer to "
        f'sts:GetCallerIdentity: Could not connect to the endpoint URL: "http://127.0.0.1:{unused_port}/". Check the '
        "network, aws:endpoints and AWS_ENDPOINT_URL. Nothing was changed."
    )
    assert [request.service for request in sent] == ["sts"] * len(ATTEMPTS)


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "RequestLimitExceeded"])
def test_guard_waits_until_sts_no_longer_throttles(
    code: str, inputs: dict[str, Any], start_host: Callable[..., DynamicHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeSts(OTHER, refusals=[code] * 4) as sts:
        monkeypatch.setenv(STS, sts.endpoint_url)

        assert start_host(ALLOWED).create(inputs).id

    assert len(sts.requests) == 5


def test_guard_whose_request_stays_throttled_fails_without_advice_to_remove_it(
    inputs: dict[str, Any],
    start_host: Callable[..., DynamicHost],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = start_host(ALLOWED)
    with FakeSts(OTHER, refusals=["Throttling"] * 5) as sts:
        monkeypatch.setenv(STS, sts.endpoint_url)

        lines = {failure(host.create, inputs) for _ in range(2)}

    assert lines == {
        "AccountUnknown: aws:allowedAccountIds is set, but the account of the credentials is unknown: AWS said: Not "
        "from here. Run the command again. Nothing was changed."
    }
    assert len(sts.requests) == 5
    assert local_bedrock.counts() == {}
