"""AWS_BEARER_TOKEN_BEDROCK in the environment: calls are signed with the stack's credentials, over HTTP and HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from dynamic_host import DynamicHost, HostError
from listener import Listener
from pulumi_bedrock import serialized
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.configuration import AwsConfiguration

KEYS = {"aws:accessKey": "stack-key", "aws:secretKey": "stack-secret"}
NO_CREDENTIALS = (
    "no AWS credentials were found. AWS_BEARER_TOKEN_BEDROCK is not used, because the account of a Bedrock "
    "API key can't be verified. Set aws:profile in the stack's configuration, AWS_PROFILE or AWS_ACCESS_KEY_ID in the "
    "environment, or sign in with `aws sso login`."
)


@pytest.fixture(autouse=True, params=["http", "https"])
def listener(
    request: pytest.FixtureRequest,
    local_bedrock_in_environment: None,
    local_bedrock: LocalBedrock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Listener]:
    """Where all calls arrive: an API key is in the environment, of another account."""
    with Listener(local_bedrock, tmp_path if request.param == "https" else None) as found:
        for name, value in found.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-of-another-account")
        yield found
    pulumi.runtime.set_all_config({})


def test_stack_s_key_signs_every_call_of_a_deployment(
    listener: Listener, start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    up = start_host({**KEYS, "aws:allowedAccountIds": '["123456789012"]'})
    created = up.create(inputs)
    updated = up.update(created.id, created.outputs, {**inputs, "tagsAll": {"a": "b"}, "updateInPlace": True})
    refreshed = start_host(KEYS).read(created.id, updated.outputs)
    start_host(KEYS).delete(created.id, refreshed.outputs)
    gone = start_host(KEYS).read(created.id, refreshed.outputs)

    assert (refreshed.id, gone.id, local_bedrock.deployments()) == (created.id, "", [])
    paths = {call for call, _ in listener.calls}
    assert {"POST /", "POST /model-customization/custom-model-deployments", "POST /tagResource"} <= paths
    assert f"DELETE /model-customization/custom-model-deployments/{created.id}" in paths
    assert listener.signers == {"stack-key"}


def test_stack_s_key_signs_the_other_resources_calls(
    listener: Listener, start_host: Callable[..., DynamicHost], inputs: dict[str, Any]
) -> None:
    arn = start_host(KEYS).create(inputs).id
    listener.calls.clear()

    start_host(KEYS, make=serialized.invocation).create({"modelId": arn, "prompt": "Hello"})
    with pytest.raises(HostError, match="ResourceNotFound"):
        start_host(KEYS, make=serialized.trained_model).create({"jobIdentifier": "job"})

    assert [call.rpartition("/")[2] for call, _ in listener.calls] == ["converse", "job"]
    assert listener.signers == {"stack-key"}


def test_stack_s_key_signs_lookups(
    listener: Listener, start_host: Callable[..., DynamicHost], inputs: dict[str, Any]
) -> None:
    arn = start_host(KEYS).create(inputs).id
    listener.calls.clear()
    pulumi.runtime.set_all_config(KEYS)

    assert bedrock.get_custom_model_deployment(arn).custom_model_deployment_arn == arn

    assert len(listener.calls) == 2
    assert listener.signers == {"stack-key"}


@pytest.mark.parametrize("source", ["environment", "profile", "role"])
def test_credentials_that_boto3_finds_or_fetches_sign_the_call(
    source: str, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "environment-key")
    # A profile that prefers API keys: what is set here comes first.
    shared = tmp_path / "config"
    shared.write_text(
        "[profile work]\naws_access_key_id = work-key\naws_secret_access_key = s\n"
        "auth_scheme_preference = httpBearerAuth\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(shared))
    roles = ({"roleArn": "arn:aws:iam::123456789012:role/deployer"},) if source == "role" else ()
    profile = "work" if source == "profile" else None

    clients = Clients(AwsConfiguration(profile=profile, assume_roles=roles))
    clients.bedrock("us-east-1").list_custom_model_deployments()

    signer = {"environment": "environment-key", "profile": "work-key", "role": "ASIA"}[source]  # one that STS made
    assert listener.calls[-1][1].startswith(f"AWS4-HMAC-SHA256 Credential={signer}")


def test_api_key_alone_calls_nothing_and_keeps_the_state(
    listener: Listener,
    start_host: Callable[..., DynamicHost],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    created = start_host().create(inputs)
    before = local_bedrock.deployments()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    listener.calls.clear()
    invocation = start_host(make=serialized.invocation)

    for call in (
        lambda: start_host().create({**inputs, "modelDeploymentName": "other"}),
        lambda: start_host().read(created.id, created.outputs),
        lambda: start_host().delete(created.id, created.outputs),
        lambda: invocation.create({"modelId": created.id, "prompt": "Hello"}),
    ):
        with pytest.raises(HostError) as failure:
            call()
        assert str(failure.value).startswith("CredentialsMissing: ")
        assert str(failure.value).rstrip().endswith(NO_CREDENTIALS)
    with pytest.raises(bedrock.errors.CredentialsMissing, match="AWS_BEARER_TOKEN_BEDROCK is not used"):
        bedrock.get_custom_model_deployment(created.id)

    assert listener.calls == []
    assert local_bedrock.deployments() == before


def test_local_bedrock_s_own_client_ignores_the_api_key(local_bedrock: LocalBedrock) -> None:
    assert local_bedrock.client("bedrock").list_custom_model_deployments()["modelDeploymentSummaries"] == []
