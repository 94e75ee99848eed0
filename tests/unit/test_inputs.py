"""The table of inputs, the request that they make, timeouts, and what is kept out of messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from arns import ARN, MODEL, OTHER_MODEL
from custom_models import KEY, ROLE, artifacts
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.resources import CustomModel, Deployment, ModelUpdate
from pulumi_bedrock.lifecycle import inputs
from pulumi_bedrock.lifecycle.comparison import compare, live_inputs
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT

PROPS: dict[str, Any] = {
    "modelArn": MODEL,
    "modelDeploymentName": "bot",
    "description": "Answers",
    "tags": {"team": "support"},
    "tagsAll": {"team": "support", "env": "dev"},
    "clientRequestToken": "token-1",
    "region": "us-east-1",
}
LIVE = Deployment(ARN, "bot", MODEL, "Active", created_at="2026-11-23T12:00:00+00:00", description="Answers")


# The table: what each row means for the request, the comparison, what refresh reads, and messages


ROWS = [
    ("modelDeploymentName", False, "bot", False),
    ("modelArn", True, MODEL, False),
    ("description", False, "Answers", True),
    ("tags", True, {"team": "support"}, True),
    ("tagsAll", True, {"team": "support", "env": "dev"}, True),
    ("clientRequestToken", False, None, False),
    ("region", False, "us-east-1", False),
]
"""Each input; whether it is updated in place, what `refresh` reads, and whether messages leave it out."""


@pytest.mark.parametrize(("key", "in_place", "read", "private"), ROWS)
def test_row_of_input_decides_comparison_read_and_redaction(key: str, in_place: bool, read: Any, private: bool) -> None:
    changed = {"tags": {"k": "v"}, "tagsAll": {"k": "v"}} if key in ("tags", "tagsAll") else {key: "other"}
    found = compare(DEPLOYMENT, {**PROPS, "autoNamed": False}, {**PROPS, **changed, "updateInPlace": True})
    live = live_inputs(DEPLOYMENT, LIVE, PROPS["tagsAll"], declared=PROPS, ignores=lambda _key: False)
    message = inputs.redaction(DEPLOYMENT, {key: {"k": "s3cret"} if "tags" in key else "s3cret"})("AWS names s3cret")

    assert key in found.known
    assert (found.replaces == ()) is in_place
    assert live.get(key) == read
    assert ("s3cret" not in message) is private


def test_every_input_has_a_row() -> None:
    assert [key for key, *_ in ROWS] == list(inputs.INPUTS[DEPLOYMENT])


MODEL_PROPS: dict[str, Any] = {
    "modelName": "bot",
    "modelSourceConfig": artifacts(1),
    "customModelDataSource": None,
    "roleArn": ROLE,
    "modelKmsKeyArn": KEY,
    "tags": {"team": "support"},
    "tagsAll": {"team": "support", "env": "dev"},
    "clientRequestToken": "token-1",
    "region": "us-east-1",
}
LIVE_MODEL = CustomModel(MODEL, "bot", "Active", kms_key_arn=KEY)


@pytest.mark.parametrize("key", MODEL_PROPS)
def test_row_of_model_input_decides_comparison_read_and_redaction(key: str) -> None:
    """AWS shows a model's name, key, tags and Region. Tags alone are updated in place, and kept out of messages."""
    of_tags, is_read = key in ("tags", "tagsAll"), key in ("modelName", "modelKmsKeyArn", "tags", "tagsAll", "region")
    changed = {"tags": {"k": "v"}, "tagsAll": {"k": "v"}} if of_tags else {key: "other"}
    found = compare(
        CUSTOM_MODEL, {**MODEL_PROPS, "autoNamed": False}, {**MODEL_PROPS, **changed, "updateInPlace": True}
    )
    live = live_inputs(
        CUSTOM_MODEL, LIVE_MODEL, MODEL_PROPS["tagsAll"], declared=MODEL_PROPS, ignores=lambda _key: False
    )
    message = inputs.redaction(CUSTOM_MODEL, {key: {"k": "s3cret"} if of_tags else "s3cret"})("AWS names s3cret")

    assert key in found.known
    assert (found.replaces == ()) is of_tags
    assert live.get(key) == (MODEL_PROPS[key] if is_read else None)
    assert ("s3cret" not in message) is of_tags


def test_every_model_input_has_a_row() -> None:
    assert list(MODEL_PROPS) == list(inputs.INPUTS[CUSTOM_MODEL])
    assert inputs.HIDDEN == {
        DEPLOYMENT: ("clientRequestToken",),
        CUSTOM_MODEL: ("modelSourceConfig", "customModelDataSource", "roleArn", "clientRequestToken"),
    }


def test_request_of_a_model_has_its_own_name_of_tags() -> None:
    arguments = inputs.create_arguments(CUSTOM_MODEL, inputs.normalised(MODEL_PROPS), name="made", mark="a:1:2:3")

    assert arguments == {
        "modelName": "made",
        "modelSourceConfig": artifacts(1),
        "roleArn": ROLE,
        "modelKmsKeyArn": KEY,
        "modelTags": [
            {"key": "env", "value": "dev"},
            {"key": "pulumi-bedrock:unfinished", "value": "a:1:2:3"},
            {"key": "team", "value": "support"},
        ],
        "clientRequestToken": "token-1",
    }


@pytest.mark.parametrize(
    ("props", "seconds"), [({}, (7200, 1200, 1200)), ({"timeouts": {"create": "3h"}}, (10800, 1200, 1200))]
)
def test_timeout_of_a_model_is_option_or_default(props: dict[str, Any], seconds: tuple[float, float, float]) -> None:
    operations = ("create", "update", "delete")

    assert tuple(inputs.timeout(CUSTOM_MODEL, props, operation) for operation in operations) == seconds


def test_model_that_is_coming_is_read_during_an_update() -> None:
    updating = replace(LIVE, update=ModelUpdate(OTHER_MODEL, "Updating"))

    assert live_inputs(DEPLOYMENT, updating, {}, declared=PROPS, ignores=lambda _key: False)["modelArn"] == OTHER_MODEL


PROPERTIES = st.fixed_dictionaries(
    {"modelArn": st.text(), "region": st.text(), "modelDeploymentName": st.text()},
    optional={
        "description": st.text(),
        "tags": st.dictionaries(st.text(), st.text()),
        "tagsAll": st.dictionaries(st.text(), st.text()),
        "clientRequestToken": st.text(),
    },
)


@given(PROPERTIES)
def test_normalize_is_idempotent(props: dict[str, Any]) -> None:
    once = inputs.normalised(props)

    assert inputs.normalised(once) == once


@pytest.mark.parametrize("empty", [None, {}, []])
def test_normalize_removes_empty_values(empty: Any) -> None:
    assert inputs.normalised({"description": None, "tags": empty, "tagsAll": empty, "region": "r"}) == {"region": "r"}


def test_normalize_keeps_empty_description_for_validation() -> None:
    assert inputs.normalised({"description": ""}) == {"description": ""}


# The request


def test_request_holds_only_api_parameters() -> None:
    props = {**PROPS, "owner": {}, "timeouts": {}, "importId": "x", "autoNamed": True, "clientRequestToken": "given"}

    assert inputs.create_arguments(DEPLOYMENT, props, name="made") == {
        "modelDeploymentName": "made",
        "modelArn": MODEL,
        "description": "Answers",
        "tags": [{"key": "env", "value": "dev"}, {"key": "team", "value": "support"}],
        "clientRequestToken": "given",
    }


def test_request_leaves_out_missing_inputs() -> None:
    arguments = inputs.create_arguments(DEPLOYMENT, {"modelArn": MODEL}, name="made")

    assert arguments == {"modelDeploymentName": "made", "modelArn": MODEL}


def test_request_takes_tags_from_all_tags_alone() -> None:
    """`tags` lacks the default tags, and isn't in the form that AWS takes."""
    arguments = inputs.create_arguments(DEPLOYMENT, {"modelArn": MODEL, "tags": {"team": "support"}}, name="made")

    assert "tags" not in arguments


def test_request_includes_unfinished_mark() -> None:
    [tag] = inputs.create_arguments(DEPLOYMENT, {"modelArn": MODEL}, name="made", mark="shop/dev/bot:1:2")["tags"]

    assert tag == {"key": "pulumi-bedrock:unfinished", "value": "shop/dev/bot:1:2"}


@pytest.mark.parametrize(
    ("props", "seconds"),
    [
        ({}, (3600, 3600, 1200)),
        ({"timeouts": {"create": "45m"}}, (2700, 3600, 1200)),
        ({"timeouts": {"update": "2h"}}, (3600, 7200, 1200)),
        ({"timeouts": {"delete": "90s"}}, (3600, 3600, 90)),
        ({"timeouts": None}, (3600, 3600, 1200)),
    ],
)
def test_timeout_is_option_or_default(props: dict[str, Any], seconds: tuple[float, float, float]) -> None:
    assert (
        tuple(inputs.timeout(DEPLOYMENT, props, operation) for operation in ("create", "update", "delete")) == seconds
    )


# What is kept out of messages


def test_redaction_hides_description_and_tag_values_but_not_names() -> None:
    tags = {"team": "bot", "env": "t0p", "place": "us-east-1", "model": MODEL}
    props = {**PROPS, "description": "s3cret", "tagsAll": tags}

    said = inputs.redaction(DEPLOYMENT, props, "bot-1a2b3c4")(
        f"bot-1a2b3c4 with s3cret and t0p for bot in us-east-1: {MODEL}"
    )

    assert said == f"bot-1a2b3c4 with [redacted] and [redacted] for bot in us-east-1: {MODEL}"


@given(st.from_regex(r"[0-9a-f]{8,20}", fullmatch=True), st.sampled_from(["description", "tags", "tagsAll"]))
def test_redaction_hides_secret_in_any_input(secret: str, key: str) -> None:
    props = {**PROPS, key: secret if key == "description" else {"k": secret}}

    assert secret not in inputs.redaction(DEPLOYMENT, props)(f"Value '{secret}' at '{key}' failed")


def test_redaction_accepts_unknown_and_other_types() -> None:
    assert inputs.redaction(DEPLOYMENT, {"description": UNKNOWN, "tags": {"k": UNKNOWN}})("said") == "said"
