"""An account that others use: their deployments, their marks and their permissions."""

from __future__ import annotations

import os
import signal

import pytest
from engine.stack import Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.invariant import MARK
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers

pytestmark = pytest.mark.usefixtures("nothing_lost")

TAGS = "ListTagsForResource"


def interrupted(stack: ScenarioStack, local: LocalBedrock) -> str:
    """Kill the host of a create that waits, and return the deployment's ARN."""
    local.set_activation(manual=True)
    before = {item["customModelDeploymentArn"] for item in local.deployments()}
    running = stack.start()
    running.says("Creating, waiting for Active")
    os.kill(running.host().pid, signal.SIGKILL)
    assert running.finish().code != 0
    (made,) = {item["customModelDeploymentArn"] for item in local.deployments()} - before
    local.set_activation(seconds=0)
    return str(made)


@scenario(
    "Two stacks give one name and one `client_request_token`, and the first create is interrupted",
    "AWS answers the second create with the first stack's deployment. The second `up` fails and changes nothing; the "
    "first stack's next `up` resumes.",
)
def test_second_stack_with_same_token_refuses_first_stacks_deployment(
    stacks: Stacks, local: LocalBedrock, model: str
) -> None:
    one, two = stacks("one"), stacks("two")
    for stack in (one, two):
        stack.declare(model_arn=model, model_deployment_name="fixed", client_request_token="token-1")
    arn = interrupted(one, local)

    failed = two.up(fails=True)

    assert failed.error == (
        f'TokenReplayed: deployment "fixed": AWS answered with {arn}, which another create has started, marked as '
        "engine-test/dev/support-bot, because client_request_token was used before. Nothing was created or changed. "
        "Use a new token, or leave it out."
    )
    two.destroy()
    one.up()
    assert one.recorded == {arn}


@scenario(
    "Another team's deployment has a copy of the mark",
    "It is neither adopted nor deleted, because the resource doesn't give its name. `up` prints the command that "
    "deletes it.",
)
def test_deployment_with_copied_mark_is_left_in_place(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    stack.declare(model_arn=model)
    arn = interrupted(stack, local)
    (left,) = local.deployments()
    theirs = strangers("their-model", tags=[{"key": MARK, "value": left["tags"][MARK]}])

    run = stack.up()

    assert stack.recorded == {arn}
    assert strangers.touched() == []
    assert 'their-model: has the mark of "support-bot", but a name that this resource does not give' in run.text
    assert f"--custom-model-deployment-identifier {theirs}" in run.text


@scenario(
    "`bedrock:ListTagsForResource` is denied for another team's deployment alone",
    "The deployment is skipped in the search, which `up` reports once. The interrupted create resumes.",
)
def test_create_resumes_though_tags_of_another_deployment_are_denied(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    theirs = strangers("bystander")
    stack.declare(model_arn=model)
    arn = interrupted(stack, local)
    local.add_fault(operation=TAGS, resource=theirs, error="AccessDeniedException", message="Not yours.")

    run = stack.up()

    assert stack.recorded == {arn}
    diagnostics = run.text.partition("\nDiagnostics:\n")[2]
    assert diagnostics.count("can't read the tags of 1 deployment in us-east-1") == 1, run.text
    assert f"deployment {theirs}: AWS said: Not yours." in diagnostics


@scenario(
    "A create times out, and an `ErrorHook` of the program retries it in the same run",
    "The retry resumes the same deployment.",
)
def test_error_hook_retry_resumes_same_deployment(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.add_fault(kind="activation", operation="CreateCustomModelDeployment", outcome="never", count=1)
    options = (
        "pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='3s'), "
        "hooks=pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook('retry', retry)]))"
    )
    stack.program(
        "def retry(args):\n"
        "    activate()\n"
        "    return True\n"
        "def activate():\n"
        "    from pulumi_bedrock.local import LocalBedrock\n"
        f"    local = LocalBedrock({local.endpoint_url!r})\n"
        "    (left,) = local.deployments()\n"
        "    local.set_status(left['customModelDeploymentArn'], 'Active')\n"
        + deployment("support-bot", model_arn=model, opts=Code(options))
    )

    run = stack.up()

    (only,) = local.deployments()
    assert stack.recorded == {only["customModelDeploymentArn"]}, run.text
    assert only["tags"] == {}
    assert local.counts()["CreateCustomModelDeployment"] == 1


@scenario(
    "The account has many deployments of others, and the stack is new",
    "`up` doesn't search for unfinished deployments: no earlier run can have left one.",
)
def test_first_run_of_stack_reads_no_tags(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    for number in range(3):
        strangers(f"theirs-{number}")
    stack.declare(model_arn=model)
    local.clear_requests()

    stack.up()

    assert TAGS not in local.counts()


@scenario(
    "`import_` names a deployment that another resource of the stack manages",
    "The preview fails and names both resources, whichever the program declares first.",
)
def test_import_of_managed_deployment_fails_in_preview(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.declare("managed", model_arn=model, model_deployment_name="fixed")
    stack.up()
    (arn,) = stack.recorded
    imports = Code(f"pulumi.ResourceOptions(import_={arn!r})")
    after = Code("pulumi.ResourceOptions(depends_on=[first])")
    given = {"model_arn": model, "model_deployment_name": "fixed"}
    importer, managed = deployment("importer", **given, opts=imports), deployment("managed", **given, opts=after)
    stack.program(f"first = {importer}\n{managed}\n")

    failed = stack.preview(fails=True)

    assert failed.error == (
        f'ImportMismatch: import_: the resources "managed" and "importer" of this stack both want to manage {arn}. '
        "Only one resource can manage a deployment. Remove one of them from the program."
    )
