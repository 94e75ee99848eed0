"""Which deployments a resource takes for its own, by their names and marks."""

from __future__ import annotations

from typing import Any

import pytest
from custom_models import KEY, ROLE, artifacts
from marks import owner_of
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.waiting import Clock
from pulumi_bedrock.lifecycle.owner import Owner
from pulumi_bedrock.lifecycle.run_context import RunContext
from pulumi_bedrock.lifecycle.unfinished import Mark
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT

OWNER = {"project": "shop", "stack": "dev", "logicalName": "bot", "identity": "b7d6", "parent": "a:b:C"}
OTHERS = [{"identity": "of prod"}, {"parent": "a:b:D"}, {"parent": ""}, {"logicalName": "bot2"}]
"""A like-named stage of the same program, other parents, another resource."""


@pytest.fixture
def run() -> RunContext:
    return RunContext(DEPLOYMENT, Clients(AwsConfiguration()), clock=Clock())


def owner(run: RunContext, name: str | None = None, **changes: Any) -> Owner:
    """What a create makes of the inputs; None takes a part away."""
    of = {key: value for key, value in {**OWNER, **changes}.items() if value is not None}
    return Owner.of(run, {"owner": of, **({"modelDeploymentName": name} if name else {})})


def test_own_automatic_name_is_taken(run: RunContext) -> None:
    mine = owner(run)

    name = mine.new_name()

    assert name.startswith("bot-")
    assert mine.could_have_made(name)
    assert owner(run).could_have_made(name), "in a later run too"
    assert owner(run, project="market", stack="prod").could_have_made(name), "a rename of the stack changes nothing"
    assert owner(run, name="fixed").could_have_made(name), "also when the program gives a name now"


@pytest.mark.parametrize("changes", OTHERS)
def test_automatic_name_of_another_resource_is_not_taken(run: RunContext, changes: dict[str, str]) -> None:
    names = [owner(run, **changes).new_name() for _ in range(40)]

    assert sum(owner(run).could_have_made(name) for name in names) <= 2  # of 4,096, one by chance


@pytest.mark.parametrize(
    ("given", "name", "taken"),
    [
        ("fixed", "fixed", True),
        ("fixed", "fixed-1a2b3c4", False),
        ("fixed", "fixe", False),
        (None, "bot", False),
        (None, "bot-1a2b3c4", False),
        (None, "", False),
    ],
)
def test_given_name_alone_is_taken_besides_automatic_ones(
    run: RunContext, given: str | None, name: str, taken: bool
) -> None:
    assert owner(run, given).could_have_made(name) is taken


def test_given_name_is_the_new_name(run: RunContext) -> None:
    assert owner(run, "fixed").new_name() == "fixed"


@pytest.mark.parametrize("changes", OTHERS)
def test_mark_of_another_resource_is_not_equal(run: RunContext, changes: dict[str, str]) -> None:
    """Also on a deployment with the same given name."""
    assert owner(run).mark("fixed") == owner(run, "fixed").mark("fixed")
    assert owner(run, **changes).mark("fixed") != owner(run).mark("fixed")
    assert owner(run).mark("fixed") != owner(run).mark("fixed2"), "a copy on another deployment"


HIDDEN = {"roleArn": ROLE, "modelSourceConfig": artifacts(1)}
SHOWN = {"modelName": "fixed", "modelKmsKeyArn": KEY, "tagsAll": {"a": "b"}, "region": "r", "clientRequestToken": "t"}


def test_mark_of_a_model_changes_with_what_aws_does_not_show() -> None:
    run = RunContext(CUSTOM_MODEL, Clients(AwsConfiguration()), clock=Clock())
    given = {**HIDDEN, **SHOWN, "owner": OWNER}
    mine = Owner.of(run, given)

    assert mine.hidden == HIDDEN
    assert mine.mark("fixed") == Mark.of(OWNER, "b7d6", "fixed", HIDDEN)
    for key in HIDDEN:
        assert Owner.of(run, {**given, key: "other"}).mark("fixed") != mine.mark("fixed"), key
    for key in SHOWN:
        assert Owner.of(run, {**given, key: "other"}).mark("fixed") == mine.mark("fixed"), key
    assert Owner.of(run, {}).new_name().startswith("custom-model-")


def test_mark_of_a_deployment_has_no_hidden_inputs(run: RunContext) -> None:
    """AWS shows them all but the token, which isn't part of what is made."""
    assert Owner.of(run, {"modelArn": "a", "clientRequestToken": "t", "owner": OWNER}).hidden == {}


@pytest.mark.parametrize(
    ("identity", "can_mark", "is_new"),
    [("b7d6", True, False), ("made in this run", True, True), (None, False, True), (7, False, True)],
)
def test_identity_decides_whether_earlier_runs_can_have_left_anything(
    run: RunContext, identity: Any, can_mark: bool, is_new: bool
) -> None:
    run.new_identities.add("made in this run")

    found = owner(run, identity=identity)

    assert (found.can_mark, found.is_new) == (can_mark, is_new)
    assert found.identity == (identity if can_mark else run.identity)


def test_resource_without_an_identity_knows_its_own_of_this_run_alone(run: RunContext) -> None:
    mine, later = owner(run, identity=None), RunContext(DEPLOYMENT, run.clients, clock=run.clock)

    assert owner(run, identity=None).could_have_made(mine.new_name())
    assert owner(run, identity=None).mark("fixed") == mine.mark("fixed")
    assert owner(later, identity=None).mark("fixed") != mine.mark("fixed")


def test_inputs_without_an_owner_are_no_error(run: RunContext) -> None:
    found = Owner.of(run, {})

    assert found.new_name().startswith("deployment-")
    assert not found.can_mark


def test_test_helper_makes_what_a_create_makes(run: RunContext) -> None:
    assert owner_of(OWNER).mark("fixed") == owner(run).mark("fixed")
    assert owner(run).could_have_made(owner_of(OWNER).new_name())
