"""The warning that nothing serves for a while: what `diff` reports when a replacement deletes first."""

from __future__ import annotations

from typing import Any

import pytest
from dynamic_host import UNKNOWN, DynamicHost, Stored

REST = (
    ", and model_deployment_name is given and stays, but names are unique. To avoid the outage, leave "
    "model_deployment_name out (automatic name), {in_place}or use two deployments (blue-green).\n"
)
BEGINNING = (
    'deployment "fixed": this replacement deletes it before it creates the new one. Nothing serves from the deletion '
    "until the new deployment is Active. Reason: "
)
IN_PLACE = REST.format(in_place="set update_in_place=True, ")
BY_OPTION = "delete_before_replace=True is in the options"
NAMED = ("modelArn", "modelDeploymentName", "region", "tags", "tagsAll", "__owner")
REPLACED = REST.format(in_place="")


@pytest.fixture
def named(inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs that give the name, an own tag and a default tag."""
    tags = {"team": "support"}
    return {**inputs, "modelDeploymentName": "fixed", "tags": tags, "tagsAll": {**tags, "env": "prod"}}


@pytest.fixture
def deployed(host: DynamicHost, named: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> Stored:
    """The deployment of these inputs, and nothing on the screen."""
    deployed = host.create(named)
    capsys.readouterr()
    return deployed


@pytest.mark.parametrize(
    ("changed", "reason", "rest"),
    [
        ({"modelArn": UNKNOWN}, "modelArn may change", IN_PLACE),
        ({"description": "A-secret"}, "description changes", REPLACED),
        ({"tags": UNKNOWN, "tagsAll": UNKNOWN}, "tags may change", IN_PLACE),
        (
            {"description": "new", "tags": {}, "tagsAll": {"env": "prod"}},
            'description changes, the tag "team" changes',
            REPLACED,
        ),
    ],
)
def test_replacement_that_deletes_first_warns_of_outage(
    host: DynamicHost,
    deployed: Stored,
    named: dict[str, Any],
    changed: dict[str, Any],
    reason: str,
    rest: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    diffed = host.diff(deployed.outputs, {**named, **changed}, resource_id=deployed.id)

    assert diffed.delete_before_replace
    assert capsys.readouterr().out == f"{BEGINNING}{reason}{rest}"


@pytest.mark.parametrize("name", [None, "fixed", "another"])
def test_option_that_deletes_first_warns_of_outage(
    host: DynamicHost, inputs: dict[str, Any], name: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed = host.create({**inputs, "modelDeploymentName": "fixed"} if name else inputs)
    capsys.readouterr()

    news = {**inputs, "modelDeploymentName": name, "description": "new", "__deleteBeforeReplace": True}
    host.diff(deployed.outputs, news, resource_id=deployed.id)

    reason = "modelDeploymentName changes, description changes" if name == "another" else "description changes"
    begun = BEGINNING.replace("fixed", deployed.outputs["modelDeploymentName"])
    rest = REPLACED.replace("model_deployment_name is given and stays, but names are unique", BY_OPTION)
    assert capsys.readouterr().out == f"{begun}{reason}{rest.replace('outage, leave', 'outage, remove it, and leave')}"


def test_option_that_creates_first_warns_of_no_outage(
    host: DynamicHost, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The engine follows the option, so the create fails, since the name is taken, and the old deployment serves."""
    fixed = {**inputs, "modelDeploymentName": "fixed"}
    deployed = host.create(fixed)
    capsys.readouterr()

    news = {**fixed, "description": "new", "__deleteBeforeReplace": False}
    diffed = host.diff(deployed.outputs, news, resource_id=deployed.id)

    assert (diffed.replaces, diffed.delete_before_replace) == (["description"], False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("recorded", [True, False])
def test_option_that_deletes_first_is_no_change(host: DynamicHost, deployed: Stored, recorded: bool) -> None:
    """States of earlier versions don't hold it."""
    olds = {**deployed.outputs, **({"__deleteBeforeReplace": True} if recorded else {})}
    news = {**{key: olds[key] for key in NAMED}, **({} if recorded else {"__deleteBeforeReplace": True})}

    assert not host.diff(olds, news, resource_id=deployed.id).changes


@pytest.mark.parametrize(
    "changed",
    [
        {"modelDeploymentName": "another", "description": "new"},
        {"region": "eu-west-1", "description": "new"},
        {"modelDeploymentName": None, "description": "new"},
        {"timeouts": {"create": "2h"}},
        {},
    ],
)
def test_diff_that_deletes_nothing_first_does_not_warn(
    host: DynamicHost,
    deployed: Stored,
    named: dict[str, Any],
    changed: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not host.diff(deployed.outputs, {**named, **changed}, resource_id=deployed.id).delete_before_replace

    assert capsys.readouterr().out == ""


def test_outage_is_reported_once_for_each_deployment(
    host: DynamicHost, deployed: Stored, named: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two Regions can have deployments of one name, whose warnings are equal."""
    for arn in (deployed.id, deployed.id.replace("us-east-1", "eu-west-1"), deployed.id):
        host.diff(deployed.outputs, {**named, "description": "new"}, resource_id=arn)

    assert capsys.readouterr().out == 2 * f"{BEGINNING}description changes{REPLACED}"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"modelDeploymentName": UNKNOWN}, "modelDeploymentName is"),
        ({"region": UNKNOWN}, "region is"),
        ({"modelDeploymentName": UNKNOWN, "region": UNKNOWN}, "modelDeploymentName and region are"),
    ],
)
def test_order_that_is_not_known_yet_is_said(
    host: DynamicHost,
    deployed: Stored,
    named: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    what: str,
) -> None:
    host.diff(deployed.outputs, {**named, **changed}, resource_id=deployed.id)

    assert capsys.readouterr().out == (
        f'deployment "fixed": it is replaced, and {what} not known yet. If name and Region stay, it is deleted first, '
        "and nothing serves from then until the new deployment is Active.\n"
    )


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"tags": {"team": "sales"}, "tagsAll": {"team": "sales", "env": "prod"}}, 'the tag "team" changes'),
        ({"tagsAll": {"team": "support"}}, 'the default tag "env" changes'),
        ({"tags": UNKNOWN, "tagsAll": UNKNOWN}, "tags may change"),
        ({"tagsAll": {"team": "support"}, "description": "new"}, None),
        ({"tagsAll": {"team": "support"}, "updateInPlace": True}, None),
        ({}, None),
    ],
)
def test_tags_that_alone_replace_a_deployment_are_named(
    host: DynamicHost,
    named: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    what: str | None,
) -> None:
    """With an automatic name there is no outage, but the ARN changes."""
    automatic = {key: value for key, value in named.items() if key != "modelDeploymentName"}
    deployed = host.create(automatic)
    capsys.readouterr()

    host.diff(deployed.outputs, {**automatic, **changed}, resource_id=deployed.id)

    name = deployed.outputs["modelDeploymentName"]
    assert capsys.readouterr().out == (
        f'deployment "{name}": {what}, which replaces it, and the new one has another ARN. To change tags in place, '
        "set update_in_place=True. If something else sets the tag, name it in aws:ignoreTags.\n"
        if what
        else ""
    )
