"""AWS does the opposite of what docs/assumptions.md assumes: the run succeeds, or fails in one line and loses nothing.

Assumptions without a scenario are those on which the provider doesn't depend; docs/assumptions.md says so.
"""

from __future__ import annotations

import pytest
from engine.stack import Code
from pulumi_bedrock.aws.deployments import DEPLOYABLE
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.live import MARK
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.sts import FakeSts
from scenarios.subject import Subject, both, both_with
from scenarios.test_account import sign_in_elsewhere

pytestmark = pytest.mark.usefixtures("nothing_lost")

CREATE, DELETE, GET = "CreateCustomModelDeployment", "DeleteCustomModelDeployment", "GetCustomModelDeployment"
UPDATE = "UpdateCustomModelDeployment"


def timeouts(**given: str) -> Code:
    arguments = ", ".join(f"{operation}={duration!r}" for operation, duration in given.items())
    return Code(f"pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts({arguments}))")


def killed(stack: ScenarioStack, subject: Subject) -> str:
    """Kill the host of a create that waits, and return the ARN."""
    subject.set_creation(manual=True)
    stack.kill_host_of_up()
    return subject.only().arn


@scenario(
    "`list-shows-creating`, `list-newest-first`, `deleting-shown` and `second-delete-conflict` don't hold",
    "`up`, `refresh`, a replacement and `destroy` succeed.",
)
@both
def test_main_job_succeeds_against_contradictions(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers, refusing_sts: FakeSts
) -> None:
    stack.environment["AWS_ENDPOINT_URL_STS"] = refusing_sts.endpoint_url
    strangers("bystander")
    local.contradict(
        "list-shows-creating",
        "list-newest-first",
        "deleting-shown",
        "second-delete-conflict",
    )
    subject.set_creation(seconds=1)
    subject.set_deletion(seconds=1)
    subject.declare(stack)
    stack.up()
    stack.refresh("--expect-no-changes")
    subject.declare(stack, other=True)
    assert stack.up().changes["replaced"] == 1
    (arn,) = stack.recorded
    assert subject.arns() == {arn, *strangers.made}
    assert all(subject.is_of(each, other=each.arn == arn) for each in subject.live())
    stack.destroy()
    assert subject.arns() == {*strangers.made}
    assert refusing_sts.requests == [], "without trouble, nothing asks STS"


@scenario(
    "`list-shows-creating` doesn't hold, and a create with a given name is interrupted",
    "The next `up` doesn't find the deployment in the list, but by its name, and resumes its create.",
)
@both
def test_interrupted_create_that_list_hides_is_resumed_by_name(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    local.contradict("list-shows-creating")
    subject.declare(stack, name="fixed")
    arn = killed(stack, subject)
    running = stack.start()
    running.says("Creating; AWS has created it already, resuming: fixed")
    subject.set_creation(seconds=0)
    assert running.finish().code == 0
    assert stack.recorded == {arn} == subject.arns()
    assert subject.only().tags == {}


@scenario(
    "`reads-lag-briefly` doesn't hold: neither Get nor List shows a deployment before the create's timeout",
    "`up` fails, and says how to adopt or delete the deployment. When AWS shows it, the next `up` resumes its create.",
)
@both
def test_one_that_reads_show_late_is_resumed(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.add_fault(kind="stale", operation=subject.kind.create, seconds=8, count=1)
    subject.declare(stack, opts=timeouts(create="2s"))
    failed = stack.up(fails=True)
    left = subject.only()
    assert failed.error.startswith(f"WaitTimeout: {subject.named(left.name)}: not visible in AWS after 2 s")
    assert f'To adopt it, run again with import_="{left.arn}"' in failed.error
    eventually(lambda: subject.is_listed(left.arn), "AWS to show it")
    subject.declare(stack, opts=timeouts(create="1m"))
    stack.up()
    assert stack.recorded == {left.arn} == subject.arns()


@scenario(
    "`token-replayed` doesn't hold: AWS refuses a used token, and the answer to a create was lost",
    "The repeated call is refused, because the deployment has the name. Its mark shows that this create made it, so "
    "`up` succeeds.",
)
@both
def test_lost_answer_with_refused_token_is_resumed(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.contradict("token-replayed")
    local.add_fault(operation=subject.kind.create, kind="close", when="after", count=1)
    subject.declare(stack)
    stack.up()
    only = subject.only()
    assert (stack.recorded, only.tags) == ({only.arn}, {})
    assert subject.creates() == 2


@scenario(
    "`token-outlives-delete` doesn't hold: a `client_request_token` expires with its deployment",
    "`up` after `destroy` creates a new deployment with the same token.",
)
@both
def test_expired_token_creates_new_one(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.contradict("token-outlives-delete")
    subject.declare(stack, name="fixed", client_request_token="token-1")
    stack.up()
    first = stack.recorded
    stack.destroy()
    stack.up()
    assert stack.recorded == subject.arns() != first


@scenario(
    "`name-taken` doesn't hold: AWS answers to a taken name with another error",
    "The name is looked up after each refusal, so `up` fails with the same message.",
)
@both_with("code", ["ConflictException", "ResourceInUseException"], models=["ResourceInUseException"])
def test_taken_name_is_found_behind_another_error(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers, code: str
) -> None:
    arn = strangers("taken")
    subject.declare(stack, name="taken")
    local.add_fault(operation=subject.kind.create, error=code, message="Not this one.", count=1)
    assert stack.up(fails=True).error == (
        f"NameTaken: {subject.named('taken')}: the name is taken in us-east-1 by {arn} ({subject.described()}). "
        f'Nothing was changed. Choose another name, or import_="{arn}" to manage that {subject.kind.noun}. If it is '
        "the one that is being replaced, add delete_before_replace=True to the options."
    )
    assert stack.recorded == set()


@scenario(
    "`name-free-after-deletion` doesn't hold: a name stays taken after the deletion, and a replacement needs it",
    "The old deployment is deleted, and `up` fails with AWS's reason. The next `up` creates the new one.",
)
def test_name_that_stays_taken_is_used_by_next_up(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    tags = {"team": "support"}
    stack.declare(model_arn=model, model_deployment_name="fixed", tags=tags)
    stack.up()
    local.add_fault(operation=CREATE, error="ValidationException", message="The name fixed is in use.", count=1)
    stack.declare(model_arn=other_model, model_deployment_name="fixed", tags=tags)
    assert stack.up(fails=True).error == (
        'ValidationFailed: deployment "fixed": AWS said: The name fixed is in use. Change the arguments that AWS '
        f"names. {DEPLOYABLE}"
    )
    assert local.deployments() == []
    stack.up()
    assert [each["modelArn"] for each in local.deployments()] == [other_model]


@scenario(
    "`tags-need-permission` and `refused-create-uses-no-token` don't hold: AWS refuses tags in a create with "
    "ValidationException, and the token is used up",
    "A deployment without tags is created without the mark, and `up` reports that once. One with tags fails with AWS's "
    "reason.",
)
def test_create_without_tags_where_tags_are_refused(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("tags-need-permission", "refused-create-uses-no-token")
    stack.declare(model_arn=model)
    text = stack.up().text
    said = "an interrupted create can't resume, because the deployment could not be marked (deployment "
    assert said in text
    assert "AWS said: A create can't have tags." in text
    stack.declare(model_arn=model, model_deployment_name="tagged", tags={"team": "support"})
    assert stack.up(fails=True).error == (
        'ValidationFailed: deployment "tagged": AWS said: A create can\'t have tags. Change the arguments that AWS '
        f"names. {DEPLOYABLE}"
    )
    (only,) = local.deployments()
    assert stack.recorded == {only["customModelDeploymentArn"]}


@scenario(
    "`fifty-tags` doesn't hold: the limit is lower, and the mark is one tag too many",
    "The deployment is created without the mark, and `up` reports that once.",
)
def test_create_with_as_many_tags_as_aws_allows(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("fifty-tags")
    tags = {f"t{number}": "x" for number in range(5)}
    stack.declare(model_arn=model, tags=tags)
    assert "an interrupted create can't resume, because the deployment could not be marked" in stack.up().text
    (only,) = local.deployments()
    assert (only["customModelDeploymentArn"], only["tags"]) == (*stack.recorded, tags)


@scenario(
    "`tags-removable` doesn't hold: AWS doesn't know UntagResource",
    "The mark is overwritten instead of removed.",
)
def test_mark_is_overwritten_without_untag_resource(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.add_fault(operation="UntagResource", error="UnknownOperationException")
    stack.declare(model_arn=model)
    stack.up()
    assert [each["tags"] for each in local.deployments()] == [{MARK: "no"}]


@scenario(
    "`untag-unknown-key` doesn't hold: AWS refuses to remove a tag that somebody has removed already",
    "With `update_in_place`, only the tags that are still there are removed.",
)
def test_removed_tag_is_not_removed_again(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("untag-unknown-key")
    stack.declare(model_arn=model, update_in_place=True, tags={"one": "1", "two": "2"})
    stack.up()
    (arn,) = stack.recorded
    local.client("bedrock").untag_resource(resourceARN=arn, tagKeys=["one"])
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    (only,) = local.deployments()
    assert (only["customModelDeploymentArn"], only["tags"]) == (arn, {})


@scenario(
    "`foreign-arn-not-found` doesn't hold: AWS answers AccessDeniedException to the ARN of another account",
    "`refresh` and `destroy` with the credentials of another account fail in one line. The deployment stays in the "
    "state and in AWS.",
)
def test_denied_foreign_arn_keeps_the_state(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("foreign-arn-not-found")
    stack.declare(model_arn=model)
    stack.up()
    (arn,) = stack.recorded
    sign_in_elsewhere(stack, local)
    for command, action in ((stack.refresh, GET), (stack.destroy, DELETE)):
        assert command(fails=True).error == (
            f"AccessDenied: deployment {arn}: AWS said: You are not authorized to access {arn}. Allow bedrock:{action} "
            "to the identity that runs Pulumi."
        )
    assert stack.recorded == {arn} == {each["customModelDeploymentArn"] for each in local.deployments()}


@scenario(
    "`second-delete-conflict` doesn't hold: a second Delete is accepted",
    "The next `destroy` after one that timed out waits for the deletion, and succeeds.",
)
def test_second_delete_that_is_accepted_waits(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("second-delete-conflict")
    stack.declare(model_arn=model, opts=timeouts(delete="1s"))
    stack.up()
    (arn,) = stack.recorded
    local.set_deletion(manual=True)
    assert "AWS has accepted the deletion" in stack.destroy(fails=True).error
    assert stack.recorded == {arn}
    stack.declare(model_arn=model, opts=timeouts(delete="1m"))
    stack.up()
    running = stack.start("destroy", "--yes", "--skip-preview")
    eventually(lambda: local.counts()[DELETE] == 2, "the second Delete")
    local.set_deletion(seconds=0)
    assert running.finish().code == 0
    assert (local.deployments(), stack.recorded) == ([], set())


@scenario(
    "`delete-while-creating` or `model-delete-while-creating` doesn't hold, and an interrupted create no longer "
    "matches the inputs",
    "The next `up` deletes the unfinished deployment at once, then creates the new one.",
)
@both
def test_unfinished_one_is_deleted_while_creating(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    local.contradict("delete-while-creating", "model-delete-while-creating")
    subject.declare(stack, name="fixed")
    old = killed(stack, subject)
    subject.declare(stack, name="fixed", other=True)
    running = stack.start()
    running.says("Creating, waiting for Active")
    new = subject.only()
    assert (new.arn != old, new.status, local.counts()[subject.kind.delete]) == (True, "Creating", 1)
    subject.set_creation(seconds=0)
    done = running.finish()
    assert done.code == 0, done.text
    only = subject.only()
    assert stack.recorded == {only.arn}
    assert subject.is_of(only, other=True)


@scenario(
    "`list-shows-update`, `update-keeps-serving` and `update-moves-last-updated` don't hold, and a model is updated in "
    "place",
    "Get is called once a minute and at the deadline, so `up` succeeds, or fails as AWS's update does.",
)
def test_update_in_place_succeeds_and_fails_as_get_shows(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    local.contradict("list-shows-update", "update-keeps-serving", "update-moves-last-updated")
    given = {"model_deployment_name": "fixed", "update_in_place": True, "opts": timeouts(update="6s")}
    stack.declare(model_arn=model, **given)
    stack.up()
    (arn,) = stack.recorded
    local.set_activation(seconds=2)
    stack.declare(model_arn=other_model, **given)
    stack.up()
    (only,) = local.deployments()
    assert (only["customModelDeploymentArn"], only["modelArn"]) == (arn, other_model)

    local.add_fault(kind="activation", operation=UPDATE, count=1)
    stack.declare(model_arn=model, **given)
    assert stack.up(fails=True).error.startswith(
        f'UpdateFailed: deployment "fixed": AWS could not update it to {model}: UpdateFailed. AWS gave no reason. '
        f"{other_model} still serves."
    )
    assert (stack.recorded, stack.outputs()["modelArn"]) == ({arn}, other_model)


@scenario(
    "`get-shows-newest-update` doesn't hold: Get doesn't show an update before the timeout",
    "`up` fails, and AWS continues the update. The next `up` finds the model updated, and starts no second update.",
)
def test_update_that_get_shows_late_is_found(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    given = {"model_deployment_name": "fixed", "update_in_place": True, "opts": timeouts(update="2s")}
    stack.declare(model_arn=model, **given)
    stack.up()
    (arn,) = stack.recorded
    local.add_fault(kind="stale", operation=UPDATE, seconds=8, count=1)
    stack.declare(model_arn=other_model, **given)
    assert stack.up(fails=True).error.startswith(
        f'WaitTimeout: deployment "fixed": the update to {other_model} is still Updating after 2 s; AWS continues it, '
    )
    assert stack.outputs()["modelArn"] == model
    bedrock = local.client("bedrock")
    eventually(
        lambda: bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)["modelArn"] == other_model,
        "Get to show the update",
    )
    stack.declare(model_arn=other_model, **{**given, "opts": timeouts(update="1m")})
    stack.up()
    assert (stack.recorded, stack.outputs()["modelArn"]) == ({arn}, other_model)
    assert local.counts()[UPDATE] == 1


@scenario(
    "`active-model-deployable` doesn't hold: AWS refuses to deploy a custom model that is `Active`",
    "`up` fails with AWS's reason.",
)
def test_refused_model_fails_with_reason(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.add_fault(operation=CREATE, error="ValidationException", message="This base model can't be deployed.")
    stack.declare(model_arn=model, model_deployment_name="fixed")
    assert stack.up(fails=True).error == (
        'ValidationFailed: deployment "fixed": AWS said: This base model can\'t be deployed. Change the arguments that '
        f"AWS names. {DEPLOYABLE}"
    )
    assert stack.recorded == set()


@scenario(
    "`full-quota` doesn't hold: AWS answers to a full quota with another error",
    "`up` fails with AWS's reason, and creates nothing. When there is room, the next `up` creates the deployment.",
)
def test_create_beyond_quota_fails_with_reason(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.contradict("full-quota")
    local.set_quota(0)
    stack.declare(model_arn=model, model_deployment_name="fixed")
    assert stack.up(fails=True).error.startswith(
        'ValidationFailed: deployment "fixed": AWS said: You have exceeded the quota'
    )
    assert (local.deployments(), stack.recorded) == ([], set())
    local.set_quota(1)
    stack.up()
    assert {each["customModelDeploymentArn"] for each in local.deployments()} == stack.recorded


@scenario(
    "`failed-counts-towards-quota` doesn't hold: deployments that are `Failed` count towards those in progress",
    "`up` fails with AWS's words, names the wrong one of the two quotas after them, and creates nothing. When the "
    "`Failed` ones are deleted, the next `up` creates the deployment.",
)
def test_create_beside_failed_that_count_as_in_progress_fails_and_succeeds_later(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    local.contradict("failed-counts-towards-quota")
    local.set_quota_in_progress(1)
    theirs = strangers("theirs")
    local.set_status(theirs, "Failed")
    strangers.adopted(theirs)
    stack.declare(model_arn=model, model_deployment_name="fixed")
    error = stack.up(fails=True).error
    assert error.startswith('ServiceQuotaExceeded: deployment "fixed": AWS said: You have exceeded the quota')
    assert "In-progress custom model deployments, which is 1" in error
    assert "Nothing was created" in error
    assert ([each["customModelDeploymentArn"] for each in local.deployments()], stack.recorded) == ([theirs], set())
    local.client("bedrock").delete_custom_model_deployment(customModelDeploymentIdentifier=theirs)
    stack.up()
    assert {each["customModelDeploymentArn"] for each in local.deployments()} == stack.recorded


@scenario(
    "`tags-during-update`, `update-needs-active` and `one-update-at-a-time` don't hold, and tags and model change "
    "while somebody else's updates are under way",
    "The change of the tags is retried until AWS accepts it. The model is updated when the deployment is `Active` and "
    "no other update is under way.",
)
def test_tags_and_model_are_changed_after_other_updates(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    local.contradict("tags-during-update", "update-needs-active", "one-update-at-a-time")
    stack.declare(model_arn=model, update_in_place=True)
    stack.up()
    (arn,) = stack.recorded
    theirs = local.create_custom_model("theirs")

    def start_their_update() -> None:
        bedrock = local.client("bedrock")
        bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=theirs)

    local.set_activation(manual=True)
    start_their_update()
    local.set_status(arn, "Creating")
    stack.declare(model_arn=other_model, update_in_place=True, tags={"team": "support"})
    running = stack.start()
    eventually(lambda: any(each["error"] == "ConflictException" for each in local.requests()), "the refused tags")
    local.set_update_status(arn, "UpdateCompleted")
    running.says("Creating, waiting for UpdateCompleted")
    start_their_update()
    local.set_status(arn, "Active")
    running.says(f"Updating to {theirs}, waiting for UpdateCompleted")
    assert local.counts()[UPDATE] == 2
    local.set_activation(seconds=0)
    assert running.finish().code == 0
    (only,) = local.deployments()
    assert (only["modelArn"], only["tags"]) == (other_model, {"team": "support"})
    assert local.counts()[UPDATE] == 3


@scenario(
    "`converse-not-ready` and `converse-absent` don't hold: Converse answers ValidationException to both",
    "`ModelInvocation` fails with AWS's reason. When the deployment is `Active`, the next `up` succeeds.",
)
def test_invocation_of_creating_or_absent_deployment_fails_in_one_line(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    local.contradict("converse-not-ready", "converse-absent")
    local.set_activation(manual=True)
    arn = strangers("theirs")
    absent = arn.rpartition("/")[0] + "/abcdefghij12"
    stack.program(f"bedrock.ModelInvocation('smoke-test', model_id={absent!r}, prompt='Say hello.')\n")
    assert stack.up(fails=True).error.startswith(f"ValidationFailed: model {absent}: AWS said: Could not find ")
    stack.program(f"bedrock.ModelInvocation('smoke-test', model_id={arn!r}, prompt='Say hello.')\n")
    assert stack.up(fails=True).error.startswith(f"ValidationFailed: model {arn}: AWS said: The model is not ready ")
    local.set_status(arn, "Active")
    strangers.changed(arn)
    stack.up()
