"""The warning of a replacement that deletes first: what stops serving, why, and how to avoid it."""

from __future__ import annotations

from typing import Any

import pytest
from arns import MODEL, OTHER_MODEL
from custom_models import artifacts
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.lifecycle.outage import describe_outage, describe_replacing_tags, describe_unknown_order
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT

OLD: dict[str, Any] = {
    "modelDeploymentName": "fixed",
    "modelArn": MODEL,
    "tags": {"team": "support"},
    "tagsAll": {"team": "support", "env": "prod"},
}
TEAM, ENV = 'the tag "team"', 'the default tag "env"'


def warning(new: dict[str, Any], *replaces: str) -> str:
    return describe_outage(DEPLOYMENT, OLD, {**OLD, **new}, replaces)


@pytest.mark.parametrize(
    ("new", "replaces", "reason"),
    [
        ({"modelArn": OTHER_MODEL}, ["modelArn"], "modelArn changes"),
        ({"modelArn": UNKNOWN}, ["modelArn"], "modelArn may change"),
        (
            {"description": "A-secret", "modelArn": UNKNOWN},
            ["modelArn", "description"],
            "modelArn may change, description changes",
        ),
        ({}, ["status"], "status changes"),
        # Tags
        (
            {"tags": {"team": "s3cret"}, "tagsAll": {"team": "s3cret", "env": "prod"}},
            ["tags", "tagsAll"],
            f"{TEAM} changes",
        ),
        ({"tags": {}, "tagsAll": {"env": "prod"}}, ["tags", "tagsAll"], f"{TEAM} changes"),
        ({"tags": None, "tagsAll": None}, ["tags", "tagsAll"], f"{ENV} changes, {TEAM} changes"),
        ({"tagsAll": {"team": "support", "env": "s3cret"}}, ["tagsAll"], f"{ENV} changes"),
        ({"tagsAll": {"team": "support"}}, ["tagsAll"], f"{ENV} changes"),
        ({"tags": {"team": UNKNOWN}}, ["tags"], f"{TEAM} may change"),
        (
            {"tags": {"app": "x"}, "tagsAll": {"app": "x", "env": "prod"}},
            ["tags", "tagsAll"],
            f'the tag "app" changes, {TEAM} changes',
        ),
        ({"tags": UNKNOWN, "tagsAll": UNKNOWN}, ["tags", "tagsAll"], "tags may change"),
        ({"tags": UNKNOWN}, ["tags"], "tags may change"),
        ({"tagsAll": UNKNOWN}, ["tagsAll"], "tags may change"),
        (
            {"description": "new", "tags": {}, "tagsAll": {"env": "prod"}},
            ["description", "tags", "tagsAll"],
            f"description changes, {TEAM} changes",
        ),
    ],
)
def test_warning_names_each_input_that_changes_but_no_value(
    new: dict[str, Any], replaces: list[str], reason: str
) -> None:
    said = warning(new, *replaces)

    assert said.startswith(
        'deployment "fixed": this replacement deletes it before it creates the new one. Nothing serves from the '
        f"deletion until the new deployment is Active. Reason: {reason}, and model_deployment_name is given and stays, "
    )


def test_warning_of_deployment_that_had_no_tags_names_the_new_ones() -> None:
    old = {"modelDeploymentName": "fixed", "tags": None}
    new = {"modelDeploymentName": "fixed", "tags": {"team": "a"}, "tagsAll": {"env": "b", "team": "a"}}

    assert f"Reason: {ENV} changes, {TEAM} changes, and " in describe_outage(DEPLOYMENT, old, new, ["tags", "tagsAll"])


@pytest.mark.parametrize(
    ("replaces", "option", "advice"),
    [
        (
            ["modelArn", "tags", "tagsAll"],
            None,
            "leave model_deployment_name out (automatic name), set update_in_place=True, or",
        ),
        (["modelArn", "description"], None, "leave model_deployment_name out (automatic name), or"),
        (
            ["modelArn"],
            True,
            "remove it, and leave model_deployment_name out (automatic name), set update_in_place=True, or",
        ),
        (["region"], True, "remove it, and leave model_deployment_name out (automatic name), or"),
    ],
)
def test_warning_ends_with_ways_to_avoid_the_outage(replaces: list[str], option: bool | None, advice: str) -> None:
    why = "delete_before_replace=True is in the options" if option else "is given and stays, but names are unique"

    assert warning({"deleteBeforeReplace": option}, *replaces).endswith(
        f"{why}. To avoid the outage, {advice} use two deployments (blue-green)."
    )


def test_warning_of_a_custom_model_tells_of_its_deployments() -> None:
    old = {"modelName": "fixed", "modelSourceConfig": artifacts(1)}

    said = describe_outage(CUSTOM_MODEL, old, {**old, "modelSourceConfig": artifacts(2)}, ["modelSourceConfig"])

    assert said == (
        'custom model "fixed": this replacement deletes it, and the deployments that use it, before it creates the new '
        "one. Nothing serves from then until the new ones are Active. AWS refuses to delete it while another "
        "deployment uses it, such as one with update_in_place. Reason: modelSourceConfig changes, and model_name is "
        "given and stays, but names are unique. To avoid the outage, leave model_name out (automatic name), or use two "
        "custom models (blue-green)."
    )


def test_tags_that_replace_are_named_without_their_values() -> None:
    old = {"modelDeploymentName": "bot-1a2b3c4", "tags": {"team": "a"}, "tagsAll": {"team": "a", "env": "b"}}
    new = {"tags": {"team": "s3cret"}, "tagsAll": {"team": "s3cret"}}

    assert describe_replacing_tags(DEPLOYMENT, old, new, ("tags", "tagsAll")) == (
        'deployment "bot-1a2b3c4": the default tag "env" changes, the tag "team" changes, which replaces it, and the '
        "new one has another ARN. To change tags in place, set update_in_place=True. If something else sets the tag, "
        "name it in aws:ignoreTags."
    )


@pytest.mark.parametrize(
    ("unknown", "what"),
    [(("region",), "region is"), (("modelDeploymentName", "region"), "modelDeploymentName and region are")],
)
def test_order_that_is_not_known_names_what_it_depends_on(unknown: tuple[str, ...], what: str) -> None:
    assert describe_unknown_order(DEPLOYMENT, {"modelDeploymentName": "fixed"}, unknown) == (
        f'deployment "fixed": it is replaced, and {what} not known yet. If name and Region stay, it is deleted first, '
        "and nothing serves from then until the new deployment is Active."
    )


def test_order_of_a_model_that_is_not_known_is_about_its_deployments_too() -> None:
    assert describe_unknown_order(CUSTOM_MODEL, {"modelName": "fixed"}, ("region",)) == (
        'custom model "fixed": it is replaced, and region is not known yet. If name and Region stay, it is deleted '
        "first, with the deployments that use it, and nothing serves from then until the new ones are Active."
    )
