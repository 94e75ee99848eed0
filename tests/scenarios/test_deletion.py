"""Delete: a deployment that is gone, busy or slow to go, or that must be kept."""

from __future__ import annotations

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")

DELETE = "DeleteCustomModelDeployment"


@scenario("The deployment is deleted outside Pulumi, then `destroy`", "`destroy` succeeds.")
@scenario(
    "A delete takes 30 s or more",
    "`destroy` reports progress, and ends when AWS no longer finds the deployment, so its name is free.",
)
def test_destroy_waits_for_slow_delete(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model, model_deployment_name="fixed")
    stack.up()
    (arn,) = stack.recorded
    local.set_deletion(manual=True)
    running = stack.start("destroy", "--yes", "--skip-preview")
    running.says("Deleting, waiting for its deletion")
    seen = len(local.requests())
    eventually(lambda: len(local.requests()) >= seen + 3, "more looks at the deployment")
    assert running.under_way
    assert stack.recorded == {arn}
    local.set_deletion(seconds=0)
    assert running.finish().code == 0
    assert local.counts()[DELETE] == 1
    assert (local.deployments(), stack.recorded) == ([], set())
    stack.up()  # the name is free

    (arn,) = stack.recorded
    local.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert local.deployments() == []
    stack.destroy()
    assert stack.recorded == set()


@scenario(
    "A delete doesn't end within its timeout",
    "`destroy` fails, and the deployment stays in the state. The next `destroy` completes the delete.",
)
def test_delete_timeout_keeps_deployment_in_state(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete='2s'))")
    stack.declare(model_arn=model, opts=short)
    stack.up()
    (arn,) = stack.recorded
    local.set_deletion(manual=True)
    failed = stack.destroy(fails=True)
    assert failed.error.startswith(f"WaitTimeout: deployment {arn}: still exists after 2 s")
    assert stack.recorded == {arn}
    local.set_deletion(seconds=0)
    stack.destroy()
    assert (local.deployments(), stack.recorded) == ([], set())


@scenario(
    "Delete answers ConflictException five times",
    "The delete is retried until AWS accepts it: `destroy` succeeds.",
)
@scenario(
    "A delete is denied",
    "`destroy` fails and names the missing IAM action. The deployment stays in the state, so `destroy` can be "
    "repeated.",
)
def test_denied_or_conflicting_delete_can_be_repeated(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    stack.up()
    (arn,) = stack.recorded
    local.add_fault(operation=DELETE, error="AccessDeniedException", message="Not you.", count=1)
    failed = stack.destroy(fails=True)
    assert failed.error.startswith(f"AccessDenied: deployment {arn}: AWS said: Not you. ")
    assert "Allow bedrock:DeleteCustomModelDeployment" in failed.error
    assert stack.recorded == {arn}

    local.add_fault(operation=DELETE, error="ConflictException", count=5)
    stack.destroy()
    assert local.counts()[DELETE] == 7
    assert (local.deployments(), stack.recorded) == ([], set())
