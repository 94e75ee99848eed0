"""In an account that others use, a create resumes, deletes and accepts only what belongs to its own resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock import errors, serialized
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.host.engine_log import logical_name
from pulumi_bedrock.lifecycle.unfinished import MARK, MAX_TAGS, Mark
from pulumi_bedrock.local import LocalBedrock

StartHost = Callable[..., DynamicHost]
CREATE, LIST, TAGS = "CreateCustomModelDeployment", "ListCustomModelDeployments", "ListTagsForResource"


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    return str(failure.value).strip()


def mark_of(inputs: dict[str, Any], **changes: str) -> str:
    mark = Mark.of({**inputs["__owner"], **changes})
    assert mark
    return mark.value


def marked(local: LocalBedrock, inputs: dict[str, Any], name: str, value: str) -> str:
    """The ARN of somebody else's deployment that carries a mark."""
    made = local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName=name, modelArn=inputs["modelArn"], tags=[{"key": MARK, "value": value}]
    )
    return str(made["customModelDeploymentArn"])


def deny_tags_of(monkeypatch: pytest.MonkeyPatch, local: LocalBedrock, *arns: str, error: Exception) -> None:
    """ListTagsForResource fails for these deployments alone, as attribute-based access control does it."""
    original = Deployments.tags

    def tags(self: Deployments, arn: str) -> dict[str, str]:
        if arn in arns:
            raise error
        return original(self, arn)

    monkeypatch.setattr(Deployments, "tags", tags)


# Another stack with the same name and token


@pytest.mark.parametrize("status", ["Creating", "Active"])
def test_create_refuses_replayed_deployment_with_mark_of_another_stack(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, status: str
) -> None:
    given = {**inputs, "modelDeploymentName": "fixed", "clientRequestToken": "token-1", "timeouts": {"create": "1m"}}
    local_bedrock.set_activation(manual=True)
    assert failure_of(start_host(), given).startswith("WaitTimeout")
    [theirs] = local_bedrock.deployments()
    arn = theirs["customModelDeploymentArn"]
    local_bedrock.set_status(arn, status)
    prod = {**given, "__owner": {**inputs["__owner"], "stack": "prod", "identity": "of prod"}}

    said = failure_of(start_host(), prod)

    assert said == (
        f'TokenReplayed: deployment "fixed": AWS answered with {arn}, which another create has started, marked as '
        "shop/dev/support-bot, because client_request_token was used before. Nothing was created or changed. Use a "
        "new token, or leave it out."
    )
    [left] = local_bedrock.deployments()
    assert (left["tags"], left["status"]) == (theirs["tags"], status)


@pytest.mark.parametrize("unmarked", ["tagging denied", "no identity", "no room"])
def test_unmarked_create_with_token_refuses_taken_name(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, unmarked: str
) -> None:
    """Without a mark, nothing tells whose deployment AWS's answer to a given token is."""
    given = {**inputs, "modelDeploymentName": "fixed", "clientRequestToken": "token-1"}
    if unmarked == "no room":
        given["tagsAll"] = given["tags"] = {f"key-{number}": "" for number in range(MAX_TAGS)}
    tags = [{"key": key, "value": ""} for key in given.get("tags", {})]
    request = {"modelDeploymentName": "fixed", "modelArn": inputs["modelArn"], "tags": tags}
    arn = local_bedrock.client("bedrock").create_custom_model_deployment(**request, clientRequestToken="token-1")[
        "customModelDeploymentArn"
    ]
    if unmarked == "no identity":
        given["__owner"] = {key: value for key, value in inputs["__owner"].items() if key != "identity"}
    if unmarked == "tagging denied":
        local_bedrock.add_fault(operation=CREATE, error="AccessDeniedException", count=1)

    said = failure_of(start_host(), given)

    assert said == (
        f'NameTaken: deployment "fixed": the name is taken in us-east-1 by {arn} (model {inputs["modelArn"]}, status '
        f'Active). Nothing was changed. Choose another name, or import_="{arn}" to manage that deployment. If it is '
        "the one that is being replaced, add delete_before_replace=True to the options."
    )
    assert [live["customModelDeploymentArn"] for live in local_bedrock.deployments()] == [arn]


def test_unmarked_create_with_token_deletes_its_failed_deployment(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """Its name was free, so AWS's answer is a new deployment."""
    owner = {key: value for key, value in inputs["__owner"].items() if key != "identity"}
    given = {**inputs, "__owner": owner, "modelDeploymentName": "fixed", "clientRequestToken": "token-1"}
    local_bedrock.add_fault(kind="activation", operation=CREATE, outcome="fail", message="No capacity.")

    said = failure_of(start_host(), given)

    assert said == (
        'DeploymentFailed: deployment "fixed": its status is Failed. AWS said: No capacity. It was deleted, so '
        "nothing is left. Fix the cause and run `pulumi up` again."
    )
    assert local_bedrock.deployments() == []


# Copied marks


@pytest.mark.parametrize("status", ["Active", "Creating", "Failed"])
def test_create_leaves_deployment_with_copied_mark_in_place(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    capsys: pytest.CaptureFixture[str],
    status: str,
) -> None:
    arn = marked(local_bedrock, inputs, "their-model", mark_of(inputs))
    local_bedrock.set_status(arn, status)

    created = host.create(inputs)

    live = {item["customModelDeploymentArn"]: item for item in local_bedrock.deployments()}
    assert live.keys() == {arn, created.id}
    assert live[arn]["tags"] == {MARK: mark_of(inputs)}
    assert (
        'their-model: has the mark of "support-bot", but a name that this resource does not give; the mark may be a '
        "copy; left in place. If it isn't needed: aws bedrock delete-custom-model-deployment --region us-east-1 "
        f"--custom-model-deployment-identifier {arn}\n"
    ) in capsys.readouterr().out


# Tags that can't be read


def test_create_resumes_though_tags_of_another_deployment_are_denied(
    start_host: StartHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours = marked(local_bedrock, inputs, "support-bot-1a2b3c4", mark_of(inputs))
    theirs = [marked(local_bedrock, inputs, name, "no") for name in ("theirs-1", "theirs-2")]
    deny_tags_of(monkeypatch, local_bedrock, *theirs, error=errors.AccessDenied("No.", subject="theirs"))
    host = start_host()

    assert host.create(inputs).id == ours
    host.create({**inputs, "__owner": {**inputs["__owner"], "logicalName": "other"}})

    lines = [line for line in capsys.readouterr().out.splitlines() if "tags of" in line]
    assert lines == [
        "can't read the tags of 2 deployments in us-east-1; skipped in the search for unfinished deployments: "
        "theirs: No."
    ]


@pytest.mark.parametrize(
    "answer",
    [
        errors.AnswerLost("Nothing.", subject="theirs"),
        errors.Conflict("Busy.", subject="theirs"),
        errors.TooManyTags("Many.", subject="theirs"),
    ],
)
def test_create_skips_deployment_whose_tags_cannot_be_listed(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: errors.BedrockError,
) -> None:
    ours = marked(local_bedrock, inputs, "support-bot-1a2b3c4", mark_of(inputs))
    theirs = marked(local_bedrock, inputs, "theirs", "no")
    deny_tags_of(monkeypatch, local_bedrock, theirs, error=answer)

    assert host.create(inputs).id == ours

    assert "skipped in the search for unfinished deployments: theirs: " in capsys.readouterr().out


@pytest.mark.parametrize("answer", [KeyError("key"), TypeError("no mapping")])
def test_create_skips_deployment_with_odd_tags(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Exception,
) -> None:
    ours = marked(local_bedrock, inputs, "support-bot-1a2b3c4", mark_of(inputs))
    theirs = marked(local_bedrock, inputs, "theirs", "no")
    deny_tags_of(monkeypatch, local_bedrock, theirs, error=answer)

    assert host.create(inputs).id == ours
    assert (
        "can't read the tags of 1 deployment in us-east-1; skipped in the search for unfinished deployments: "
        f"deployment {theirs}: AWS answered bedrock:ListTagsForResource with tags that can't be read.\n"
    ) in capsys.readouterr().out


# A retry in the same run


def test_retry_in_same_run_resumes_what_failed_create_left(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {**inputs, "modelDeploymentName": "fixed", "timeouts": {"create": "1m"}}
    local_bedrock.set_activation(manual=True)
    assert failure_of(host, given).startswith("WaitTimeout")
    [left] = local_bedrock.deployments()
    local_bedrock.set_status(left["customModelDeploymentArn"], "Active")

    assert host.create(given).id == left["customModelDeploymentArn"]

    assert "Creating; resuming the create that this run started: fixed" in capsys.readouterr().out
    [only] = local_bedrock.deployments()
    assert only["tags"] == {}


def test_retry_in_same_run_resumes_unmarked_deployment(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=CREATE, error="AccessDeniedException", count=1)
    local_bedrock.set_activation(manual=True)
    assert failure_of(host, {**inputs, "timeouts": {"create": "1m"}}).startswith("WaitTimeout")
    [left] = local_bedrock.deployments()
    local_bedrock.set_status(left["customModelDeploymentArn"], "Active")

    assert host.create(inputs).id == left["customModelDeploymentArn"]


@pytest.mark.parametrize("name", [None, "fixed"])
def test_retry_in_same_run_resumes_deployment_of_stack_without_identity(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, name: str | None
) -> None:
    owner = {key: value for key, value in inputs["__owner"].items() if key != "identity"}
    given = {**inputs, "__owner": owner, **({"modelDeploymentName": name} if name else {})}
    local_bedrock.set_activation(manual=True)
    assert failure_of(host, {**given, "timeouts": {"create": "1m"}}).startswith("WaitTimeout")
    [left] = local_bedrock.deployments()
    assert left["tags"] == {}
    local_bedrock.set_status(left["customModelDeploymentArn"], "Active")

    assert host.create(given).id == left["customModelDeploymentArn"]

    assert len(local_bedrock.deployments()) == 1


def test_retry_in_same_run_resumes_deployment_that_get_shows_late(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    late = local_bedrock.add_fault(operation="GetCustomModelDeployment", error="ResourceNotFoundException")
    hidden = local_bedrock.add_fault(operation=LIST, error="AccessDeniedException")
    assert failure_of(host, inputs).startswith("ResourceNotFound")
    [left] = local_bedrock.deployments()
    local_bedrock.clear_faults(late)
    local_bedrock.clear_faults(hidden)

    assert host.create(inputs).id == left["customModelDeploymentArn"]

    [only] = local_bedrock.deployments()
    assert only["tags"] == {}


def test_retry_in_same_run_resumes_deployment_whose_token_could_not_be_judged(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    host = start_host()
    identity = new_identity(host)
    given = {**inputs, "clientRequestToken": "token-1", "__owner": {**inputs["__owner"], "identity": identity}}
    throttled = local_bedrock.add_fault(operation=TAGS, error="ThrottlingException")
    assert failure_of(host, given).startswith("Throttled")
    local_bedrock.clear_faults(throttled)
    [left] = local_bedrock.deployments()

    assert host.create(given).id == left["customModelDeploymentArn"]

    [only] = local_bedrock.deployments()
    assert only["tags"] == {}


def test_retry_in_same_run_finds_deployment_of_lost_answer(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    host.create({**inputs, "__owner": {**inputs["__owner"], "logicalName": "other"}})  # the search is done
    local_bedrock.add_fault(kind="close", operation=CREATE, when="after")
    assert failure_of(host, inputs).startswith("AnswerLost")
    local_bedrock.clear_faults()
    local_bedrock.clear_requests()

    host.create(inputs)

    assert CREATE not in local_bedrock.counts()


def test_retry_of_failed_import_in_same_run_succeeds(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(manual=True)
    arn = marked(local_bedrock, inputs, "theirs", "no")
    given = {**inputs, "importId": arn, "timeouts": {"create": "1m"}}
    assert failure_of(host, given).startswith("WaitTimeout")
    local_bedrock.set_status(arn, "Active")

    assert host.create(given).id == arn


# One run, two providers


def test_delete_keeps_what_another_provider_of_the_process_created(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    created = host.create(inputs)
    other = DynamicHost({"aws:region": "us-east-1", "aws:maxRetries": "0"}, process=host.process)
    assert other.provider is not host.provider

    other.delete(created.id, created.outputs)

    assert len(local_bedrock.deployments()) == 1


# A failed leftover


def test_failed_unfinished_deployment_that_cannot_be_deleted_does_not_block_create(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = marked(local_bedrock, inputs, "support-bot-1a2b3c4", mark_of(inputs))
    local_bedrock.set_status(arn, "Failed")
    local_bedrock.add_fault(operation="DeleteCustomModelDeployment", error="AccessDeniedException", message="No.")

    created = host.create(inputs)

    assert created.id != arn
    assert (
        f"support-bot-1a2b3c4: could not be deleted (deployment {arn}: AWS said: No. Allow "
        "bedrock:DeleteCustomModelDeployment to the identity that runs Pulumi.). To delete it: aws bedrock "
        f"delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier {arn}\n"
    ) in capsys.readouterr().out


# Two resources, one deployment


@pytest.mark.parametrize("by", ["customModelDeploymentArn", "modelDeploymentName"])
@pytest.mark.parametrize("importer_first", [True, False])
def test_two_resources_with_one_deployment_are_refused_in_either_order(
    start_host: StartHost, inputs: dict[str, Any], by: str, importer_first: bool
) -> None:
    made = start_host().create({**inputs, "modelDeploymentName": "fixed"})
    host = start_host()
    managed = {**inputs, "modelDeploymentName": "fixed"}
    importer = {**managed, "importId": made.outputs[by], "__owner": {**inputs["__owner"], "logicalName": "importer"}}

    steps = [lambda: host.check(importer), lambda: host.diff(made.outputs, managed, resource_id=made.id)]
    first, second = steps if importer_first else reversed(steps)
    first()

    with pytest.raises(HostError) as failure:
        second()

    assert str(failure.value).strip() == (
        'ImportMismatch: import_: the resources "support-bot" and "importer" of this stack both want to manage '
        f"{made.id}. Only one resource can manage a deployment. Remove one of them from the program."
    )


def test_diff_accepts_equal_name_in_another_region(start_host: StartHost, inputs: dict[str, Any]) -> None:
    made = start_host().create({**inputs, "modelDeploymentName": "fixed"})
    host = start_host()
    owner = {**inputs["__owner"], "logicalName": "importer"}
    host.check({**inputs, "region": "eu-west-1", "importId": "fixed", "__owner": owner})

    assert not host.diff(made.outputs, {**inputs, "modelDeploymentName": "fixed"}, resource_id=made.id).changes


def test_delete_keeps_deployment_that_another_resource_of_stack_manages(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """A run that imported first has left the ARN in the state twice; then the program gives up the import."""
    made = start_host().create(inputs)
    owner = {**inputs["__owner"], "logicalName": "importer"}
    imported = start_host().create({**inputs, "importId": made.id, "__owner": owner})
    host = start_host()
    host.diff(made.outputs, inputs, resource_id=made.id)

    host.delete(imported.id, imported.outputs)

    assert len(local_bedrock.deployments()) == 1


def test_delete_after_replacement_is_not_kept(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """The engine checks a resource without its old inputs before it replaces it, even if `diff` found no change."""
    made = start_host().create(inputs)
    imported = start_host().create({**inputs, "importId": made.id})
    host = start_host()
    without = {key: value for key, value in inputs.items() if key != "importId"}
    host.check(without, inputs)
    host.diff(imported.outputs, without, resource_id=made.id)
    host.check(without)

    host.delete(imported.id, imported.outputs)

    assert local_bedrock.deployments() == []


# Forced replacement


def test_forced_replacement_keeps_active_deployment_with_mark_that_was_left(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """The engine calls no `diff`, so the host doesn't know the ARN in the state; dependents still use it."""
    old = marked(local_bedrock, inputs, "support-bot-1a2b3c4", mark_of(inputs))
    host = start_host()
    changed = {**inputs, "description": "Answers tickets"}
    host.check(changed, inputs)
    host.check(changed)

    new = host.create(changed)

    assert {item["customModelDeploymentArn"] for item in local_bedrock.deployments()} == {old, new.id}


# The search


def new_identity(host: DynamicHost) -> str:
    """A stack's identity, made in the same run."""
    config = {"aws:region": "us-east-1", "aws:maxRetries": "0"}
    made = DynamicHost(config, make=serialized.identity, process=host.process).create({})
    return made.id


def test_create_skips_search_when_run_made_identity(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    marked(local_bedrock, inputs, "theirs", "no")
    inputs["__owner"] = {**inputs["__owner"], "identity": new_identity(host)}
    local_bedrock.clear_requests()

    host.create(inputs)

    assert TAGS not in local_bedrock.counts()


def test_create_searches_after_lost_answer_even_with_new_identity(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    inputs["__owner"] = {**inputs["__owner"], "identity": new_identity(host)}
    local_bedrock.add_fault(kind="close", operation=CREATE, when="after")
    assert failure_of(host, inputs).startswith("AnswerLost")
    local_bedrock.clear_faults()
    [left] = local_bedrock.deployments()

    assert host.create(inputs).id == left["customModelDeploymentArn"]


@pytest.mark.usefixtures("no_quotas")
def test_search_counts_against_timeout_and_shows_progress(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(12):
        marked(local_bedrock, inputs, f"theirs-{number}", "no")
    original = Deployments.tags
    shown_for = set()

    def slow(self: Deployments, arn: str) -> dict[str, str]:
        clock.time += 31
        shown_for.add(logical_name())
        return original(self, arn)

    monkeypatch.setattr(Deployments, "tags", slow)
    host.urn = "urn:pulumi:dev::shop::pulumi-python:dynamic/bedrock:CustomModelDeployment::support-bot"

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed", "timeouts": {"create": "2m"}})

    assert said == (
        'WaitTimeout: deployment "fixed": the search for unfinished deployments of earlier runs did not end within '
        "2 min. Nothing was created. Run `pulumi up` again, with a longer custom_timeouts create."
    )
    assert "of 12 deployments for unfinished ones" in capsys.readouterr().out
    assert shown_for == {"support-bot"}, "the search's threads know whose row to write to"


def test_search_retries_one_call_and_keeps_other_answers(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    for number in range(6):
        marked(local_bedrock, inputs, f"theirs-{number}", "no")
    local_bedrock.add_fault(operation=TAGS, error="ThrottlingException", count=2)
    local_bedrock.clear_requests()

    host.create(inputs)

    assert local_bedrock.counts()[TAGS] == 8


# Lost answers, and failures later


def test_lost_answer_of_unmarked_create_promises_no_tag(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation=CREATE, error="AccessDeniedException", count=1)
    local_bedrock.add_fault(kind="close", operation=CREATE, when="after")

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said.startswith('AnswerLost: deployment "fixed": ')
    assert MARK not in said
    assert said.endswith(
        "If AWS created it nevertheless, no later run finds it, because it has no mark. To look: aws bedrock "
        "get-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier fixed"
    )


@pytest.mark.parametrize("name", [None, "fixed"])
def test_deployment_that_failed_after_it_was_active_is_replaced(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, name: str | None
) -> None:
    given = {**inputs, **({"modelDeploymentName": name} if name else {})}
    made = start_host().create(given)
    local_bedrock.set_status(made.id, "Failed", failure_message="The hardware broke.")
    host = start_host()

    refreshed = host.read(made.id, made.outputs)

    assert refreshed.outputs["status"] == "Failed"
    diff = start_host().diff(refreshed.outputs, given, resource_id=made.id)
    assert (diff.replaces, diff.delete_before_replace) == (["status"], name is not None)
