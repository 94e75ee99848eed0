"""What AWS is assumed to do with custom models, and the opposite: artifacts, role, name and delete.

`test_assumptions` has what is assumed of deployments and custom models alike.
"""

from __future__ import annotations

import json

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, deployments, of_custom_models

pytestmark = pytest.mark.usefixtures("nothing_lost")

NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})


@scenario(
    "The S3 URI of a custom model has no artifacts, whether `missing-artifacts-fail-later` holds or not",
    "`up` fails with AWS's reason. If AWS has created the model, which is `Failed` then, `up` deletes it.",
)
@of_custom_models
def test_missing_artifacts_fail_with_reason(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.client("s3").create_bucket(Bucket="escrow")
    subject.declare(stack, name="fixed")
    said = "AWS said: There are no model artifacts at s3://escrow/job-1/."
    error = stack.up(fails=True).error
    assert error.startswith(f'ModelFailed: custom model "fixed": its status is Failed. {said}')
    local.contradict("missing-artifacts-fail-later")
    assert stack.up(fails=True).error.startswith(f'ValidationFailed: custom model "fixed": {said}')
    assert (subject.live(), stack.recorded) == ([], set())


@scenario(
    "Bedrock can't assume the role of a custom model, whether `unusable-role-refused` holds or not",
    "`up` fails with AWS's reason. If AWS has created the model, which is `Failed` then, `up` deletes it.",
)
@of_custom_models
def test_unusable_role_fails_with_reason(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.client("iam").create_role(RoleName="bedrock", AssumeRolePolicyDocument=NOBODY)
    subject.declare(stack, name="fixed")
    said = "AWS said: Could not assume provided IAM role."
    assert stack.up(fails=True).error.startswith(f'ValidationFailed: custom model "fixed": {said}')
    local.contradict("unusable-role-refused")
    error = stack.up(fails=True).error
    assert error.startswith(f'ModelFailed: custom model "fixed": its status is Failed. {said}')
    assert (subject.live(), stack.recorded) == ([], set())


@scenario(
    "`model-name-conflict` doesn't hold: AWS answers to the taken name of a custom model with ValidationException",
    "The name is looked up after each refusal, so `up` fails with the same message.",
)
@of_custom_models
def test_taken_name_of_model_is_found_behind_another_error(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers
) -> None:
    arn = strangers("taken")
    local.contradict("model-name-conflict")
    subject.declare(stack, name="taken")
    assert stack.up(fails=True).error.startswith(
        f'NameTaken: custom model "taken": the name is taken in us-east-1 by {arn} (status Active). '
    )
    assert stack.recorded == set()


@scenario(
    "`model-name-free-after-delete` doesn't hold: the name of a deleted custom model stays taken, and a replacement "
    "needs it",
    "The old model is deleted, and `up` fails with AWS's reason. With another name, the next `up` creates the new one.",
)
@of_custom_models
def test_name_that_stays_taken_fails_with_reason(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.contradict("model-name-free-after-delete")
    subject.declare(stack, name="fixed")
    stack.up()
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='3s'))")
    subject.declare(stack, name="fixed", other=True, opts=short)
    error = stack.up(fails=True).error
    assert error.startswith(
        'Conflict: custom model "fixed": AWS said: A custom model with the name fixed already exists.'
    )
    assert subject.live() == []
    subject.declare(stack, name="another", other=True)
    stack.up()
    assert stack.recorded == subject.arns()


@scenario(
    "`model-in-use` doesn't hold: AWS answers to the delete of a custom model that is in use with another error",
    "The deployments that use the model are looked up after each refusal, so `destroy` waits for them, and names them "
    "after its timeout. The model stays in AWS and in the state.",
)
@of_custom_models
def test_refused_delete_of_model_in_use_keeps_it(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.contradict("model-in-use")
    subject.declare(stack, opts=Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete='3s'))"))
    stack.up()
    (arn,) = stack.recorded
    users = deployments(local, arn, arn)
    user = users.make("theirs")
    error = stack.destroy(fails=True).error
    assert error.startswith(f"WaitTimeout: custom model {arn}: still exists after 3 s;")
    assert error.endswith("since it is in use by theirs. Delete what uses it, then run the command again.")
    assert (stack.recorded, subject.statuses()) == ({arn}, {arn: "Active"})
    users.delete(user)


@scenario(
    "`model-gone-after-delete` doesn't hold: AWS shows a custom model as before while it deletes it",
    "`destroy` waits until AWS no longer finds the model.",
)
@of_custom_models
def test_model_that_is_shown_after_its_delete_is_waited_for(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    local.contradict("model-gone-after-delete")
    local.set_deletion(manual=True)
    subject.declare(stack)
    stack.up()
    running = stack.start("destroy", "--yes", "--skip-preview")
    running.says("Active, waiting for its deletion")
    assert len(stack.recorded) == 1
    local.set_deletion(seconds=0)
    assert running.finish().code == 0
    assert (subject.live(), stack.recorded) == ([], set())
