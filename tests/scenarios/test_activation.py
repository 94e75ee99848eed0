"""A create fails or takes too long, or the custom model of a deployment isn't ready or is `Failed`."""

from __future__ import annotations

import re

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")

CREATE = "CreateCustomModelDeployment"


def create_timeout(text: str) -> Code:
    """The option that sets the timeout of the create."""
    return Code(f"pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create={text!r}))")


@scenario(
    "The activation fails",
    "`up` fails with AWS's failureMessage and deletes the failed deployment, so nothing is left in the account. The "
    "next `up` creates a new one.",
)
@both
def test_failed_activation_deletes_it(stack: ScenarioStack, subject: Subject) -> None:
    subject.declare(stack)
    subject.fail_next_create("No capacity for this model.")
    failed = stack.up(fails=True)
    assert re.match(
        rf'{subject.failed}: {subject.kind.noun} "support-bot-[0-9a-f]{{7}}": its status is Failed\. ', failed.error
    )
    assert "AWS said: No capacity for this model. It was deleted" in failed.error
    assert subject.live() == []
    assert stack.recorded == set()
    stack.up()
    assert [*subject.statuses().values()] == ["Active"]


@scenario(
    "The activation fails, and `bedrock:DeleteCustomModelDeployment` is denied",
    "`up` prints the command that deletes the failed deployment, and so does the next one. It doesn't block the next "
    "`up`, which creates another one, unless the program gives the name.",
)
@both
def test_failed_one_that_cannot_be_deleted_does_not_block_next_up(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    subject.fail_next_create()
    local.add_fault(operation=subject.kind.delete, error="AccessDeniedException", message="Not you.")
    failed = stack.up(fails=True)
    left = subject.only().arn
    assert failed.error.startswith(f"{subject.failed}: ")
    assert f"It could not be deleted ({subject.kind.noun} {left}: AWS said: Not you." in failed.error

    run = stack.up()

    (made,) = stack.recorded
    assert subject.statuses() == {left: "Failed", made: "Active"}
    assert subject.deletes(left) in run.text


@scenario(
    "A deployment becomes `Failed` after it was `Active`",
    "`refresh` shows the status. The next `up` replaces the deployment.",
)
@both
def test_one_that_failed_after_it_was_active_is_replaced(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    subject.declare(stack)
    stack.up()
    (failed,) = stack.recorded
    local.set_status(failed, "Failed", failure_message="The hardware broke.")
    stack.up("--expect-no-changes")  # nothing has read it yet

    assert re.search(f'~ {subject.kind.status} +: "Active" => "Failed"', stack.refresh().text)
    assert stack.outputs()[subject.kind.status] == "Failed"
    stack.up()

    (made,) = stack.recorded
    assert subject.statuses() == {made: "Active"}
    assert made != failed


@scenario(
    "The deployment isn't `Active` at the end of the create timeout",
    "`up` fails and leaves the deployment in place, since it may still become `Active`. The next `up` resumes the "
    "create of the same deployment.",
)
@both
def test_second_up_after_create_timeout_resumes(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.declare(stack, opts=create_timeout("2s"))
    subject.never_end_next_create()
    failed = stack.up(fails=True)
    left = subject.only()
    assert failed.error.startswith("WaitTimeout: ")
    assert "still Creating after 2 s" in failed.error
    assert (
        "The next `pulumi up` of this stack resumes it. To delete it instead, once it is Active: aws bedrock"
        in failed.error
    )
    assert left.arn in failed.error
    assert (left.status, left.is_marked) == ("Creating", True)

    local.set_status(left.arn, "Active")
    stack.up()
    assert subject.creates() == 1
    assert stack.recorded == {left.arn}
    assert subject.only().tags == {}


@scenario(
    "The custom model is still `Creating`",
    "`up` waits for the model first, within the same timeout, and then creates the deployment.",
)
def test_create_waits_for_creating_model(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.set_status(model, "Creating")
    stack.declare(model_arn=model)
    running = stack.start()
    running.says("model Creating, waiting for its custom model")
    assert CREATE not in local.counts()
    local.set_status(model, "Active")
    assert running.finish().code == 0
    assert [item["status"] for item in local.deployments()] == ["Active"]


@scenario("The custom model is `Failed`", "`up` fails with the model's failureMessage and creates nothing.")
def test_failed_model_is_not_deployed(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.set_status(model, "Failed", failure_message="The weights are not readable.")
    stack.declare(model_arn=model)
    failed = stack.up(fails=True)
    assert failed.error.startswith("ModelFailed: ")
    assert "The weights are not readable. Nothing was created" in failed.error
    assert CREATE not in local.counts()
