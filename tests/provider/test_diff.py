"""Diff: what counts as a change, which inputs force a replacement, and which deployment goes first."""

from __future__ import annotations

from typing import Any

import pytest
from arns import ARN, MODEL
from dynamic_host import UNKNOWN, DynamicHost, HostError

INPUTS: dict[str, Any] = {
    "modelArn": MODEL,
    "modelDeploymentName": "support-bot",
    "description": "Answers tickets",
    "tags": {"team": "support", "app": "bot"},
    "tagsAll": {"team": "support", "app": "bot", "env": "dev"},
    "region": "us-east-1",
    "__owner": {"project": "shop", "stack": "dev", "logicalName": "support-bot"},
    "timeouts": {"create": "45m"},
}
OUTPUTS = {
    **INPUTS,
    "__autoNamed": False,
    "customModelDeploymentArn": ARN,
    "status": "Active",
    "createdAt": "2026-11-23T12:00:00+00:00",
}
AUTO_INPUTS = {key: value for key, value in INPUTS.items() if key != "modelDeploymentName"}
AUTO_OUTPUTS = {**OUTPUTS, "modelDeploymentName": "support-bot-1a2b3c4", "__autoNamed": True}


def without(properties: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in keys}


@pytest.mark.parametrize(
    ("olds", "news"), [(OUTPUTS, INPUTS), (AUTO_OUTPUTS, AUTO_INPUTS)], ids=["name given", "name made"]
)
def test_same_inputs_are_no_change(host: DynamicHost, olds: dict[str, Any], news: dict[str, Any]) -> None:
    answer = host.diff(olds, news)

    assert (answer.changes, answer.replaces, answer.delete_before_replace) == (False, [], False)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("modelArn", MODEL.replace("abcdefghij12", "abcdefghij13")),
        ("modelDeploymentName", "sales-bot"),
        ("description", "Answers mails"),
        ("tagsAll", {"team": "support", "app": "bot", "env": "prod"}),
        ("clientRequestToken", "token-1"),
        ("region", "eu-west-1"),
    ],
)
def test_each_changed_input_forces_replacement_and_is_named(host: DynamicHost, key: str, value: Any) -> None:
    answer = host.diff(OUTPUTS, {**INPUTS, key: value})

    assert answer.changes
    assert answer.replaces == [key]


@pytest.mark.parametrize("tags", [{"team": "support", "app": "bot", "env": "dev"}, {"team": "support"}, None])
def test_tags_that_are_equal_in_effect_change_only_the_state(host: DynamicHost, tags: Any) -> None:
    answer = host.diff(OUTPUTS, {**INPUTS, "tags": tags})

    assert (answer.changes, answer.replaces) == (True, [])


def test_changed_tags_replace_and_both_properties_are_named(host: DynamicHost) -> None:
    changed = {"team": "sales", "app": "bot"}

    assert host.diff(OUTPUTS, {**INPUTS, "tags": changed, "tagsAll": {**changed, "env": "dev"}}).replaces == [
        "tags",
        "tagsAll",
    ]


@pytest.mark.parametrize("key", ["description", "tagsAll"])
def test_added_or_removed_input_is_change(host: DynamicHost, key: str) -> None:
    assert host.diff(OUTPUTS, without(INPUTS, key)).replaces == [key]
    assert host.diff(without(OUTPUTS, key), INPUTS).replaces == [key]


def test_all_changed_inputs_are_named(host: DynamicHost) -> None:
    news = {**INPUTS, "description": "Answers mails", "region": "eu-west-1"}

    assert sorted(host.diff(OUTPUTS, news).replaces) == ["description", "region"]


def test_added_removed_or_changed_token_is_change(host: DynamicHost) -> None:
    first, second = {"clientRequestToken": "token-1"}, {"clientRequestToken": "token-2"}

    assert host.diff({**OUTPUTS, **first}, INPUTS).replaces == ["clientRequestToken"]
    assert host.diff(OUTPUTS, {**INPUTS, **first}).replaces == ["clientRequestToken"]
    assert host.diff({**OUTPUTS, **first}, {**INPUTS, **second}).replaces == ["clientRequestToken"]
    assert not host.diff({**OUTPUTS, **first}, {**INPUTS, **first}).changes


def test_used_token_is_refused_before_old_deployment_is_deleted(host: DynamicHost) -> None:
    token = {"clientRequestToken": "token-1"}

    with pytest.raises(HostError) as failure:
        host.diff({**OUTPUTS, **token}, {**INPUTS, **token, "description": "new"})

    assert str(failure.value).strip() == (
        'TokenReplayed: deployment "support-bot": description changed, which needs a new deployment, but '
        "client_request_token did not change, so AWS would answer with the old deployment. Change the token too, or "
        "leave it out."
    )


def test_used_token_does_not_stop_delete_in_another_region(host: DynamicHost) -> None:
    token = {"clientRequestToken": "token-1", "__deleteBeforeReplace": True}

    assert host.diff({**AUTO_OUTPUTS, **token}, {**AUTO_INPUTS, **token, "region": "eu-west-1"}).replaces == ["region"]
    with pytest.raises(HostError, match="TokenReplayed"):
        host.diff({**AUTO_OUTPUTS, **token}, {**AUTO_INPUTS, **token, "description": "new"})


def test_used_token_is_reported_for_each_deployment_without_delete_first(
    host: DynamicHost, capsys: pytest.CaptureFixture[str]
) -> None:
    token = {"clientRequestToken": "token-1"}

    for name in ("one-1a2b3c4", "two-1a2b3c4"):
        olds = {**AUTO_OUTPUTS, **token, "modelDeploymentName": name}
        assert host.diff(olds, {**AUTO_INPUTS, **token, "description": "new"}).replaces == ["description"]

    assert capsys.readouterr().out.splitlines() == [
        f'deployment "{name}": description changed, which needs a new deployment, but client_request_token did not '
        "change, so AWS would answer with the old deployment. Change the token too, or leave it out."
        for name in ("one-1a2b3c4", "two-1a2b3c4")
    ]


def test_used_token_is_accepted_while_change_is_unknown(host: DynamicHost, capsys: pytest.CaptureFixture[str]) -> None:
    token = {"clientRequestToken": "token-1"}

    answer = host.diff({**OUTPUTS, **token}, {**INPUTS, **token, "modelArn": UNKNOWN})

    assert answer.replaces == ["modelArn"]
    assert "client_request_token" not in capsys.readouterr().out


def test_order_of_tags_is_no_change(host: DynamicHost) -> None:
    news = {**INPUTS, "tags": dict(reversed(INPUTS["tags"].items()))}

    assert not host.diff(OUTPUTS, news).changes


def test_list_and_mapping_tags_are_no_change(host: DynamicHost) -> None:
    as_list = [{"key": key, "value": value} for key, value in reversed(INPUTS["tags"].items())]

    assert not host.diff(OUTPUTS, {**INPUTS, "tags": as_list}).changes
    assert not host.diff({**OUTPUTS, "tags": as_list}, INPUTS).changes


def test_missing_and_empty_tags_are_no_change(host: DynamicHost) -> None:
    untagged = without(OUTPUTS, "tags", "tagsAll")

    assert not host.diff(untagged, {**INPUTS, "tags": {}, "tagsAll": {}}).changes


@pytest.mark.parametrize("key", ["modelArn", "modelDeploymentName", "description", "clientRequestToken", "region"])
def test_unknown_value_is_change(host: DynamicHost, key: str) -> None:
    assert host.diff(OUTPUTS, {**INPUTS, key: UNKNOWN}).replaces == [key]


@pytest.mark.parametrize("tags", [UNKNOWN, {"team": UNKNOWN, "app": "bot"}], ids=["all", "one"])
def test_unknown_tags_are_change(host: DynamicHost, tags: Any) -> None:
    assert host.diff(OUTPUTS, {**INPUTS, "tags": tags}).replaces == ["tags"]


def test_unknown_name_is_change_for_automatic_name(host: DynamicHost) -> None:
    assert host.diff(AUTO_OUTPUTS, {**AUTO_INPUTS, "modelDeploymentName": UNKNOWN}).changes


@pytest.mark.parametrize(
    "news",
    [
        {**INPUTS, "__owner": {"project": "shop", "stack": "prod", "logicalName": "helper"}},
        without(INPUTS, "__owner"),
        {**INPUTS, "importId": ARN},
    ],
    ids=["owner changed", "owner gone", "import marker"],
)
def test_markers_are_no_change(host: DynamicHost, news: dict[str, Any]) -> None:
    assert not host.diff(OUTPUTS, news, resource_id=ARN).changes


def test_removed_import_marker_is_no_change(host: DynamicHost) -> None:
    assert not host.diff({**OUTPUTS, "importId": ARN}, INPUTS).changes


@pytest.mark.parametrize("timeouts", [None, {"create": "45m", "delete": "5m"}, {"create": "1h"}])
def test_changed_timeouts_are_update_without_replacement(host: DynamicHost, timeouts: Any) -> None:
    news = {**without(INPUTS, "timeouts"), **({"timeouts": timeouts} if timeouts else {})}

    answer = host.diff(OUTPUTS, news)

    assert answer.changes
    assert answer.replaces == []
    assert not answer.delete_before_replace


@pytest.mark.parametrize(
    ("olds", "news", "deletes_first"),
    [
        (OUTPUTS, {**INPUTS, "description": "new"}, True),
        (OUTPUTS, {**INPUTS, "modelDeploymentName": "sales-bot"}, False),
        (OUTPUTS, {**INPUTS, "region": "eu-west-1"}, False),
        (OUTPUTS, {**INPUTS, "modelArn": UNKNOWN}, True),
        (OUTPUTS, {**INPUTS, "modelDeploymentName": UNKNOWN}, False),
        (OUTPUTS, {**INPUTS, "region": UNKNOWN}, False),
        (OUTPUTS, without({**INPUTS, "description": "new"}, "modelDeploymentName"), False),
        (AUTO_OUTPUTS, {**AUTO_INPUTS, "description": "new"}, False),
        (AUTO_OUTPUTS, {**INPUTS, "modelDeploymentName": "support-bot", "description": "new"}, False),
        # The program pins the automatic name: it is given now, so nothing can be made under it meanwhile.
        (
            AUTO_OUTPUTS,
            {**INPUTS, "modelDeploymentName": AUTO_OUTPUTS["modelDeploymentName"], "description": "new"},
            True,
        ),
        (OUTPUTS, INPUTS, False),
    ],
    ids=[
        "given, same",
        "given, another",
        "given, another region",
        "given, model unknown",
        "name unknown",
        "region unknown",
        "given, then left out",
        "automatic",
        "automatic, then given",
        "automatic, then pinned",
        "nothing changed",
    ],
)
def test_delete_before_replace_only_when_given_name_stays(
    host: DynamicHost, olds: dict[str, Any], news: dict[str, Any], deletes_first: bool
) -> None:
    assert host.diff(olds, news).delete_before_replace is deletes_first


def test_removed_name_is_change(host: DynamicHost) -> None:
    assert host.diff(OUTPUTS, AUTO_INPUTS).replaces == ["modelDeploymentName"]


def test_giving_the_automatic_name_is_no_change(host: DynamicHost) -> None:
    news = {**INPUTS, "modelDeploymentName": AUTO_OUTPUTS["modelDeploymentName"]}

    assert not host.diff(AUTO_OUTPUTS, news).changes


def test_giving_other_name_than_automatic_is_change(host: DynamicHost) -> None:
    assert host.diff(AUTO_OUTPUTS, INPUTS).replaces == ["modelDeploymentName"]


def test_outputs_set_by_aws_are_no_change(host: DynamicHost) -> None:
    stale = {**OUTPUTS, "status": "Updating", "createdAt": "2020-01-01T00:00:00+00:00"}

    assert not host.diff(stale, INPUTS).changes


def test_drift_found_by_refresh_is_change(host: DynamicHost) -> None:
    drifted = {**OUTPUTS, "description": "Changed by hand", "tagsAll": {"team": "support", "app": "bot"}}

    assert sorted(host.diff(drifted, INPUTS).replaces) == ["description", "tagsAll"]
