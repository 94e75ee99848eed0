"""An update in place that is interrupted or fails: the old model serves, and the next `up` completes it."""

from __future__ import annotations

import pytest
from engine.stack import Run
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.running import Running
from scenarios.stacks import ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")

UPDATE = "UpdateCustomModelDeployment"


def updating(stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str) -> tuple[Running, str]:
    """Start an `up` that waits until the test completes the update; return it and the ARN."""
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    arn = stack.resource()["id"]
    local.set_activation(manual=True)
    stack.declare(model_arn=other_model, update_in_place=True)
    local.clear_requests()
    running = stack.start()
    running.says("Updating, waiting for UpdateCompleted")
    return running, arn


def killed(stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str) -> str:
    """Kill the CLI while it waits for an update, wait until its host has ended, and return the ARN."""
    running, arn = updating(stack, local, model, other_model)
    host = running.kill()
    eventually(lambda: not alive(host), "the end of the host")
    stack.pulumi("cancel", "--yes")  # the killed command's lock
    return arn


def serves(stack: ScenarioStack, local: LocalBedrock, arn: str, model: str) -> None:
    """Check that one deployment is left, with this model in state and account."""
    (live,) = local.deployments()
    assert (live["customModelDeploymentArn"], live["modelArn"]) == (arn, model)
    assert (stack.resource()["id"], stack.outputs()["modelArn"]) == (arn, model)


def next_up(stack: ScenarioStack, local: LocalBedrock, *flags: str) -> Run:
    local.set_activation(seconds=0)
    return stack.up(*flags)


@scenario(
    "`update_in_place`: the CLI is killed (`kill -9`) during the wait",
    "The old model serves until AWS completes the update. The next `up` of the same program joins the update, or finds "
    "it complete, and doesn't call UpdateCustomModelDeployment again.",
)
@pytest.mark.parametrize("complete", [False, True])
def test_killed_update_is_joined_by_next_up(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, complete: bool
) -> None:
    arn = killed(stack, local, model, other_model)
    assert stack.outputs()["modelArn"] == model
    if complete:
        next_up(stack, local)
    else:
        running = stack.start()
        running.says("joining the update that is under way")
        local.set_activation(seconds=0)
        assert running.finish().code == 0
    assert local.counts()[UPDATE] == 1
    serves(stack, local, arn, other_model)
    stack.up("--refresh", "--expect-no-changes")


@scenario(
    "`update_in_place`: the CLI is killed during the wait, and the program then goes back to the old model",
    "The state knows nothing of the update, but the preview finds it in AWS: it shows an update, and a line that says "
    "what AWS serves. `up` puts the old model back.",
)
@pytest.mark.parametrize("complete", [False, True])
def test_program_that_goes_back_after_a_kill_puts_the_old_model_back(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, complete: bool
) -> None:
    arn = killed(stack, local, model, other_model)
    stack.declare(model_arn=model, update_in_place=True)
    if complete:
        local.set_activation(seconds=0)
    found = f"AWS {'serves' if complete else 'is updating it to'} {other_model}, but the state has {model}."
    assert found in stack.preview().text
    assert stack.steps()["support-bot"]["op"] == "update"
    if complete:
        said = stack.up()
        assert found in said.text
        assert said.changes["updated"] == 1
    else:
        running = stack.start()
        running.says(f"Updating to {other_model}, waiting for UpdateCompleted")
        local.set_activation(seconds=0)
        assert running.finish().code == 0
    assert local.counts()[UPDATE] == 2
    serves(stack, local, arn, model)
    stack.up("--refresh", "--expect-no-changes")


@scenario(
    "`update_in_place`: the provider's process is killed during the wait",
    "`up` fails, and the state keeps the old model. The next `up` joins the update.",
)
def test_killed_host_during_update_is_joined_by_next_up(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    running, arn = updating(stack, local, model, other_model)
    running.kill_host()
    next_up(stack, local)
    assert local.counts()[UPDATE] == 1
    serves(stack, local, arn, other_model)


@scenario(
    "`update_in_place`: Ctrl-C, once, during the wait",
    "The engine waits until the update ends and records the new model.",
)
def test_one_ctrl_c_finishes_update(stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str) -> None:
    running, arn = updating(stack, local, model, other_model)
    running.interrupt()
    running.says("^C received")
    local.set_activation(seconds=0)
    assert running.finish().code != 0
    assert local.counts()[UPDATE] == 1
    serves(stack, local, arn, other_model)


@scenario(
    "`update_in_place`: AWS accepts the update, and the answer is lost",
    "Get shows that the update is under way, so it isn't asked for again.",
)
def test_lost_answer_to_update_makes_no_second_one(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.config["aws:maxRetries"] = "4"  # botocore's own retries must not repeat it either
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    arn = stack.resource()["id"]
    local.set_activation(seconds=2)
    local.add_fault(operation=UPDATE, kind="close", when="after", count=1)
    stack.declare(model_arn=other_model, update_in_place=True)
    stack.up()
    assert local.counts()[UPDATE] == 1
    serves(stack, local, arn, other_model)


@scenario(
    "`update_in_place`: the deployment was deleted outside of Pulumi",
    "`up` fails with one line that names `pulumi up --refresh`, which creates the deployment.",
)
def test_update_of_deleted_deployment_names_the_refresh(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    arn, name = stack.resource()["id"], stack.outputs()["modelDeploymentName"]
    local.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    stack.declare(model_arn=other_model, update_in_place=True)
    assert stack.up(fails=True).error == (
        f'ResourceNotFound: deployment "{name}": AWS does not find {arn}. Run `pulumi up --refresh`, which creates it '
        "again."
    )
    stack.up("--refresh")
    serves(stack, local, stack.resource()["id"], other_model)


@scenario(
    "`update_in_place`: the deployment has become `Failed`",
    "`up` fails with AWS's reason and names `pulumi up --refresh`, which replaces the deployment.",
)
def test_update_of_failed_deployment_names_the_refresh(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    arn, name = stack.resource()["id"], stack.outputs()["modelDeploymentName"]
    local.set_status(arn, "Failed", failure_message="Lost capacity")
    stack.declare(model_arn=other_model, update_in_place=True)
    assert stack.up(fails=True).error == (
        f'DeploymentFailed: deployment "{name}": its status is Failed, so it can\'t be updated in place. AWS said: '
        "Lost capacity. Run `pulumi up --refresh`, which replaces it."
    )
    assert stack.up("--refresh").changes["replaced"] == 1
    assert stack.resource()["id"] != arn
    serves(stack, local, stack.resource()["id"], other_model)
