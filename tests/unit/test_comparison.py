"""What a change of the inputs means for a deployment, and how a live deployment differs from a program."""

from __future__ import annotations

from typing import Any

import pytest
from arns import ARN, MODEL, OTHER_MODEL
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.lifecycle import comparison, inputs
from pulumi_bedrock.lifecycle.comparison import Comparison, compare
from pulumi_bedrock.values.kinds import DEPLOYMENT

INPUTS: dict[str, Any] = {
    "modelArn": MODEL,
    "modelDeploymentName": "bot",
    "description": "Answers",
    "tags": {"team": "support"},
    "tagsAll": {"team": "support", "env": "dev"},
    "region": "us-east-1",
    "owner": {"logicalName": "bot"},
    "timeouts": {"create": "45m"},
}
STATE = {**INPUTS, "autoNamed": False, "customModelDeploymentArn": ARN, "status": "Active", "createdAt": "2026-11-23"}
AUTO = {"modelDeploymentName": None}
"""Inputs without a name."""
MADE = {"modelDeploymentName": "bot-1a2b3c4", "autoNamed": True}
"""The state of a deployment with an automatic name."""
IN_PLACE = {"updateInPlace": True}
IMPORT = {"importId": ARN}
OTHER_TAGS = {"tags": {"team": "sales"}, "tagsAll": {"team": "sales", "env": "dev"}}
TOKEN = {"clientRequestToken": "token-1"}

SAME = Comparison(updates=False)
STATE_ALONE = Comparison(updates=True)
"""Also what an update in place is: which it is, the update finds out."""


def replaced(
    *keys: str, first: bool = False, known: tuple[str, ...] | None = None, may: tuple[str, ...] = ()
) -> Comparison:
    return Comparison(True, keys, keys if known is None else known, deletes_first=first, may_delete_first=may)


def updated(*keys: str) -> Comparison:
    return Comparison(True, known=keys)


def first(*keys: str, known: tuple[str, ...] | None = None) -> Comparison:
    return replaced(*keys, first=True, known=known)


def compared(old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    """What becomes of the usual state and inputs with these changes; None takes a property away."""
    return compare(DEPLOYMENT, inputs.normalised({**STATE, **old}), inputs.normalised({**INPUTS, **new}))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({}, {}, SAME, id="same"),
        pytest.param(MADE, AUTO, SAME, id="same, automatic name"),
        # Every input that describes the deployment
        pytest.param({}, {"modelArn": OTHER_MODEL}, first("modelArn"), id="model"),
        pytest.param({}, {"description": "new"}, first("description"), id="description"),
        pytest.param({}, {"description": None}, first("description"), id="description removed"),
        pytest.param({"description": None}, {}, first("description"), id="description added"),
        pytest.param({}, TOKEN, first("clientRequestToken"), id="token added"),
        pytest.param(TOKEN, {}, first("clientRequestToken"), id="token removed"),
        pytest.param(TOKEN, {"clientRequestToken": "2"}, first("clientRequestToken"), id="token changed"),
        pytest.param(TOKEN, TOKEN, SAME, id="token kept"),
        pytest.param({}, {"region": "eu-west-1"}, replaced("region"), id="Region"),
        pytest.param(
            {}, {"description": "new", "region": "eu-west-1"}, replaced("description", "region"), id="two at once"
        ),
        pytest.param({"status": "Updating", "createdAt": "2020"}, {}, SAME, id="what AWS sets"),
        # The name
        pytest.param({}, {"modelDeploymentName": "other"}, replaced("modelDeploymentName"), id="name changed"),
        pytest.param({}, AUTO, replaced("modelDeploymentName"), id="name removed"),
        pytest.param(MADE, {}, replaced("modelDeploymentName"), id="name given instead of automatic"),
        pytest.param(MADE, {"modelDeploymentName": "bot-1a2b3c4"}, SAME, id="automatic name given"),
        pytest.param({"autoNamed": None}, AUTO, SAME, id="old state that doesn't say who made the name"),
        # Tags
        pytest.param({}, OTHER_TAGS, first("tags", "tagsAll"), id="tags"),
        pytest.param({}, {"tags": None, "tagsAll": None}, first("tags", "tagsAll"), id="tags removed"),
        pytest.param({"tags": None, "tagsAll": None}, {"tags": {}, "tagsAll": {}}, SAME, id="no tags and empty ones"),
        pytest.param({}, {"tags": [{"key": "team", "value": "support"}]}, SAME, id="tags as a list"),
        pytest.param({"tags": [{"key": "team", "value": "support"}]}, {}, SAME, id="tags as a list in the state"),
        pytest.param({}, {"tagsAll": {"env": "dev", "team": "support"}}, SAME, id="order of tags"),
        pytest.param({}, {"tagsAll": {"team": "support", "env": "prod"}}, first("tagsAll"), id="default tag"),
        pytest.param({}, {"tags": None}, STATE_ALONE, id="a tag that is a default tag now"),
        pytest.param({}, {"tags": {"team": "support", "env": "dev"}}, STATE_ALONE, id="a default tag that is own now"),
        # What AWS doesn't get
        pytest.param({}, {"owner": {"logicalName": "renamed"}, "importShown": ["tags"]}, SAME, id="owner"),
        pytest.param({}, {"owner": None}, SAME, id="owner removed"),
        pytest.param({}, {"inheritedProvider": {"region": "us-east-1"}}, SAME, id="inherited provider"),
        pytest.param({}, {"deleteBeforeReplace": True}, SAME, id="delete_before_replace alone"),
        pytest.param({}, {"timeouts": {"create": "1h"}}, STATE_ALONE, id="timeouts"),
        pytest.param({}, {"timeouts": None}, STATE_ALONE, id="timeouts removed"),
        # What isn't known yet
        pytest.param({}, {"modelArn": UNKNOWN}, first("modelArn", known=()), id="model unknown"),
        pytest.param({}, {"description": UNKNOWN}, first("description", known=()), id="description unknown"),
        pytest.param(
            {},
            TOKEN | {"modelArn": UNKNOWN},
            first("modelArn", "clientRequestToken", known=("clientRequestToken",)),
            id="one unknown, one known",
        ),
        pytest.param({}, {"tags": UNKNOWN}, first("tags", known=()), id="tags unknown"),
        pytest.param({}, {"tags": {"team": UNKNOWN}}, first("tags", known=()), id="one tag unknown"),
        pytest.param({}, {"region": UNKNOWN}, replaced("region", known=(), may=("region",)), id="Region unknown"),
        pytest.param(
            {},
            {"region": UNKNOWN, "modelDeploymentName": "other"},
            replaced("modelDeploymentName", "region", known=("modelDeploymentName",)),
            id="Region unknown, another name",
        ),
        pytest.param(
            {},
            {"region": UNKNOWN, "modelDeploymentName": UNKNOWN},
            replaced("modelDeploymentName", "region", known=(), may=("modelDeploymentName", "region")),
            id="name and Region unknown",
        ),
        pytest.param(
            {},
            {"modelDeploymentName": UNKNOWN, "deleteBeforeReplace": False},
            replaced("modelDeploymentName", known=()),
            id="name unknown, the option decides",
        ),
        pytest.param(
            {},
            {"modelDeploymentName": UNKNOWN},
            replaced("modelDeploymentName", known=(), may=("modelDeploymentName",)),
            id="name unknown",
        ),
        pytest.param(
            MADE,
            {"modelDeploymentName": UNKNOWN},
            replaced("modelDeploymentName", known=()),
            id="name unknown, was automatic",
        ),
        # Which one goes first
        pytest.param(MADE, {**AUTO, "description": "new"}, replaced("description"), id="automatic name"),
        pytest.param(
            MADE,
            {**AUTO, "description": "new", "deleteBeforeReplace": True},
            first("description"),
            id="delete_before_replace",
        ),
        pytest.param(
            {}, {"description": "new", "deleteBeforeReplace": False}, replaced("description"), id="refused by option"
        ),
        pytest.param(
            {},
            {"region": "eu-west-1", "deleteBeforeReplace": True},
            first("region"),
            id="delete_before_replace into another Region",
        ),
        pytest.param(
            {}, {**AUTO, "description": "new"}, replaced("modelDeploymentName", "description"), id="name given before"
        ),
        pytest.param(
            MADE,
            {"modelDeploymentName": "bot-1a2b3c4", "description": "new"},
            first("description"),
            id="automatic name given, and a change",
        ),
        # Updates in place
        pytest.param(IN_PLACE, {**IN_PLACE, "modelArn": OTHER_MODEL}, updated("modelArn"), id="model in place"),
        pytest.param(IN_PLACE, {**IN_PLACE, **OTHER_TAGS}, updated("tags", "tagsAll"), id="tags in place"),
        pytest.param(IN_PLACE, {**IN_PLACE, "modelArn": UNKNOWN}, Comparison(True), id="model unknown, in place"),
        pytest.param(IN_PLACE, IN_PLACE, SAME, id="nothing in place"),
        pytest.param({}, {**IN_PLACE, "modelArn": OTHER_MODEL}, updated("modelArn"), id="flag is new"),
        pytest.param(IN_PLACE, {"modelArn": OTHER_MODEL}, first("modelArn"), id="flag is gone"),
        pytest.param(
            IN_PLACE,
            {"updateInPlace": UNKNOWN, "modelArn": OTHER_MODEL},
            first("modelArn"),
            id="flag unknown",
        ),
        pytest.param({}, IN_PLACE, STATE_ALONE, id="flag alone, on"),
        pytest.param(IN_PLACE, {}, STATE_ALONE, id="flag alone, off"),
        pytest.param({}, {"updateInPlace": False}, SAME, id="flag off as before"),
        pytest.param(
            IN_PLACE,
            {**IN_PLACE, "modelArn": OTHER_MODEL, "description": "new"},
            first("modelArn", "description"),
            id="model in place and another change",
        ),
        pytest.param({**IN_PLACE, "updateStatus": "Updating"}, IN_PLACE, STATE_ALONE, id="update under way"),
        pytest.param({"updateStatus": "Updating"}, {}, SAME, id="update under way, of somebody else"),
        # A deployment that a refresh has found Failed
        pytest.param({"status": "Failed"}, {}, first("status"), id="Failed"),
        pytest.param({"status": "Failed", **MADE}, AUTO, replaced("status"), id="Failed, automatic name"),
        pytest.param({"status": "Failed", **IN_PLACE}, IN_PLACE, first("status"), id="Failed, in place"),
        pytest.param(
            {"status": "Failed", **IN_PLACE},
            {**IN_PLACE, "modelArn": OTHER_MODEL},
            first("modelArn", "status"),
            id="Failed, in place and a model",
        ),
        # While import_ is in the options
        pytest.param({}, IMPORT, SAME, id="import alone"),
        pytest.param(IMPORT, {}, SAME, id="import removed"),
        pytest.param(IMPORT, {**IMPORT, "description": "new"}, first("description"), id="import and a change"),
        pytest.param(IMPORT, {**IMPORT, "modelArn": UNKNOWN}, Comparison(True), id="import and an unknown"),
        pytest.param(IMPORT, {**IMPORT, "tags": {"team": UNKNOWN}}, Comparison(True), id="import and an unknown tag"),
        pytest.param(
            IMPORT,
            {**IMPORT, "modelArn": UNKNOWN, "description": "new"},
            first("description"),
            id="import, an unknown and a change",
        ),
        pytest.param(
            {**IMPORT, **MADE},
            {**IMPORT, **AUTO, "modelArn": UNKNOWN, "deleteBeforeReplace": True},
            Comparison(True),
            id="import and an unknown, delete_before_replace",
        ),
        pytest.param({**IMPORT, "status": "Failed"}, IMPORT, first("status"), id="import and Failed"),
    ],
)
def test_comparison_of_state_and_inputs(old: dict[str, Any], new: dict[str, Any], expected: Comparison) -> None:
    assert compared(old, new) == expected


TAGS = st.dictionaries(st.text(), st.text())
PROPERTIES = st.fixed_dictionaries(
    {"modelArn": st.text(), "region": st.text(), "modelDeploymentName": st.text(min_size=1)},
    optional={"description": st.text(), "tags": TAGS, "tagsAll": TAGS, "clientRequestToken": st.text()},
)


@given(PROPERTIES)
def test_same_inputs_do_not_differ(props: dict[str, Any]) -> None:
    old = inputs.normalised({**props, "autoNamed": False})

    assert compare(DEPLOYMENT, old, inputs.normalised(props)) == SAME
    assert comparison.differences(DEPLOYMENT, declared=props, live=props) == []


@given(PROPERTIES, PROPERTIES)
def test_exactly_differing_keys_are_named(old: dict[str, Any], new: dict[str, Any]) -> None:
    old, new = inputs.normalised({**old, "autoNamed": False}), inputs.normalised(new)
    differing = {key for key in {*old, *new} - {"autoNamed"} if old.get(key) != new.get(key)}
    if "tagsAll" not in differing:
        differing -= {"tags"}  # the same tags for AWS

    assert set(compare(DEPLOYMENT, old, new).replaces) == differing


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        key: st.sampled_from([None, UNKNOWN, value])
        for key, value in {
            **OTHER_TAGS,
            **TOKEN,
            **IN_PLACE,
            **IMPORT,
            "modelArn": OTHER_MODEL,
            "region": "eu-west-1",
            "modelDeploymentName": "other",
            "description": "new",
            "deleteBeforeReplace": True,
        }.items()
    },
)


@given(CHANGES, st.booleans(), st.sampled_from(["Active", "Failed"]))
def test_comparison_never_contradicts_itself(new: dict[str, Any], is_auto_named: bool, status: str) -> None:
    new = {key: value for key, value in new.items() if key != "importId" or value is not UNKNOWN}

    found = compared({**(MADE if is_auto_named else {}), "status": status}, new)

    assert found.updates or found == SAME
    assert found.replaces or not found.deletes_first
    if found.replaces:
        assert set(found.known) <= set(found.replaces)
    if new.get("importId"):
        assert found.replaces in ((), found.known), "what isn't known never replaces what was imported"
    if new.get("updateInPlace") is True:
        assert not found.replaces or set(found.replaces) - inputs.IN_PLACE[DEPLOYMENT], "the rest replaces"
    if status == "Failed":
        assert "status" in found.replaces


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        (UNKNOWN, True),
        ({"a": {"b": [1, UNKNOWN]}}, True),
        ([{"a": UNKNOWN}], True),
        ("text", False),
        ({"a": ["b"]}, False),
        (None, False),
    ],
)
def test_unknown_value_is_found_at_any_depth(value: Any, unknown: bool) -> None:
    assert comparison.holds_unknown(value) is unknown


# Import


def test_difference_shows_names_and_arns_but_no_secret_values() -> None:
    live = {
        "modelDeploymentName": "other",
        "modelArn": "arn:other",
        "region": "eu-west-1",
        "description": "s3cret",
        "tagsAll": {"team": "s3cret", "more": "s3cret"},
    }

    assert comparison.differences(DEPLOYMENT, declared=INPUTS, live=live) == [
        "modelDeploymentName is other in AWS and bot in the program",
        f"modelArn is arn:other in AWS and {MODEL} in the program",
        "region is eu-west-1 in AWS and us-east-1 in the program",
        "description has another value in AWS",
        'tags["env"] is not set in AWS',
        'tags["more"] is set in AWS, but not in the program',
        'tags["team"] has another value in AWS',
    ]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (["description"], 'description is "Answers tickets" in AWS and "Answers" in the program'),
        (["description"], 'tags["env"] is set in AWS, but not in the program'),
        (["tags"], "description has another value in AWS"),
        (["tags"], 'tags["env"] is "prod" in AWS and not set in the program'),
        (["tags"], 'tags["team"] is not set in AWS and "support" in the program'),
    ],
)
def test_difference_shows_values_that_are_not_secret(shown: list[str], said: str) -> None:
    declared = {"description": "Answers", "tagsAll": {"team": "support"}}
    live = {"description": "Answers tickets", "tagsAll": {"env": "prod"}}

    assert said in comparison.differences(DEPLOYMENT, declared=declared, live=live, shown=shown)


def test_missing_name_is_no_difference() -> None:
    declared = {key: value for key, value in INPUTS.items() if key != "modelDeploymentName"}

    assert comparison.differences(DEPLOYMENT, declared=declared, live=INPUTS) == []


# What is live


def live_tags(tags: dict[str, str], declared: dict[str, Any], *, ignored: str = "") -> tuple[Any, Any]:
    """A live deployment's own tags and all tags, as inputs."""
    found = Deployment(
        arn=ARN,
        name="bot",
        model_arn=MODEL,
        status="Active",
        created_at="2026-11-23T12:00:00+00:00",
    )
    live = comparison.live_inputs(DEPLOYMENT, found, tags, declared=declared, ignores=lambda key: key == ignored)
    assert {key: live[key] for key in ("modelArn", "region")} == {"modelArn": MODEL, "region": "us-east-1"}
    return live.get("tags"), live.get("tagsAll")


DECLARED = {"tags": {"team": "support"}, "tagsAll": {"team": "support", "env": "dev"}}


@pytest.mark.parametrize(
    ("tags", "own", "everything"),
    [
        ({"team": "support", "env": "dev"}, {"team": "support"}, {"team": "support", "env": "dev"}),
        ({"team": "support", "aws:cloudformation:stack-name": "x"}, {"team": "support"}, {"team": "support"}),
        ({"team": "support", "pulumi-bedrock:unfinished": "no"}, {"team": "support"}, {"team": "support"}),
        ({"env": "prod"}, {"env": "prod"}, {"env": "prod"}),
        ({"new": "1"}, {"new": "1"}, {"new": "1"}),
        ({}, None, None),
    ],
    ids=["as declared", "AWS's own", "our mark", "a default changed", "one more", "none"],
)
def test_live_tags_are_split_into_default_and_resource_tags(tags: dict[str, str], own: Any, everything: Any) -> None:
    assert live_tags(tags, DECLARED) == (own, everything)


def test_ignored_tag_is_left_out_unless_program_sets_it() -> None:
    assert live_tags({"team": "support", "cost": "7"}, DECLARED, ignored="cost")[1] == {"team": "support"}
    assert live_tags({"team": "support"}, DECLARED, ignored="team")[1] == {"team": "support"}


@pytest.mark.parametrize(
    ("paths", "change", "replaces"),
    [
        (["modelArn"], {"modelArn": OTHER_MODEL}, ("modelArn",)),
        (["modelArn"], OTHER_TAGS, ()),
        (["tags"], OTHER_TAGS, ("tags", "tagsAll")),
        (["tags"], {"tagsAll": {"team": "support", "env": "prod"}}, ("tagsAll",)),
        (["tagsAll"], {"tagsAll": {"team": "support", "env": "prod"}}, ("tagsAll",)),
        (['tags["team"]'], OTHER_TAGS, ("tags", "tagsAll")),
        (['tags["a.b"]'], OTHER_TAGS, ("tags", "tagsAll")),
        (["tags.team"], OTHER_TAGS, ("tags", "tagsAll")),
        (["tags"], {"modelArn": OTHER_MODEL}, ()),
        (["*"], {"modelArn": OTHER_MODEL}, ("modelArn",)),
        ([], {"modelArn": OTHER_MODEL}, ()),
        (None, {"modelArn": OTHER_MODEL}, ()),
    ],
)
def test_replace_on_changes_decides_over_update_in_place(
    paths: list[str] | None, change: dict[str, Any], replaces: tuple[str, ...]
) -> None:
    new = {**IN_PLACE, "replaceOnChanges": paths, **change}
    assert compared(IN_PLACE, new).replaces == replaces


def test_changed_option_that_only_the_state_holds_is_an_update() -> None:
    assert compared({}, {"retainOnDelete": True}) == STATE_ALONE
    assert compared({"retainOnDelete": True}, {"retainOnDelete": True}) == SAME
    assert compared({"retainOnDelete": True}, {}) == STATE_ALONE
