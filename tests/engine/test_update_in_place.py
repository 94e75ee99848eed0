"""`update_in_place`: a changed model or changed tags update the deployment behind its ARN, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from engine.stack import EXPORT, INVOCATION, Code, Stack, deployment
from pulumi_bedrock.local import LocalBedrock

UPDATE = "UpdateCustomModelDeployment"

CONSUMERS = """
class Recorder(pulumi.dynamic.ResourceProvider):
    def diff(self, id, olds, news):
        changed = olds.get("arn") != news.get("arn")
        return pulumi.dynamic.DiffResult(changes=changed, replaces=["arn"] if changed else [])

    def create(self, props):
        return pulumi.dynamic.CreateResult("a-consumer", props)

class Consumer(pulumi.dynamic.Resource):
    def __init__(self, name, arn):
        super().__init__(Recorder(), name, {"arn": arn})

Consumer("consumer", deployment.custom_model_deployment_arn)
Consumer("policy", deployment.custom_model_deployment_arn.apply(lambda arn: json.dumps({"Resource": arn})))
bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Hello")
"""


@pytest.fixture
def third_model(local: LocalBedrock) -> str:
    """The ARN of a third custom model."""
    return local.create_custom_model("tickets-v3")


def declare(stack: Stack, *, more: str = "", **arguments: Any) -> None:
    stack.declare(more=more, **{"update_in_place": True, **arguments})


def writes(local: LocalBedrock) -> dict[str, int]:
    """The calls that change something."""
    return {call: count for call, count in local.counts().items() if not call.startswith(("Get", "List", "Converse"))}


def only(local: LocalBedrock) -> dict[str, Any]:
    (found,) = local.deployments()
    return found


def deployed(stack: Stack, local: LocalBedrock, **arguments: Any) -> str:
    """Deploy, forget the calls, and return the ARN."""
    declare(stack, **arguments)
    stack.up()
    local.clear_requests()
    return str(stack.resource()["id"])


def is_up_to_date(stack: Stack, local: LocalBedrock, arn: str, **wanted: Any) -> None:
    """State and account hold the same deployment as before, with these inputs, and nothing is left to do."""
    live, state = only(local), stack.resource()
    assert live["customModelDeploymentArn"] == state["id"] == state["outputs"]["customModelDeploymentArn"] == arn
    assert live["modelDeploymentName"] == state["outputs"]["modelDeploymentName"]
    for held in (state["inputs"], state["outputs"], live):
        assert {key: held.get(key) for key in wanted} == wanted
    stack.up("--refresh", "--expect-no-changes")


def test_changed_model_is_updated_by_one_call_behind_same_arn(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    arn = deployed(stack, local, model_arn=model, description="First line")
    declare(stack, model_arn=other_model, description="First line")
    step = stack.steps()["support-bot"]
    assert (step["op"], step.get("replaceReasons")) == ("update", None)
    assert local.counts() == {}, "a preview calls nothing"

    local.set_activation(seconds=1)
    run = stack.up()
    assert run.changes["updated"] == 1
    assert "warning" not in run.text
    assert writes(local) == {UPDATE: 1}
    is_up_to_date(stack, local, arn, modelArn=other_model, description="First line")
    assert stack.exports()["customModelDeploymentArn"] == arn
    assert writes(local) == {UPDATE: 1}


def test_changed_tags_are_the_tag_calls_and_strangers_tag_stays(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.config["aws:defaultTags"] = '{"tags": {"env": "dev", "cost": "1"}}'
    arn = deployed(stack, local, model_arn=model, tags={"team": "support", "app": "bot"})
    local.client("bedrock").tag_resource(resourceARN=arn, tags=[{"key": "stranger", "value": "x"}])
    local.clear_requests()

    stack.config["aws:defaultTags"] = '{"tags": {"env": "prod"}}'
    declare(stack, model_arn=model, tags={"team": "sales"})
    assert stack.up().changes["updated"] == 1
    assert writes(local) == {"UntagResource": 1, "TagResource": 1}
    assert only(local)["tags"] == {"team": "sales", "env": "prod", "stranger": "x"}
    assert stack.outputs()["tags"] == {"team": "sales"}
    assert stack.outputs()["tagsAll"] == {"team": "sales", "env": "prod"}
    assert stack.resource()["id"] == arn
    stack.up("--expect-no-changes")


def test_tag_that_moves_out_of_default_tags_changes_only_the_state(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    """Without `update_in_place`, too: for AWS nothing changes."""
    stack.config["aws:defaultTags"] = '{"tags": {"env": "dev"}}'
    stack.declare(model_arn=model, tags={"team": "support"})
    stack.up()
    arn = stack.resource()["id"]
    local.clear_requests()

    del stack.config["aws:defaultTags"]
    stack.declare(model_arn=model, tags={"team": "support", "env": "dev"})
    assert stack.steps()["support-bot"]["op"] == "update"
    assert stack.up().changes["updated"] == 1
    assert local.counts() == {}
    assert stack.outputs()["tags"] == stack.outputs()["tagsAll"] == {"team": "support", "env": "dev"}
    assert stack.resource()["id"] == arn
    stack.up("--refresh", "--expect-no-changes")


@pytest.mark.usefixtures("no_quotas")
def test_every_other_change_replaces(stack: Stack, local: LocalBedrock, model: str, other_model: str) -> None:
    there = {"region": "us-west-2", "model_arn": local.create_custom_model("tickets-v1", region="us-west-2")}
    base = {"model_arn": model, "update_in_place": True}
    cases: dict[str, tuple[dict[str, Any], set[str]]] = {
        "description": ({"description": "Second line"}, {"description"}),
        "name": ({"model_deployment_name": "given"}, {"modelDeploymentName"}),
        "token": ({"client_request_token": "second-time"}, {"clientRequestToken"}),
        "region": (there, {"region", "modelArn"}),
        "both-kinds": ({"description": "Second line", "model_arn": other_model}, {"description", "modelArn"}),
        "switched-off": ({"update_in_place": False, "model_arn": other_model}, {"modelArn"}),
        "failed": ({"model_arn": other_model}, {"modelArn", "status"}),
    }
    stack.program("\n".join(deployment(case, **base) for case in cases))
    stack.up()
    old = {case: stack.resource(case)["id"] for case in cases}
    local.set_status(old["failed"], "Failed", failure_message="Lost capacity")
    stack.refresh()
    stack.program("\n".join(deployment(case, **{**base, **after}) for case, (after, _) in cases.items()))

    assert {case: (step["op"], set(step["replaceReasons"])) for case, step in stack.steps().items()} == {
        case: ("replace", reasons) for case, (_, reasons) in cases.items()
    }
    local.clear_requests()
    assert stack.up().changes["replaced"] == len(cases)
    assert UPDATE not in local.counts()
    assert {stack.resource(case)["id"] for case in cases}.isdisjoint(old.values())
    assert len(local.deployments()) == len(cases)
    stack.up("--expect-no-changes")


def test_switching_the_flag_alone_calls_nothing(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.declare(model_arn=model)
    stack.up()
    arn = stack.resource()["id"]
    local.clear_requests()
    stack.declare(model_arn=model, update_in_place=False)
    stack.up("--expect-no-changes")

    for flag in (True, False):
        stack.declare(model_arn=model, update_in_place=flag)
        assert stack.up().changes["updated"] == 1
        assert stack.outputs().get("updateInPlace") == (flag or None)
        assert local.counts() == {}
        stack.up("--expect-no-changes")
        local.clear_requests()
    assert stack.resource()["id"] == arn


def test_flag_that_is_not_known_yet_replaces_in_preview(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    deployed(stack, local, model_arn=model)
    stack.program(f"{_later(True)}\ndeployment = {_with_flag(other_model)}\n{EXPORT}")
    step = stack.steps()["support-bot"]
    assert (step["op"], step["replaceReasons"]) == ("replace", ["modelArn"])
    assert stack.up().changes["updated"] == 1, "at `up` the flag is known"
    assert writes(local) == {UPDATE: 1}


def test_model_that_is_creating_is_waited_for(stack: Stack, local: LocalBedrock, model: str) -> None:
    arn = deployed(stack, local, model_arn=model)
    coming = local.create_custom_model("tickets-v9", status="Creating")
    declare(stack, model_arn=coming)
    assert local._server is not None  # the one in this process
    log = local._server.application.log
    log.on_record = lambda _entry: local.set_status(coming, "Active")  # when it was asked for once
    stack.up()
    log.on_record = None
    calls = [asked["operation"] for asked in local.requests()]
    assert calls[: calls.index("GetCustomModelDeployment")].count("GetCustomModel") > 1
    assert writes(local) == {UPDATE: 1}
    is_up_to_date(stack, local, arn, modelArn=coming)


def test_failed_update_is_one_line_and_next_up_tries_again(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    arn = deployed(stack, local, model_arn=model)
    local.add_fault(operation=UPDATE, kind="activation", count=1)
    declare(stack, model_arn=other_model)
    name = stack.outputs()["modelDeploymentName"]
    assert stack.up(fails=True).error == (
        f'UpdateFailed: deployment "{name}": AWS could not update it to {other_model}: UpdateFailed. AWS gave no '
        f"reason. {model} still serves. Check the model, then run `pulumi up` again."
    )
    assert stack.outputs()["modelArn"] == only(local)["modelArn"] == model
    assert stack.resource()["id"] == arn

    stack.up()
    assert writes(local) == {UPDATE: 2}
    is_up_to_date(stack, local, arn, modelArn=other_model)


def test_update_that_does_not_end_times_out_and_next_up_joins_it(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    timeout = Code('pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(update="2s"))')
    arn = deployed(stack, local, model_arn=model, opts=timeout)
    local.set_activation(manual=True)
    declare(stack, model_arn=other_model, opts=timeout)
    name = stack.outputs()["modelDeploymentName"]
    assert stack.up(fails=True).error == (
        f'WaitTimeout: deployment "{name}": the update to {other_model} is still Updating after 2 s; AWS continues it, '
        "and the old model serves until then. Run `pulumi up` again to wait for it, with a longer custom_timeouts "
        "update; if the program goes back to the old model, run `pulumi up --refresh`."
    )
    assert stack.outputs()["modelArn"] == model

    local.set_activation(seconds=0)
    stack.up()
    assert writes(local) == {UPDATE: 1}
    is_up_to_date(stack, local, arn, modelArn=other_model)


def test_several_updates_meet_troubles_of_their_own_and_share_the_list(
    stack: Stack, local: LocalBedrock, model: str, other_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["failed-before", "asked-for-by-another", "throttled", "half-done", *(f"plain-{n}" for n in range(6))]

    def program(model: str, team: str) -> str:
        first, *others = names
        after = Code("pulumi.ResourceOptions(depends_on=[first])")  # so that the stale reads are those of its update
        common = {"model_arn": model, "update_in_place": True}
        lines = [f"first = {deployment(first, **common)}"]
        tags = {"half-done": {"tags": {"team": team}}}
        return "\n".join([*lines, *(deployment(name, opts=after, **common, **tags.get(name, {})) for name in others)])

    stack.program(program(model, "support"))
    stack.up()
    arns = {name: str(stack.resource(name)["id"]) for name in names}
    bedrock = local.client("bedrock")
    swap = {"customModelDeploymentIdentifier": arns["failed-before"], "modelArn": other_model}
    local.add_fault(operation=UPDATE, kind="activation", count=1)
    bedrock.update_custom_model_deployment(**swap)
    local.add_fault(operation=UPDATE, kind="stale", reads=3, count=1)
    local.add_fault(operation=UPDATE, error="ThrottlingException", resource=arns["throttled"], count=2)
    local.add_fault(operation=UPDATE, error="AccessDeniedException", resource=arns["half-done"], message="No.", count=1)
    local.add_fault(operation="ListCustomModelDeployments", kind="delay", seconds=1)
    local.set_activation(manual=True)
    local.clear_requests()
    waiting, released_at = {arns[name] for name in names if name not in ("failed-before", "half-done")}, 0

    def on_record(entry: dict[str, Any]) -> None:
        nonlocal released_at
        operation, arn = entry["operation"], entry["resource"]
        if (operation, arn) == ("GetCustomModelDeployment", arns["asked-for-by-another"]) and arn not in asked_for:
            asked_for.append(arn)
            bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_model)
        if operation != UPDATE or entry["error"]:
            return
        if arn == arns["failed-before"]:
            local.set_update_status(arn, "UpdateCompleted")
        waiting.discard(arn)
        if not waiting and not released_at:
            released_at = entry["sequence"]
            local.set_activation(seconds=0)

    asked_for: list[str] = []
    assert local._server is not None  # the one in this process
    monkeypatch.setattr(local._server.application.log, "on_record", on_record)
    stack.program(program(other_model, "sales"))
    name = stack.outputs("half-done")["modelDeploymentName"]
    assert stack.up("--continue-on-error", "--parallel", "16", fails=True).error == (
        f'AccessDenied: deployment "{name}": AWS said: No. Allow bedrock:{UPDATE} to the identity that runs Pulumi. '
        "The tags are already changed; if the program goes back to the old ones, run `pulumi up --refresh`."
    )
    answers: dict[str, list[str | None]] = {name: [] for name in names}
    for asked in local.requests():
        if asked["operation"] == UPDATE:
            answers[next(name for name in names if arns[name] == asked["resource"])].append(asked["error"])
    assert answers == {
        **{name: [None] for name in names},
        "asked-for-by-another": [None, "ValidationException"],
        "throttled": ["ThrottlingException", "ThrottlingException", None],
        "half-done": ["AccessDeniedException"],
    }
    lists = [asked for asked in local.requests() if asked["operation"] == "ListCustomModelDeployments"]
    assert len([asked for asked in lists if asked["sequence"] > released_at]) <= 5
    serves = {found["customModelDeploymentArn"]: found for found in local.deployments()}
    for name in names:
        wanted = model if name == "half-done" else other_model
        assert stack.outputs(name)["modelArn"] == serves[arns[name]]["modelArn"] == wanted
    assert serves[arns["half-done"]]["tags"] == {"team": "sales"}
    assert stack.outputs("half-done")["tags"] == {"team": "support"}

    local.clear_requests()
    assert stack.up().changes["updated"] == 1
    assert writes(local) == {UPDATE: 1, "TagResource": 1}
    assert stack.outputs("half-done")["modelArn"] == other_model
    assert {name: str(stack.resource(name)["id"]) for name in names} == arns

    local.clear_requests()
    stack.preview("--expect-no-changes")
    assert local.counts() == {"ListCustomModelDeployments": 1}, "one list shows that none was updated since"


def test_drift_of_model_and_tags_is_put_back_in_place(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    arn = deployed(stack, local, model_arn=model, tags={"team": "support"})
    bedrock = local.client("bedrock")
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other_model)
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "sales"}, {"key": "added", "value": "x"}])
    local.clear_requests()

    stack.refresh()
    for held in ("inputs", "outputs"):
        assert stack.resource()[held]["updateInPlace"] is True, "refresh keeps the flag"
        assert stack.resource()[held]["modelArn"] == other_model
    assert stack.up().changes["updated"] == 1
    assert writes(local) == {UPDATE: 1, "TagResource": 1, "UntagResource": 1}
    assert only(local)["tags"] == {"team": "support"}
    is_up_to_date(stack, local, arn, modelArn=model)


def test_model_is_swapped_by_one_call_with_each_resource_option(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    by_hand = local.client("bedrock").create_custom_model_deployment(modelDeploymentName="by-hand", modelArn=model)[
        "customModelDeploymentArn"
    ]

    def program(model_arn: str, team: str, *, renamed: str, unknown: str) -> str:
        def in_place(name: str, option: str = "", **arguments: Any) -> str:
            given = {"model_arn": model_arn, "update_in_place": True, **arguments}
            return deployment(name, **given, opts=Code(f"pulumi.ResourceOptions({option})"))

        return "\n".join(
            [
                in_place("imported", f"import_={by_hand!r}"),  # may stay: the update doesn't import again
                in_place("protected", "protect=True", model_deployment_name="protected"),
                in_place("deleted-first", "delete_before_replace=True", model_deployment_name="deleted-first"),
                in_place("ignoring", 'ignore_changes=["model_arn", "tags"]', tags={"team": team}),
                in_place(renamed, 'aliases=[pulumi.Alias(name="old-name")]'),
                in_place("unknown-in-preview", model_arn=unknown),
            ]
        )

    def ids() -> dict[str, str]:
        return {resource["urn"].rpartition("::")[2]: resource["id"] for resource in stack.resources()}

    stack.program(program(model, "support", renamed="old-name", unknown=model))
    stack.up()
    before = ids()
    assert before["imported"] == by_hand
    before["renamed"] = before.pop("old-name")
    local.clear_requests()
    after = program(other_model, "sales", renamed="renamed", unknown=Code("later"))
    stack.program(f"{_later(other_model)}\n{after}")

    steps = stack.steps()
    updated = before.keys() - {"ignoring"}
    assert {name: steps[name]["op"] for name in before.keys() & steps.keys()} == dict.fromkeys(updated, "update")
    assert stack.up().changes["updated"] == len(updated)
    assert writes(local) == {UPDATE: len(updated)}
    assert before["ignoring"] not in {asked["resource"] for asked in local.requests()}
    assert ids() == before
    serves = {item["customModelDeploymentArn"]: item for item in local.deployments()}
    assert serves.keys() == set(before.values())
    for name, arn in before.items():
        state, live = stack.resource(name), serves[arn]
        assert state["outputs"]["customModelDeploymentArn"] == arn
        assert state["outputs"]["modelDeploymentName"] == live["modelDeploymentName"]
        wanted = other_model if name in updated else model
        assert state["inputs"]["modelArn"] == state["outputs"]["modelArn"] == live["modelArn"] == wanted, name
    assert serves[before["ignoring"]]["tags"] == {"team": "support"}
    stack.up("--refresh", "--expect-no-changes")


def test_secret_tags_stay_secret_through_an_update(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    hush, hushed = "hush-tag-4c1", "hush-tag-9d2"
    deployed(stack, local, model_arn=model, tags={"key": Code(f"pulumi.Output.secret({hush!r})")})
    declare(stack, model_arn=other_model, tags={"key": Code(f"pulumi.Output.secret({hushed!r})")})
    local.add_fault(operation="TagResource", error="ValidationException", message=f"Bad value {hushed}", count=1)
    failed = stack.up(fails=True)
    assert "AWS said: Bad value [redacted]." in failed.error
    runs = [failed, stack.preview(), stack.up(), stack.refresh()]
    assert only(local)["tags"] == {"key": hushed}
    for value in (hush, hushed):
        assert value not in stack.state
        assert all(value not in run.text for run in runs)


# what a preview shows to consumers of the ARN


def test_consumers_of_the_arn_stay_unchanged_in_preview_and_in_up_by_its_plan(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    arn = deployed(stack, local, model_arn=model, tags={"team": "support"}, more=CONSUMERS)
    before = stack.resource("smoke-test")["id"]
    declare(stack, model_arn=other_model, tags={"team": "sales"}, more=CONSUMERS)
    plan = str(stack.folder / "plan.json")
    assert set(stack.steps("--save-plan", plan)) - {"engine-test-dev"} == {"support-bot"}
    assert stack.up("--plan", plan).changes["updated"] == 1
    assert writes(local) == {UPDATE: 1, "TagResource": 1}
    assert (only(local)["modelArn"], stack.resource()["id"]) == (other_model, arn)
    assert stack.resource("smoke-test")["id"] == before
    assert stack.exports()["customModelDeploymentArn"] == arn


def test_consumers_change_with_a_replacement_in_preview_and_up(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    for name in (None, "fixed"):
        first = {"model_arn": model, "model_deployment_name": name, "more": CONSUMERS}
        old = deployed(stack, local, **first)
        declare(stack, **{**first, "model_arn": other_model, "description": "Second line"})
        steps = stack.steps()
        ops = {resource: steps[resource]["op"] for resource in ("support-bot", "consumer", "policy", "smoke-test")}
        assert set(ops.values()) == {"replace"}, "the old ARN isn't shown as one that stays"
        stack.up()
        assert stack.exports()["customModelDeploymentArn"] == stack.resource()["id"] != old
        assert [item["inputs"]["modelId"] for item in stack.resources(INVOCATION)] == [stack.resource()["id"]]


def test_smoke_test_runs_again_after_a_swap_with_the_model_as_trigger(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    smoke = (
        'bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Hello", '
        'triggers={"model": deployment.model_arn})'
    )
    deployed(stack, local, model_arn=model, more=smoke)
    declare(stack, model_arn=other_model, more=smoke)
    stack.up()
    assert "tickets-v2" in stack.outputs("smoke-test")["outputText"]


def test_arn_of_get_by_name_is_the_arn_and_not_the_name(stack: Stack, local: LocalBedrock, model: str) -> None:
    arn = local.client("bedrock").create_custom_model_deployment(modelDeploymentName="shared", modelArn=model)[
        "customModelDeploymentArn"
    ]
    stack.program(f'deployment = bedrock.CustomModelDeployment.get("shared", "shared")\n{EXPORT}\n{CONSUMERS}')
    assert stack.steps()["smoke-test"]["newState"]["inputs"]["modelId"] == arn
    stack.up()
    assert stack.exports()["customModelDeploymentArn"] == arn
    assert stack.resource("smoke-test")["inputs"]["modelId"] == arn


def _later(value: Any) -> str:
    """A program's beginning with a value that is known only after `up`."""
    return f"""
class Delay(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("a-value", {{**props, "value": {value!r}}})

class Later(pulumi.dynamic.Resource):
    value: pulumi.Output

    def __init__(self):
        super().__init__(Delay(), "later", {{"value": None}})

later = Later().value
"""


def _with_flag(model: str) -> str:
    return deployment("support-bot", model_arn=model, update_in_place=Code("later"))
