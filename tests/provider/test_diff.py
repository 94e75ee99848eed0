"""Diff as the engine calls it: values on the wire, and what is refused or reported.

What a change means is in `tests/unit/test_comparison.py`.
"""

from __future__ import annotations

from collections.abc import Callable
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
    ("change", "replaces", "deletes_first"),
    [
        ({"description": "new"}, ["description"], True),
        ({"modelArn": UNKNOWN}, ["modelArn"], True),
        ({"modelDeploymentName": UNKNOWN}, ["modelDeploymentName"], False),
        ({"tags": UNKNOWN}, ["tags"], True),
        ({"tags": {"team": UNKNOWN, "app": "bot"}}, ["tags"], True),
        ({"tags": [{"key": "team", "value": "support"}], "tagsAll": {}}, ["tags", "tagsAll"], True),
        ({"modelDeploymentName": "sales-bot", "__deleteBeforeReplace": True}, ["modelDeploymentName"], True),
        ({"modelDeploymentName": None}, ["modelDeploymentName"], False),
    ],
    ids=["one", "unknown", "unknown name", "unknown tags", "unknown tag", "list of tags", "option", "removed"],
)
def test_change_on_the_wire_is_a_replacement(
    host: DynamicHost, change: dict[str, Any], replaces: list[str], deletes_first: bool
) -> None:
    answer = host.diff(OUTPUTS, {**INPUTS, **change})

    assert (answer.changes, answer.replaces, answer.delete_before_replace) == (True, replaces, deletes_first)


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


def test_changed_timeouts_are_update_without_replacement(host: DynamicHost) -> None:
    answer = host.diff(OUTPUTS, {**INPUTS, "timeouts": {"create": "1h"}})

    assert (answer.changes, answer.replaces, answer.delete_before_replace) == (True, [], False)


def test_refresh_calls_diff_and_is_never_refused(
    start_host: Callable[..., DynamicHost], inputs: dict[str, Any]
) -> None:
    """It compares what it has read with the inputs in the state, without a check: nothing is about to be changed."""
    made = start_host().create(inputs)
    stored = {**inputs, "importId": made.id}
    host = start_host()

    read = DynamicHost.diff(host, {**made.outputs, "description": "by hand"}, stored, resource_id=made.id)

    assert read.changes
    with pytest.raises(HostError, match="ImportPending: description changed"):
        host.diff({**made.outputs, "description": "by hand"}, stored, resource_id=made.id)
