"""`StackIdentity` in the host: create returns a random ID, delete reports what the stack has left unfinished."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """A host process for `StackIdentity` resources."""
    return start_host(make=serialized.identity)


@pytest.fixture
def unfinished(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> dict[str, Any]:
    """The unfinished deployment of a stack with the identity `b7d6`."""
    local_bedrock.set_activation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        start_host().create({**inputs, "timeouts": {"create": "1m"}})
    [left] = local_bedrock.deployments()
    return left


def test_identities_differ_and_need_no_aws(host: DynamicHost, local_bedrock: LocalBedrock) -> None:
    assert host.create({}).id != host.create({}).id
    assert local_bedrock.requests() == []


def test_identity_never_changes(host: DynamicHost) -> None:
    assert not host.diff({}, {}).changes


def test_delete_of_identity_names_unfinished_deployments(
    host: DynamicHost, unfinished: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    host.delete("b7d6", {})

    arn, name = unfinished["customModelDeploymentArn"], unfinished["modelDeploymentName"]
    assert capsys.readouterr().out == (
        f"{name}: Creating; this stack created it and never finished it. If it isn't needed, once it is "
        "Active: aws bedrock delete-custom-model-deployment --region us-east-1 "
        f"--custom-model-deployment-identifier {arn}\n"
    )
    assert len(local_bedrock.deployments()) == 1


def test_delete_of_identity_does_not_claim_deployment_with_copied_mark(
    host: DynamicHost, unfinished: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    bedrock = local_bedrock.client("bedrock")
    local_bedrock.set_activation()
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=unfinished["customModelDeploymentArn"])
    tags = [{"key": key, "value": value} for key, value in unfinished["tags"].items()]
    bedrock.create_custom_model_deployment(
        modelDeploymentName="support-bot-1a2b3c4", modelArn=unfinished["modelArn"], tags=tags
    )
    capsys.readouterr()

    host.delete("b7d6", {})

    assert capsys.readouterr().out == ""
    assert len(local_bedrock.deployments()) == 1


def test_delete_of_identity_ignores_other_stack(
    host: DynamicHost, unfinished: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    host.delete("another", {})

    assert capsys.readouterr().out == ""


def test_delete_of_identity_with_denied_list_warns_and_succeeds(
    host: DynamicHost, local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    local_bedrock.add_fault(operation="ListCustomModelDeployments", error="AccessDeniedException", message="No.")

    host.delete("b7d6", {})

    said = capsys.readouterr().out
    assert said.startswith("can't search for deployments that this stack left unfinished: us-east-1: AWS said: No. ")


def test_delete_of_identity_names_unfinished_models(
    host: DynamicHost,
    model_host: DynamicHost,
    model_inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    local_bedrock.set_model_creation(manual=True)
    with pytest.raises(HostError, match="WaitTimeout"):
        model_host.create({**model_inputs, "timeouts": {"create": "1m"}})
    [left] = local_bedrock.custom_models()
    capsys.readouterr()

    host.delete("b7d6", {})

    assert capsys.readouterr().out == (
        f"{left['modelName']}: Creating; this stack created it and never finished it. If it isn't needed, once it is "
        f"Active: aws bedrock delete-custom-model --region us-east-1 --model-identifier {left['modelArn']}\n"
    )
    assert len(local_bedrock.custom_models()) == 1


@pytest.mark.parametrize("has_models", [True, False])
def test_delete_of_identity_tells_of_denied_list_of_models_only_if_the_stack_has_some(
    start_host: Callable[..., DynamicHost],
    model_inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
    has_models: bool,
) -> None:
    """A stack that has none can do without the permission."""
    models = start_host(make=serialized.custom_model)
    if has_models:
        models.check(model_inputs)
    local_bedrock.add_fault(operation="ListCustomModels", error="AccessDeniedException", message="No.")

    start_host(make=serialized.identity, process=models.process).delete("b7d6", {})

    said = capsys.readouterr().out
    assert said.startswith("can't search for custom models that this stack left unfinished: us-east-1: ") is has_models
    assert bool(said) is has_models


@pytest.mark.parametrize("config", [{"aws:region": ""}, {"aws:profile": "nobody"}, {"aws:endpoints": "no json"}])
def test_delete_of_identity_with_invalid_settings_succeeds(
    start_host: Callable[..., DynamicHost], config: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    start_host({"aws:region": "", **config}, make=serialized.identity).delete("b7d6", {})
