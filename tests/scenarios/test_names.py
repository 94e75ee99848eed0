"""Names: taken by another deployment, given to two resources, and two stacks with the same project and stack name."""

from __future__ import annotations

import pytest
from engine.stack import Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")


@scenario(
    "A deployment that isn't the stack's has the name",
    "`up` fails with that deployment's ARN, model and status, and suggests another name or `import_`. Nothing is "
    "adopted or deleted silently.",
)
@both
def test_name_taken_outside_stack_fails_up(stack: ScenarioStack, subject: Subject, strangers: Strangers) -> None:
    arn = strangers("taken")
    subject.declare(stack, name="taken", other=True)
    failed = stack.up(fails=True)
    assert failed.error.startswith(
        f"NameTaken: {subject.named('taken')}: the name is taken in us-east-1 by {arn} ({subject.described()})"
    )
    assert f'Choose another name, or import_="{arn}"' in failed.error
    assert stack.recorded == set()
    assert strangers.touched() == []

    # Both ways out work.
    free = subject.declared("support-bot", name="free", other=True)
    stack.program(free)
    stack.up()
    adopted = subject.declared("adopted", name="taken", opts=Code(f"pulumi.ResourceOptions(import_={arn!r})"))
    stack.program(f"{adopted}\n{free}")
    stack.up()
    strangers.adopted(arn)
    assert arn in stack.recorded
    assert len(subject.live()) == 2


@scenario(
    "Two stacks create a deployment of the same name at the same time",
    "One succeeds. The other fails with the ARN of the first one's deployment, and changes nothing.",
)
def test_two_stacks_racing_for_one_name_keep_one_deployment(stacks: Stacks, local: LocalBedrock, model: str) -> None:
    both = [stacks("one"), stacks("two")]
    local.set_activation(manual=True)
    local.set_status(model, "Creating")  # the line from which both start at once
    for stack in both:
        stack.declare(model_arn=model, model_deployment_name="wanted")
    runs = [stack.start() for stack in both]
    for run in runs:
        run.says("model Creating")
    local.set_status(model, "Active")
    eventually(lambda: not all(run.under_way for run in runs), "the end of one run")
    (made,) = local.deployments()
    loser, winner = sorted(range(2), key=lambda index: runs[index].under_way)
    failed = runs[loser].finish()
    assert failed.error.startswith('NameTaken: deployment "wanted": ')
    assert f"{made['customModelDeploymentArn']} (model {model}, status Creating)" in failed.error
    local.set_activation(seconds=0)
    assert runs[winner].finish().code == 0
    assert both[winner].recorded == {made["customModelDeploymentArn"]}
    assert both[loser].recorded == set()
    assert local.counts().get("DeleteCustomModelDeployment", 0) == 0


@scenario(
    "Two stacks have the same project and stack name, in different backends",
    "Neither adopts the other's unfinished deployment: the mark is made with a random ID that is stored only in the "
    "stack's state.",
)
def test_stacks_with_equal_names_in_two_backends_do_not_interfere(
    stacks: Stacks, local: LocalBedrock, model: str
) -> None:
    one, two = stacks("one"), stacks("two")
    fixed = {"model_arn": model, "model_deployment_name": "fixed"}
    unnamed = deployment("unnamed", model_arn=model)
    one.program(f"{deployment('named', **fixed)}\n{unnamed}\n")
    # In this order: after a failure, the engine starts nothing more.
    after = Code("pulumi.ResourceOptions(depends_on=[unnamed])")
    two.program(f"unnamed = {unnamed}\n{deployment('named', **fixed, opts=after)}\n")
    local.set_activation(manual=True)
    running = one.start()
    eventually(lambda: len(local.deployments()) == 2, "both creates")
    running.kill_host()
    local.set_activation(seconds=0)
    theirs = {item["modelDeploymentName"]: item["customModelDeploymentArn"] for item in local.deployments()}

    failed = two.up(fails=True)
    assert failed.error.startswith("NameTaken: ")
    assert theirs["fixed"] in failed.error
    (ours,) = two.recorded
    assert ours not in theirs.values()
    two.destroy()
    assert {item["customModelDeploymentArn"] for item in local.deployments()} == set(theirs.values())
    assert "resuming the create that an earlier run started" in one.up().text
    assert one.recorded == set(theirs.values())
