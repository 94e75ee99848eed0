"""Deletes of custom models, also of one that is in use, and models beside deployments in one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from custom_models import artifacts
from dynamic_host import DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

CREATE, DELETE, IN_USE = "CreateCustomModel", "DeleteCustomModel", "ListCustomModelDeployments"


@pytest.fixture
def later(start_host: Callable[..., DynamicHost], made: Stored, local_bedrock: LocalBedrock) -> DynamicHost:
    """The host process of a later run than the one that created."""
    local_bedrock.clear_requests()
    return start_host(make=serialized.custom_model)


def deploy(local_bedrock: LocalBedrock, model: Stored, name: str) -> str:
    """Somebody deploys a model; the deployment's ARN."""
    client = local_bedrock.client("bedrock")
    made = client.create_custom_model_deployment(modelDeploymentName=name, modelArn=model.id)
    return str(made["customModelDeploymentArn"])


def failure_of(call: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(HostError) as failure:
        call(*arguments)
    return str(failure.value).strip()


def test_delete_returns_when_model_is_gone(later: DynamicHost, made: Stored, local_bedrock: LocalBedrock) -> None:
    later.delete(made.id, made.outputs)

    assert local_bedrock.custom_models() == []
    assert local_bedrock.counts()[DELETE] == 1
    assert IN_USE not in local_bedrock.counts(), "only a refusal asks who uses it"


def test_delete_of_missing_model_succeeds(later: DynamicHost, made: Stored, local_bedrock: LocalBedrock) -> None:
    local_bedrock.client("bedrock").delete_custom_model(modelIdentifier=made.id)

    later.delete(made.id, made.outputs)


def test_delete_waits_until_the_model_is_no_longer_in_use_and_names_its_deployments(
    later: DynamicHost,
    made: Stored,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployments = [deploy(local_bedrock, made, name) for name in ("sales", "bot")]
    client = local_bedrock.client("bedrock")
    for arn in deployments:
        clock.after(60, lambda arn=arn: client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn))

    later.delete(made.id, made.outputs)

    assert local_bedrock.custom_models() == []
    said, name = capsys.readouterr().out, made.outputs["modelName"]
    assert f"in use by bot, sales, waiting for its deletion (0 s of 20 min): {name}" in said


@pytest.mark.parametrize("contradicted", ["", "model-in-use"], ids=["Conflict", "ValidationException"])
def test_model_that_stays_in_use_is_a_timeout_that_names_its_deployments(
    later: DynamicHost, made: Stored, local_bedrock: LocalBedrock, contradicted: str
) -> None:
    deploy(local_bedrock, made, "bot")
    if contradicted:
        local_bedrock.contradict(contradicted)

    said = failure_of(later.delete, made.id, made.outputs)

    assert said == (
        f"WaitTimeout: custom model {made.id}: still exists after 20 min; AWS has not accepted the deletion, since it "
        "is in use by bot. Delete what uses it, then run the command again."
    )
    assert len(local_bedrock.custom_models()) == 1


def test_model_in_use_is_waited_for_also_where_its_deployments_cannot_be_listed(
    later: DynamicHost, made: Stored, local_bedrock: LocalBedrock
) -> None:
    deploy(local_bedrock, made, "bot")
    local_bedrock.add_fault(operation=IN_USE, error="AccessDeniedException")

    said = failure_of(later.delete, made.id, {**made.outputs, "timeouts": {"delete": "5m"}})

    assert "still exists after 5 min; AWS has not accepted the deletion." in said
    assert "The last error was Conflict: AWS said: The custom model" in said


def test_deployment_that_is_updated_to_the_model_uses_it(
    later: DynamicHost, made: Stored, model_arn: str, local_bedrock: LocalBedrock
) -> None:
    """AWS lists the deployment with its old model while the update runs."""
    client = local_bedrock.client("bedrock")
    client.create_custom_model_deployment(modelDeploymentName="bot", modelArn=model_arn)
    local_bedrock.add_fault(operation="UpdateCustomModelDeployment", kind="activation", outcome="never", count=1)
    client.update_custom_model_deployment(customModelDeploymentIdentifier="bot", modelArn=made.id)

    said = failure_of(later.delete, made.id, {**made.outputs, "timeouts": {"delete": "5m"}})

    assert "still exists after 5 min; AWS has not accepted the deletion" in said
    assert len(local_bedrock.custom_models()) == 2


# The guard


def test_model_and_deployment_with_one_logical_name_do_not_disturb_each_other(
    start_host: Callable[..., DynamicHost],
    made: Stored,
    model_inputs: dict[str, Any],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
) -> None:
    """The model's replacement fails, so the old model is kept; the deployment of that name is deleted all the same."""
    old = start_host().create(inputs)
    host = start_host()
    models = start_host(make=serialized.custom_model, process=host.process)
    changed = {**model_inputs, "modelSourceConfig": artifacts(2)}
    models.check(changed, model_inputs)
    models.diff(made.outputs, changed, resource_id=made.id)
    local_bedrock.add_fault(operation=CREATE, error="AccessDeniedException", count=2)
    failure_of(models.create, changed)

    refused = failure_of(models.delete, made.id, made.outputs)
    host.delete(old.id, old.outputs)

    assert refused.startswith(f'DeleteRefused: custom model "{made.outputs["modelName"]}": kept, because a create of')
    assert made.id in {model["modelArn"] for model in local_bedrock.custom_models()}
    assert local_bedrock.deployments() == []


def test_model_and_deployment_left_with_one_logical_name_are_each_resumed(
    start_host: Callable[..., DynamicHost],
    model_inputs: dict[str, Any],
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
) -> None:
    """Both have the same owner, and so marks that differ in little else than their kind."""
    local_bedrock.set_activation(manual=True)
    local_bedrock.set_model_creation(manual=True)
    first = start_host()
    short = {"timeouts": {"create": "1m"}, "clientRequestToken": "token-1"}
    failure_of(first.create, {**inputs, **short})
    failure_of(start_host(make=serialized.custom_model, process=first.process).create, {**model_inputs, **short})
    left = [local_bedrock.deployments()[0]["customModelDeploymentArn"], _imported(local_bedrock)]
    for arn in left:
        local_bedrock.set_status(arn, "Active")

    host = start_host()
    models = start_host(make=serialized.custom_model, process=host.process)

    assert [host.create({**inputs, **short}).id, models.create({**model_inputs, **short}).id] == left


def _imported(local_bedrock: LocalBedrock) -> str:
    [arn] = [model["modelArn"] for model in local_bedrock.custom_models() if "/imported/" in model["modelArn"]]
    return str(arn)
