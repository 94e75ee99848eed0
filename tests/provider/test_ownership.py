"""In an account that others use, a create resumes, deletes and accepts only what belongs to its own resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from arns import ACCOUNT
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from marks import begin, mark_tags, owner_of
from pulumi_bedrock import errors, serialized
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.lifecycle.owner import Owner
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.models import backend_of

StartHost = Callable[..., DynamicHost]
CREATE, LIST, TAGS = "CreateCustomModelDeployment", "ListCustomModelDeployments", "ListTagsForResource"
DELETE = "DeleteCustomModelDeployment"


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    return str(failure.value).strip()


@pytest.fixture
def owner(inputs: dict[str, Any]) -> Owner:
    """The resource, as an earlier run of its stack made names and marks for it."""
    return owner_of(inputs["__owner"])


def theirs(local: LocalBedrock, inputs: dict[str, Any], name: str) -> str:
    """The ARN of somebody else's deployment."""
    made = local.client("bedrock").create_custom_model_deployment(modelDeploymentName=name, modelArn=inputs["modelArn"])
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
        given["tagsAll"] = given["tags"] = {f"key-{number}": "" for number in range(50)}
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
@pytest.mark.parametrize("named", ["as this resource names", "otherwise"])
def test_create_leaves_deployment_with_copied_mark_in_place(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner, status: str, named: str
) -> None:
    name = owner.new_name() if named == "as this resource names" else "their-model"
    copied = mark_tags(owner, owner.new_name())
    arn = begin(local_bedrock, owner, inputs["modelArn"], name, tags=copied)
    local_bedrock.set_status(arn, status)
    local_bedrock.clear_requests()

    created = host.create(inputs)

    live = {item["customModelDeploymentArn"]: item for item in local_bedrock.deployments()}
    assert live.keys() == {arn, created.id}
    assert live[arn]["tags"] == {MARK: copied[0]["value"]}
    assert local_bedrock.counts().get(TAGS, 0) == (0 if name == "their-model" else 1)


@pytest.mark.parametrize("status", ["Active", "Creating", "Failed"])
def test_create_leaves_deployment_that_another_stage_left_in_place(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner, status: str
) -> None:
    """The same program gives the same name, and the mark is whole, but of another identity."""
    arn = begin(local_bedrock, owner_of(owner.props, identity="of prod"), inputs["modelArn"], "fixed")
    local_bedrock.set_status(arn, status)
    before = local_bedrock.deployments()

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said.startswith(f'NameTaken: deployment "fixed": the name is taken in us-east-1 by {arn} ')
    assert local_bedrock.deployments() == before


# Tags that can't be read


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (errors.AccessDenied("No.", subject="theirs"), "theirs: No."),
        (errors.AnswerLost("Nothing.", subject="theirs"), "theirs: Nothing."),
        (errors.Conflict("Busy.", subject="theirs"), "theirs: Busy."),
        (errors.TooManyTags("Many.", subject="theirs"), "theirs: Many."),
        (KeyError("key"), "AWS answered bedrock:ListTagsForResource with tags that can't be read."),
        (TypeError("no mapping"), "AWS answered bedrock:ListTagsForResource with tags that can't be read."),
    ],
)
def test_create_resumes_though_tags_of_like_named_deployments_cannot_be_read(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    owner: Owner,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Exception,
    said: str,
) -> None:
    """As attribute-based access control denies it, or as AWS fails."""
    ours = begin(local_bedrock, owner, inputs["modelArn"])
    others = [theirs(local_bedrock, inputs, owner.new_name()) for _ in range(2)]
    deny_tags_of(monkeypatch, local_bedrock, *others, theirs(local_bedrock, inputs, "stranger"), error=answer)

    assert host.create(inputs).id == ours
    host.create({**inputs, "__owner": {**inputs["__owner"], "logicalName": "other"}})

    [line] = [line for line in capsys.readouterr().out.splitlines() if "tags of" in line]
    assert line.startswith(
        "can't read the tags of 2 deployments in us-east-1; skipped in the search for unfinished deployments: "
    )
    assert line.endswith(said)


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

    assert "Active; resuming the create that this run started: fixed" in capsys.readouterr().out
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
    arn = theirs(local_bedrock, inputs, "theirs")
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


# What Get shows


def test_deployment_that_get_misses_once_is_not_taken_for_a_replayed_token(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner
) -> None:
    arn = begin(local_bedrock, owner, inputs["modelArn"], "fixed")
    local_bedrock.add_fault(operation="GetCustomModelDeployment", error="ResourceNotFoundException", count=1)

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed"})

    assert said.startswith(f'NameTaken: deployment "fixed": the name is taken in us-east-1 by {arn} ')
    assert host.create({**inputs, "modelDeploymentName": "fixed"}).id == arn


# What no longer matches


@pytest.mark.parametrize("status", ["Failed", "Active"])
def test_unfinished_deployment_that_cannot_be_deleted_does_not_block_create(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    owner: Owner,
    capsys: pytest.CaptureFixture[str],
    status: str,
) -> None:
    name = owner.new_name()
    arn = begin(local_bedrock, owner, inputs["modelArn"], name, description="old")
    local_bedrock.set_status(arn, status)
    local_bedrock.add_fault(operation=DELETE, error="AccessDeniedException", message="No.")

    created = host.create(inputs)

    assert created.id != arn
    assert {item["customModelDeploymentArn"] for item in local_bedrock.deployments()} == {arn, created.id}
    assert (
        f"{name}: {status}; left by an interrupted run, no longer matches the inputs; deleting it\n"
        f"{name}: could not be deleted (deployment {arn}: AWS said: No. Allow "
        "bedrock:DeleteCustomModelDeployment to the identity that runs Pulumi.). To delete it: aws bedrock "
        f"delete-custom-model-deployment --region us-east-1 --custom-model-deployment-identifier {arn}\n"
    ) in capsys.readouterr().out


def test_deletion_of_what_no_longer_matches_is_requested_before_the_mark_comes_off_and_not_waited_for(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner, clock: FakeClock
) -> None:
    """A kill in between then leaves the new one marked, so that the next run finds it."""
    arn = begin(local_bedrock, owner, inputs["modelArn"], description="old")
    local_bedrock.set_deletion(manual=True)
    local_bedrock.clear_requests()

    created = host.create(inputs)

    assert clock.slept == []
    live = {item["customModelDeploymentArn"]: item for item in local_bedrock.deployments()}
    assert (live[arn]["status"], live[created.id]["status"]) == ("Deleting", "Active")
    operations = [request["operation"] for request in local_bedrock.requests()]
    assert operations.index(CREATE) < operations.index(DELETE) < operations.index("UntagResource")


# Two resources, one deployment


@pytest.mark.parametrize("by", ["customModelDeploymentArn", "modelDeploymentName"])
def test_import_of_deployment_that_the_state_holds_is_refused(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, by: str
) -> None:
    managed = {**inputs, "modelDeploymentName": "fixed"}
    made = start_host().create(managed)
    host = start_host()
    host.diff(made.outputs, managed, resource_id=made.id)
    before = local_bedrock.deployments()

    said = failure_of(
        host, {**managed, "importId": made.outputs[by], "__owner": {**inputs["__owner"], "logicalName": "importer"}}
    )

    assert said == (
        f"ImportMismatch: import_: another resource of this stack manages {made.id}. Only one resource can manage a "
        "deployment. Nothing was changed."
    )
    assert local_bedrock.deployments() == before


def test_deployment_that_the_state_holds_twice_is_refused_by_the_next_diff(
    start_host: StartHost, inputs: dict[str, Any]
) -> None:
    """A run that imports first, and is shown the other resource later, can't know."""
    made = start_host().create(inputs)
    importer = {**inputs, "importId": made.id, "__owner": {**inputs["__owner"], "logicalName": "importer"}}
    imported = start_host().create(importer)
    host = start_host()
    host.check(inputs, inputs), host.check(importer, importer)
    host.diff(made.outputs, inputs, resource_id=made.id)

    with pytest.raises(HostError, match=f"ImportMismatch: two resources of this stack manage {made.id}"):
        host.diff(imported.outputs, importer, resource_id=made.id)


def test_delete_keeps_deployment_that_another_resource_of_stack_manages(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    """A run that imported first has left the ARN in the state twice; then the program gives up the import."""
    made = start_host().create(inputs)
    owner = {**inputs["__owner"], "logicalName": "importer"}
    imported = start_host().create({**inputs, "importId": made.id, "__owner": owner})
    host = start_host()
    host.check(inputs, inputs)
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


def test_forced_replacement_names_the_new_deployment_before_a_kill_can_lose_it(
    start_host: StartHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    """The state keeps the old one, so the next `pulumi up` creates nothing, and doesn't search."""
    old = start_host().create(inputs)
    host = start_host()
    host.check(inputs)
    capsys.readouterr()

    new = host.create(inputs)

    before, after = (each.outputs["modelDeploymentName"] for each in (old, new))
    assert capsys.readouterr().out.splitlines()[0] == (
        f"creating {after} beside {before}. If this run is killed and the state keeps {before}, "
        "`pulumi-bedrock-orphans` finds the new one."
    )
    assert len(local_bedrock.deployments()) == 2


def test_replacement_that_a_diff_has_shown_names_nothing(
    start_host: StartHost, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    old = start_host().create(inputs)
    host, changed = start_host(), {**inputs, "description": "new"}
    host.check(changed, inputs)
    host.diff(old.outputs, changed, resource_id=old.id)

    host.create(changed)

    assert "beside" not in capsys.readouterr().out


# The search


def new_identity(host: DynamicHost) -> str:
    """A stack's identity, made in the same run."""
    config = {"aws:region": "us-east-1", "aws:maxRetries": "0"}
    made = DynamicHost(config, make=serialized.identity, process=host.process).create({})
    return made.id


def test_create_skips_search_when_run_made_identity(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    inputs["__owner"] = {**inputs["__owner"], "identity": new_identity(host)}
    theirs(local_bedrock, inputs, owner_of(inputs["__owner"]).new_name())
    local_bedrock.clear_requests()

    host.create(inputs)

    assert local_bedrock.counts() == {"GetCustomModel": 1, CREATE: 1, LIST: 1, "UntagResource": 1}, "one List: the wait"


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
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    local_bedrock.add_fault(operation=LIST, error="ThrottlingException", message="Slow down")

    said = failure_of(host, {**inputs, "modelDeploymentName": "fixed", "timeouts": {"create": "2m"}})

    assert said == (
        'WaitTimeout: deployment "fixed": the search for unfinished deployments of earlier runs did not end within '
        "2 min. Nothing was created. Run `pulumi up` again, with a longer custom_timeouts create. The last error was "
        "Throttled: AWS said: Slow down. Run the command again, with a smaller --parallel, or raise aws:maxRetries."
    )
    assert (
        "Throttled, waiting for the search for unfinished deployments of earlier runs (0 s of 2 min): fixed\n"
        in capsys.readouterr().out
    )
    assert local_bedrock.deployments() == []


def test_slow_search_creates_nothing_after_the_deadline(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    owner: Owner,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {theirs(local_bedrock, inputs, owner.new_name()) for _ in range(3)}
    original = Deployments.tags

    def slow(self: Deployments, arn: str) -> dict[str, str]:
        clock.time += 31
        return original(self, arn)

    monkeypatch.setattr(Deployments, "tags", slow)

    said = failure_of(host, {**inputs, "timeouts": {"create": "1m"}})

    assert "the search for unfinished deployments of earlier runs did not end within 60 s. Nothing was created." in said
    assert {live["customModelDeploymentArn"] for live in local_bedrock.deployments()} == names


@pytest.mark.parametrize("operation", [LIST, TAGS])
def test_search_retries_the_call_that_failed(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner, operation: str
) -> None:
    arn = begin(local_bedrock, owner, inputs["modelArn"])
    local_bedrock.add_fault(operation=operation, error="ThrottlingException", count=2)
    local_bedrock.clear_requests()

    assert host.create(inputs).id == arn

    assert local_bedrock.counts()[operation] == {LIST: 4, TAGS: 3}[operation], "one List more: the wait"


@pytest.mark.parametrize("others", ["300 with other names", "50 stages of the same program"])
@pytest.mark.usefixtures("no_quotas")
def test_search_reads_tags_of_deployments_with_own_names_alone(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, owner: Owner, others: str
) -> None:
    names = [f"stranger-{number}" for number in range(300)]
    if others.startswith("50"):
        names = [owner_of(owner.props, identity=f"stage-{number}").new_name() for number in range(50)]
    backend = backend_of(ACCOUNT, "us-east-1")  # not by HTTP, which takes seconds
    for name in names:
        backend.create_custom_model_deployment({"modelDeploymentName": name, "modelArn": inputs["modelArn"]})
    arn = begin(local_bedrock, owner, inputs["modelArn"])
    local_bedrock.clear_requests()

    assert host.create(inputs).id == arn

    assert local_bedrock.counts()[LIST] == 2, "one for the search, one for the wait"
    assert local_bedrock.counts()[TAGS] <= 3, "its own; of 4,096 other names, one is taken for its own"


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
