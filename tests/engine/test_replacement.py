"""Every input makes a new deployment; which of the two goes first depends on who made the name.

Many deployments in one stack, each with one input changed, so that two runs show every case.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from engine.stack import EXPORT, Code, Stack, deployment
from engine.witness import Witness
from pulumi_bedrock.local import LocalBedrock

NEW_FIRST, OLD_FIRST = "the new one is Active before the old one goes", "the old one is gone before"


@pytest.mark.usefixtures("no_quotas")
def test_each_changed_input_replaces_in_expected_order(
    stack: Stack, local: LocalBedrock, model: str, other_model: str, witness: Witness
) -> None:
    there = {"region": "us-west-2", "model_arn": local.create_custom_model("tickets-v1", region="us-west-2")}
    base = {"model_arn": model, "description": "First line", "tags": {"team": "support"}}
    cases: dict[str, tuple[dict[str, Any], dict[str, Any], str, set[str]]] = {
        # before, after (None: left out), order, what replaces it
        "model": ({}, {"model_arn": other_model}, NEW_FIRST, {"modelArn"}),
        "description": ({}, {"description": "Second line"}, NEW_FIRST, {"description"}),
        "description-left-out": ({}, {"description": None}, NEW_FIRST, {"description"}),
        "tag-value": ({}, {"tags": {"team": "sales"}}, NEW_FIRST, {"tags", "tagsAll"}),
        "tag-added": ({}, {"tags": {"team": "support", "a": "b"}}, NEW_FIRST, {"tags", "tagsAll"}),
        "tags-left-out": ({}, {"tags": None}, NEW_FIRST, {"tags", "tagsAll"}),
        "token": ({}, {"client_request_token": "second-time"}, NEW_FIRST, {"clientRequestToken"}),
        # A model is of one Region, so these two change together.
        "region": ({}, there, NEW_FIRST, {"region", "modelArn"}),
        "name-given": ({}, {"model_deployment_name": "given"}, NEW_FIRST, {"modelDeploymentName"}),
        "name-changed": (
            {"model_deployment_name": "before"},
            {"model_deployment_name": "after"},
            NEW_FIRST,
            {"modelDeploymentName"},
        ),
        "name-left-out": (
            {"model_deployment_name": "left"},
            {"model_deployment_name": None},
            NEW_FIRST,
            {"modelDeploymentName"},
        ),
        "fixed-model": (
            {"model_deployment_name": "fixed-1"},
            {"model_arn": other_model},
            OLD_FIRST,
            {"modelArn"},
        ),
        "fixed-description": (
            {"model_deployment_name": "fixed-2"},
            {"description": "Second line"},
            OLD_FIRST,
            {"description"},
        ),
        "fixed-tags": (
            {"model_deployment_name": "fixed-3"},
            {"tags": {"team": "sales"}},
            OLD_FIRST,
            {"tags", "tagsAll"},
        ),
        "fixed-token": (
            {"model_deployment_name": "fixed-4"},
            {"client_request_token": "third-time"},
            OLD_FIRST,
            {"clientRequestToken"},
        ),
        "fixed-region": (
            {"model_deployment_name": "fixed-5"},
            there,
            NEW_FIRST,
            {"region", "modelArn"},
        ),
    }
    befores = {case: {**base, **before} for case, (before, *_) in cases.items()}
    afters = {case: {**befores[case], **after} for case, (_, after, *_) in cases.items()}
    _declare(stack, befores)
    stack.up()
    old = {case: stack.resource(case)["id"] for case in cases}
    witness.moments.clear()
    _declare(stack, afters)

    steps = stack.steps()
    assert {case: (step["op"], set(step["replaceReasons"])) for case, step in steps.items()} == {
        case: ("replace", reasons) for case, (*_, reasons) in cases.items()
    }
    assert witness.moments == []

    local.set_activation(seconds=0.5)
    local.set_deletion(seconds=0.5)
    assert stack.up().changes["replaced"] == len(cases)
    new = {case: stack.resource(case)["id"] for case in cases}
    assert set(old.values()).isdisjoint(new.values())
    assert {case: _order(witness, old[case], new[case]) for case in cases} == {
        case: order for case, (_, _, order, _) in cases.items()
    }

    live = {item["customModelDeploymentArn"]: item for item in local.deployments()}
    assert set(live) == set(new.values()), "each old one is gone, and nothing else is left"
    for case, wanted in afters.items():
        found = live[new[case]]
        assert (found["modelArn"], found.get("description"), found["tags"], found["region"]) == (
            wanted["model_arn"],
            wanted["description"],
            wanted["tags"] or {},
            wanted.get("region", "us-east-1"),
        ), case
        assert stack.outputs(case)["modelDeploymentName"] == found["modelDeploymentName"]
        assert found["modelDeploymentName"].startswith(wanted.get("model_deployment_name") or f"{case}-")
    assert list(stack.up("--expect-no-changes").changes) == ["unchanged"]


def test_old_deployment_serves_until_replacement_is_active(
    stack: Stack, local: LocalBedrock, model: str, other_model: str, witness: Witness
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    old = stack.resource()["id"]
    # Long enough for the old one to go first, if nobody waited.
    local.set_activation(seconds=3)
    stack.declare(model_arn=other_model)
    said = stack.up().text
    new = stack.resource()["id"]
    assert witness.moments[-2].statuses == {old: "Active", new: "Creating"}
    assert witness.moments[-1].event == "delete"
    assert witness.moments[-1].statuses[new] == "Active"
    assert re.search(r"Creating, waiting for Active \(\d+ s of 60 min\): support-bot-[0-9a-f]{7}", said)
    assert re.search(r"Active after \d+ s: support-bot-[0-9a-f]{7}", said)


def test_delete_before_replace_option_deletes_old_deployment_first(
    stack: Stack, model: str, other_model: str, witness: Witness
) -> None:
    first = Code("pulumi.ResourceOptions(delete_before_replace=True)")
    stack.declare(model_arn=model, opts=first)
    stack.up()
    stack.declare(model_arn=other_model, opts=first)
    warning = "Reason: modelArn changes, and delete_before_replace=True is in the options. To avoid the outage, remove "
    assert warning in stack.up().text
    assert witness.events == ["create", "delete", "create"]


def test_unknown_model_arn_previews_as_replacement(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    _train(stack, model)
    assert stack.preview().changes["to create"] >= 3
    assert local.counts() == {}
    stack.up()
    assert stack.outputs()["modelArn"] == local.deployments()[0]["modelArn"] == model

    _train(stack, other_model)
    step = stack.steps()["support-bot"]
    assert (step["op"], step["replaceReasons"]) == ("replace", ["modelArn"])
    stack.up()
    (live,) = local.deployments()
    assert stack.outputs()["modelArn"] == live["modelArn"] == other_model


def _declare(stack: Stack, deployments: dict[str, dict[str, Any]]) -> None:
    stack.program("\n".join(deployment(name, **arguments) for name, arguments in deployments.items()))


def _order(witness: Witness, old: str, new: str) -> str:
    statuses = witness.at("delete", old).statuses
    if statuses.get(new) == "Active":
        return NEW_FIRST
    (made,) = [moment for moment in witness.moments if moment.event == "create" and new in moment.statuses][:1]
    assert old not in made.statuses, "the old one still stood when the new one was asked for"
    return OLD_FIRST


def _train(stack: Stack, arn: str) -> None:
    """A program in which the model is another resource's, as after a training job."""
    stack.program(
        f"""
class Training(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("a-job", {{**props, "model_arn": props["arn"]}})

    def update(self, id, olds, news):
        return pulumi.dynamic.UpdateResult({{**news, "model_arn": news["arn"]}})

class Model(pulumi.dynamic.Resource):
    model_arn: pulumi.Output[str]

    def __init__(self, name, arn):
        super().__init__(Training(), name, {{"arn": arn, "model_arn": None}})

deployment = {deployment("support-bot", model_arn=Code(f"Model('training', {arn!r}).model_arn"))}
{EXPORT}
"""
    )
