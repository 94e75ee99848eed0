"""AWS throttles, fails, breaks the connection or can't be reached: the provider retries, and creates nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.invariant import lost
from scenarios.live import everything
from scenarios.outcomes import scenario
from scenarios.running import Running
from scenarios.serving import accounts, unreachable
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both, both_with, custom_models, deployments

CREATES, UPDATE = ("CreateCustomModelDeployment", "CreateCustomModel"), "UpdateCustomModelDeployment"
CALLED_BY = {
    "ListCustomModelDeployments": "up",
    "ListCustomModels": "up",
    "ListTagsForResource": "refresh",
    "GetCustomModel": "up",
    **dict.fromkeys(CREATES, "up"),
    "UntagResource": "up",
    "TagResource": "up",
    "Converse": "up",
    UPDATE: "update",
    "GetCustomModelDeployment": "refresh",
    "DeleteCustomModelDeployment": "destroy",
    "DeleteCustomModel": "destroy",
}
"""Every operation, and a command that calls it: `update`, an alias of `up`, where it changes a deployment's model."""


@scenario(
    "AWS throttles each operation 20 times",
    "Calls are retried, with the default configuration. The command takes longer and succeeds; one deployment is "
    "created.",
    models="too",
)
def test_each_operation_survives_20_throttles(stacks: Stacks, tmp_path: Path) -> None:
    with accounts(list(CALLED_BY), tmp_path) as everywhere:
        made = {
            operation: _throttled(stacks(operation), account, operation) for operation, account in everywhere.items()
        }
        # The other commands need a deployment to be there.
        _all_end_well(made[name].start() for name, command in CALLED_BY.items() if command != "up")
        account = everywhere[UPDATE]
        _declare_with_smoke_test(made[UPDATE], account, account.create_custom_model("tickets-v2"))
        for operation, account in everywhere.items():
            account.add_fault(operation=operation, error="ThrottlingException", count=20)
        _all_end_well(
            made[operation].start(command, "--yes", "--skip-preview") for operation, command in CALLED_BY.items()
        )
        for operation, account in everywhere.items():
            assert account.throttled()[operation] == 20, operation
            ours = [each for each in everything(account) if each.name != "bystander"]
            assert len(ours) == (0 if CALLED_BY[operation] == "destroy" else 2), operation
            assert lost(ours, [made[operation]]) == [], operation


def _throttled(stack: ScenarioStack, account: LocalBedrock, operation: str) -> ScenarioStack:
    """A stack whose next command calls the operation, in an account of its own."""
    stack.environment |= account.environment()
    stack.config = {}
    model = account.create_custom_model("tickets-v1")
    for kind in (deployments(account, model, model), custom_models(account)):
        kind.make("bystander")
    if operation == "TagResource":  # called only where UntagResource may not be
        account.add_fault(operation="UntagResource", error="AccessDeniedException")
    _declare_with_smoke_test(stack, account, model)
    return stack


def _all_end_well(running: Iterable[Running]) -> None:
    for command in list(running):  # all are started before the first is waited for
        run = command.finish()
        assert run.code == 0, run.text


@pytest.mark.usefixtures("nothing_lost")
@scenario(
    "AWS answers each operation with server errors (500, 503)", "Calls are retried in the same way.", models="too"
)
def test_each_operation_survives_server_errors(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, strangers: Strangers
) -> None:
    strangers("bystander")
    local.clear_requests()
    for command in ("up", "update", "refresh", "destroy"):
        _declare_with_smoke_test(stack, local, model if command == "up" else other_model)
        for operation in (name for name, needed_by in CALLED_BY.items() if needed_by == command):
            local.add_fault(operation=operation, error="InternalServerException", status=500, count=1)
            local.add_fault(operation=operation, error="ServiceUnavailableException", status=503, count=1)
        # Behind those two, so that TagResource is called instead: and it has errors of its own too.
        denied = local.add_fault(operation="UntagResource", error="AccessDeniedException")
        stack.pulumi(command, "--yes", "--skip-preview")
        local.clear_faults(denied)
        assert local.faults() == [], f"{command} called each operation"
        assert [local.counts()[create] for create in CREATES] == [3, 3]
        assert len(stack.recorded) == (0 if command == "destroy" else 2)


@pytest.mark.usefixtures("nothing_lost")
@scenario(
    "The response to the create is lost after AWS has created the deployment",
    "The create is retried with the same token, and AWS returns the existing deployment: exactly one is created.",
)
@both_with("retries", ["by botocore", "by the provider"], models=["by the provider"])
def test_lost_create_response_makes_only_one(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, retries: str
) -> None:
    if retries == "by botocore":
        stack.config = {}
    subject.declare(stack)
    local.add_fault(kind="close", when="after", operation=subject.kind.create, count=2)
    stack.up()
    assert subject.creates() == 3
    assert stack.recorded == {subject.only().arn}


@pytest.mark.usefixtures("nothing_lost")
@scenario(
    "The connection is refused during the wait, and works again later",
    "The wait continues. One deployment is created and recorded in the state.",
)
@both
def test_refused_connection_while_waiting_is_retried(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    subject.set_creation(manual=True)
    running = stack.start()
    running.says("Creating, waiting for Active")
    with unreachable(local):
        running.says("EndpointUnreachable, waiting for Active")
    subject.set_creation(seconds=0)
    assert running.finish().code == 0
    assert stack.recorded == {subject.only().arn}


@pytest.mark.usefixtures("nothing_lost")
@scenario(
    "The connection is refused during the wait, until the timeout",
    "`up` fails and names the deployment, which stays marked as unfinished. The next `up` resumes the create.",
)
@both
def test_permanently_refused_connection_keeps_it(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack, opts=Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='4s'))"))
    subject.set_creation(manual=True)
    running = stack.start()
    running.says("Creating, waiting for Active")
    with unreachable(local):
        run = running.finish()
    only = subject.only()
    assert run.error.startswith("WaitTimeout: ")
    assert "The last error was EndpointUnreachable" in run.error
    assert only.arn in run.error
    subject.set_creation(seconds=0)
    assert "resuming the create that an earlier run started" in stack.up().text
    assert stack.recorded == {only.arn}


def _declare_with_smoke_test(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    """Declare a deployment, its smoke test, and a custom model."""
    arn = Code("deployment.custom_model_deployment_arn")
    smoke_test = f"bedrock.ModelInvocation('smoke-test', model_id={arn}, prompt='Say hello.')"
    of_artifacts = custom_models(local).declared("of-artifacts")
    stack.declare(model_arn=model, update_in_place=True, more=f"{smoke_test}\n{of_artifacts}")
