"""Check: the Region is written into the inputs, and all that is wrong is said at once, without a network."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from arns import MODEL
from dynamic_host import UNKNOWN, DynamicHost, HostError


@pytest.fixture(autouse=True)
def no_network(host: DynamicHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("check must not use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


def test_check_writes_configured_region_into_inputs(host: DynamicHost) -> None:
    checked = host.check({"modelArn": MODEL})

    assert checked.failures == []
    assert checked.inputs == {"modelArn": MODEL, "region": "us-east-1"}


def test_region_input_overrides_configuration(host: DynamicHost) -> None:
    checked = host.check({"modelArn": MODEL, "region": "eu-west-1"})

    assert checked.inputs["region"] == "eu-west-1"


def test_changed_configuration_changes_checked_region(
    start_host: Callable[..., DynamicHost],
) -> None:
    before = start_host({"aws:region": "us-east-1"}).check({"modelArn": MODEL}).inputs

    after = start_host({"aws:region": "eu-central-1"}).check({"modelArn": MODEL}, before)

    assert after.inputs["region"] == "eu-central-1"


def test_check_without_region_says_where_to_set_one(
    start_host: Callable[..., DynamicHost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    checked = start_host({"aws:region": ""}).check({"modelArn": MODEL})

    assert checked.reasons == [
        "region: no AWS Region is set. Run `pulumi config set aws:region us-east-1`, set AWS_REGION, "
        "or give the resource region=."
    ]


def test_check_generates_no_name(host: DynamicHost) -> None:
    assert "modelDeploymentName" not in host.check({"modelArn": MODEL}).inputs


def test_check_keeps_unknown_values(host: DynamicHost) -> None:
    given = {
        "modelArn": UNKNOWN,
        "modelDeploymentName": UNKNOWN,
        "description": UNKNOWN,
        "clientRequestToken": UNKNOWN,
        "region": UNKNOWN,
        "tags": {"team": UNKNOWN, "app": "bot"},
        "tagsAll": {"team": UNKNOWN, "app": "bot"},
    }

    checked = host.check(given)

    assert checked.failures == []
    assert checked.inputs == given


def test_check_accepts_unknown_tags(host: DynamicHost) -> None:
    given = {"modelArn": MODEL, "region": "us-east-1", "tags": UNKNOWN, "tagsAll": UNKNOWN}

    checked = host.check(given)

    assert checked.failures == []
    assert checked.inputs == given


def test_check_reports_all_failures_without_values(host: DynamicHost) -> None:
    checked = host.check(
        {
            "modelArn": "arn:hidden-model",
            "modelDeploymentName": "hidden--name",
            "description": "hidden\ndescription",
            "clientRequestToken": "hidden token",
            "region": "hidden_region",
            "tags": {"team": "hidden<value>"},
            "tagsAll": {"team": "hidden<value>", "app": "hidden*default"},
            "timeouts": {"create": "hidden"},
        }
    )

    # With a property's name the engine would print the value, secret or not.
    assert {name for name, _ in checked.failures} == {""}
    assert [reason.partition(":")[0] for reason in checked.reasons] == [
        "modelArn",
        "modelDeploymentName",
        "description",
        "clientRequestToken",
        "region",
        'tags["team"]',
        'default tag "app"',
        "custom_timeouts",
    ]
    assert "hidden" not in "".join(checked.reasons)


def test_check_turns_list_of_tags_into_mapping(host: DynamicHost) -> None:
    checked = host.check({"modelArn": MODEL, "tags": [{"key": "team", "value": "support"}]})

    assert checked.inputs["tags"] == {"team": "support"}


def test_check_keeps_options_and_owner(host: DynamicHost) -> None:
    markers = {
        "importId": "support-bot",
        "timeouts": {"create": "90m"},
        "__owner": {"project": "shop", "stack": "dev", "logicalName": "support-bot"},
    }

    checked = host.check({"modelArn": MODEL, **markers})

    assert {key: checked.inputs[key] for key in markers} == markers


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("aws:assumeRoles", "no json", "ConfigurationError: aws:assumeRoles is not JSON."),
        (
            "aws:allowedAccountIds",
            '["1"]',
            "ConfigurationError: aws:allowedAccountIds must be a list of account IDs, each of 12 digits.",
        ),
        ("aws:profile", "nobody", "ConfigurationError: The config profile (nobody) could not be found."),
    ],
)
def test_invalid_configuration_fails_with_one_line(
    start_host: Callable[..., DynamicHost],
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.delenv("AWS_REGION")
    host = start_host({"aws:region": "", setting: value})

    with pytest.raises(HostError) as failure:
        host.check({"modelArn": MODEL})

    assert str(failure.value).startswith(said)
    assert len(str(failure.value).splitlines()) == 1
