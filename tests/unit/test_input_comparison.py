"""Which inputs changed, what an import differs in, who goes first, and what AWS is asked."""

from __future__ import annotations

from typing import Any

import pytest
from arns import ARN, MODEL
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.lifecycle import comparison, inputs

PROPS: dict[str, Any] = {
    "modelArn": MODEL,
    "modelDeploymentName": "bot",
    "description": "Answers",
    "tags": {"team": "support"},
    "tagsAll": {"team": "support", "env": "dev"},
    "clientRequestToken": "token-1",
    "region": "us-east-1",
}

TAGS = st.dictionaries(st.text(), st.text())
PROPERTIES = st.fixed_dictionaries(
    {"modelArn": st.text(), "region": st.text(), "modelDeploymentName": st.text()},
    optional={"description": st.text(), "tags": TAGS, "tagsAll": TAGS, "clientRequestToken": st.text()},
)


@given(PROPERTIES)
def test_same_inputs_do_not_differ(props: dict[str, Any]) -> None:
    old = inputs.normalised({**props, "autoNamed": False})

    assert comparison.changed_inputs(old, inputs.normalised(props)) == []
    assert comparison.differences(declared=props, live=props) == []


@given(PROPERTIES, PROPERTIES)
def test_exactly_differing_keys_are_named(old: dict[str, Any], new: dict[str, Any]) -> None:
    old, new = inputs.normalised({**old, "autoNamed": False}), inputs.normalised(new)
    differing = {key for key in {*old, *new} - {"autoNamed"} if old.get(key) != new.get(key)}
    if "tagsAll" not in differing:
        differing -= {"tags"}  # the same tags for AWS

    assert set(comparison.changed_inputs(old, new)) == differing


@given(PROPERTIES)
def test_normalize_is_idempotent(props: dict[str, Any]) -> None:
    once = inputs.normalised(props)

    assert inputs.normalised(once) == once


@pytest.mark.parametrize("empty", [None, {}, []])
def test_normalize_removes_empty_values(empty: Any) -> None:
    assert inputs.normalised({"description": None, "tags": empty, "tagsAll": empty, "region": "r"}) == {"region": "r"}


def test_normalize_keeps_empty_description_for_validation() -> None:
    assert inputs.normalised({"description": ""}) == {"description": ""}


def test_options_never_differ() -> None:
    old = {**PROPS, "autoNamed": False, "owner": {"stack": "dev"}, "importId": "bot", "timeouts": {"create": "1m"}}

    assert comparison.changed_inputs(old, PROPS) == []
    assert comparison.changed_inputs({**PROPS, "autoNamed": False}, {**PROPS, "owner": {}, "importId": "x"}) == []


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


@pytest.mark.parametrize(
    ("given_name", "old_name", "same_region", "first"),
    [
        ("bot", "bot", True, True),
        ("bot", "bot", False, False),
        ("bot", "other", True, False),
        (None, "bot", True, False),
        (UNKNOWN, "bot", True, False),
    ],
)
def test_delete_before_replace_only_for_same_given_name_and_region(
    given_name: Any, old_name: str, same_region: bool, first: bool
) -> None:
    old = {"modelDeploymentName": old_name, "region": "us-east-1"}
    new = {"modelDeploymentName": given_name, "region": "us-east-1" if same_region else "eu-west-1"}

    assert comparison.deletes_first(old, new) is first


def test_unknown_region_does_not_delete_first() -> None:
    assert not comparison.deletes_first(PROPS, {**PROPS, "region": UNKNOWN})


# Import


def test_difference_shows_names_and_arns_but_no_secret_values() -> None:
    live = {
        "modelDeploymentName": "other",
        "modelArn": "arn:other",
        "region": "eu-west-1",
        "description": "s3cret",
        "tagsAll": {"team": "s3cret", "more": "s3cret"},
    }

    assert comparison.differences(declared=PROPS, live=live) == [
        "modelDeploymentName is other in AWS and bot in the program",
        f"modelArn is arn:other in AWS and {MODEL} in the program",
        "region is eu-west-1 in AWS and us-east-1 in the program",
        "description has another value in AWS",
        'tags["env"] is not set in AWS',
        'tags["more"] is set in AWS, but not in the program',
        'tags["team"] has another value in AWS',
    ]


def test_missing_name_is_no_difference() -> None:
    declared = {key: value for key, value in PROPS.items() if key != "modelDeploymentName"}

    assert comparison.differences(declared=declared, live=PROPS) == []


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
    live = comparison.live_inputs(found, tags, declared=declared, ignores=lambda key: key == ignored)
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


# The request


def test_request_holds_only_api_parameters() -> None:
    props = {**PROPS, "owner": {}, "timeouts": {}, "importId": "x", "autoNamed": True, "clientRequestToken": "given"}

    assert inputs.CreateRequest.of(props).arguments(name="made") == {
        "modelDeploymentName": "made",
        "modelArn": MODEL,
        "description": "Answers",
        "tags": [{"key": "env", "value": "dev"}, {"key": "team", "value": "support"}],
        "clientRequestToken": "given",
    }


def test_request_leaves_out_missing_inputs() -> None:
    arguments = inputs.CreateRequest.of({"modelArn": MODEL}).arguments(name="made")

    assert arguments.keys() == {"modelDeploymentName", "modelArn", "clientRequestToken"}


def test_each_request_without_given_token_has_a_new_one() -> None:
    request = inputs.CreateRequest.of({"modelArn": MODEL})

    first, second = (request.arguments(name="made")["clientRequestToken"] for _ in range(2))

    assert first != second


def test_request_includes_unfinished_mark() -> None:
    request = inputs.CreateRequest.of({"modelArn": MODEL})

    [tag] = request.arguments(name="made", mark="shop/dev/bot:1:2")["tags"]

    assert tag == {"key": "pulumi-bedrock:unfinished", "value": "shop/dev/bot:1:2"}


@pytest.mark.parametrize(
    ("props", "create", "delete"),
    [
        ({}, 3600, 1200),
        ({"timeouts": {"create": "45m"}}, 2700, 1200),
        ({"timeouts": {"delete": "90s"}}, 3600, 90),
        ({"timeouts": None}, 3600, 1200),
    ],
)
def test_timeout_is_option_or_default(props: dict[str, Any], create: float, delete: float) -> None:
    assert inputs.timeout(props, "create") == create
    assert inputs.timeout(props, "delete") == delete


# What is kept out of messages


def test_redaction_hides_description_and_tag_values_but_not_names() -> None:
    props = {**PROPS, "description": "s3cret", "tagsAll": {"team": "bot", "env": "t0p"}}

    said = inputs.redaction(props, "bot-1a2b3c4")("bot-1a2b3c4 with s3cret and t0p for bot in us-east-1")

    assert said == "bot-1a2b3c4 with [redacted] and [redacted] for bot in us-east-1"


@given(st.from_regex(r"[0-9a-f]{8,20}", fullmatch=True), st.sampled_from(["description", "tags", "tagsAll"]))
def test_redaction_hides_secret_in_any_input(secret: str, key: str) -> None:
    props = {**PROPS, key: secret if key == "description" else {"k": secret}}

    assert secret not in inputs.redaction(props)(f"Value '{secret}' at '{key}' failed")


def test_redaction_accepts_unknown_and_other_types() -> None:
    assert inputs.redaction({"description": UNKNOWN, "tags": {"k": UNKNOWN}})("said") == "said"
