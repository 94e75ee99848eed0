"""Delete: a deployment or custom model that is gone, busy or slow to go, or that must be kept."""

from __future__ import annotations

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both, custom_models

pytestmark = pytest.mark.usefixtures("nothing_lost")


def delete_timeout(text: str) -> Code:
    """The option that sets the timeout of the delete."""
    return Code(f"pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete={text!r}))")


@scenario("The deployment is deleted outside Pulumi, then `destroy`", "`destroy` succeeds.")
@scenario(
    "A delete takes 30 s or more",
    "`destroy` reports progress, and ends when AWS no longer finds the deployment, so its name is free.",
)
@both
def test_destroy_waits_for_slow_delete(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack, name="fixed")
    stack.up()
    (arn,) = stack.recorded
    subject.set_deletion(manual=True)
    running = stack.start("destroy", "--yes", "--skip-preview")
    running.says("waiting for its deletion")
    seen = len(local.requests())
    eventually(lambda: len(local.requests()) >= seen + 3, "more polls")
    assert running.under_way
    assert stack.recorded == {arn}
    subject.set_deletion(seconds=0)
    assert running.finish().code == 0
    assert local.counts()[subject.kind.delete] == 1
    assert (subject.live(), stack.recorded) == ([], set())
    stack.up()  # the name is free

    (arn,) = stack.recorded
    subject.delete(arn)
    assert subject.live() == []
    stack.destroy()
    assert stack.recorded == set()


@scenario(
    "A delete doesn't end within its timeout",
    "`destroy` fails, and the deployment stays in the state. The next `destroy` completes the delete.",
)
@both
def test_delete_timeout_keeps_it_in_state(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack, opts=delete_timeout("2s"))
    stack.up()
    (arn,) = stack.recorded
    subject.set_deletion(manual=True)
    failed = stack.destroy(fails=True)
    assert failed.error.startswith(f"WaitTimeout: {subject.kind.noun} {arn}: still exists after 2 s")
    assert stack.recorded == {arn}
    subject.set_deletion(seconds=0)
    stack.destroy()
    assert (subject.live(), stack.recorded) == ([], set())


@scenario(
    "Delete answers ConflictException five times",
    "The delete is retried until AWS accepts it: `destroy` succeeds.",
)
@scenario(
    "A delete is denied",
    "`destroy` fails and names the missing IAM action. The deployment stays in the state, so `destroy` can be "
    "repeated.",
)
@both
def test_denied_or_conflicting_delete_can_be_repeated(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    delete = subject.kind.delete
    subject.declare(stack)
    stack.up()
    (arn,) = stack.recorded
    local.add_fault(operation=delete, error="AccessDeniedException", message="Not you.", count=1)
    failed = stack.destroy(fails=True)
    assert failed.error.startswith(f"AccessDenied: {subject.kind.noun} {arn}: AWS said: Not you. ")
    assert f"Allow bedrock:{delete} " in failed.error
    assert stack.recorded == {arn}

    local.add_fault(operation=delete, error="ConflictException", count=5)
    stack.destroy()
    assert local.counts()[delete] == 7
    assert (subject.live(), stack.recorded) == ([], set())


@scenario(
    "A custom model is deleted that a deployment outside of the stack uses",
    "AWS refuses, and `destroy` names the deployment and waits. At the timeout it fails, and the model stays in AWS "
    "and in the state. When the deployment is deleted, the delete that waits goes on.",
    models="only",
)
def test_delete_of_custom_model_in_use_waits_for_its_deployments(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    models = custom_models(local)
    models.declare(stack, opts=delete_timeout("2s"))
    stack.up()
    (model,) = stack.recorded
    user = subject.make("theirs", modelArn=model)
    assert stack.destroy(fails=True).error == (
        f"WaitTimeout: custom model {model}: still exists after 2 s; AWS has not accepted the deletion, since it is in "
        "use by theirs. Delete what uses it, then run the command again."
    )
    assert (stack.recorded, models.statuses()) == ({model}, {model: "Active"})

    models.declare(stack, opts=delete_timeout("1m"))
    stack.up()
    running = stack.start("destroy", "--yes", "--skip-preview")
    running.says("in use by theirs, waiting for its deletion")
    subject.delete(user)
    assert running.finish().code == 0
    assert (models.live(), stack.recorded) == ([], set())
