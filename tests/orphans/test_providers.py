"""A stack with `aws.Provider`s: each has a host, whose settings and Regions are searched by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from orphans.conftest import IDENTITY, host_of
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.orphans.__main__ import main

Begin = Callable[..., str]
Export = Callable[..., str]
Capture = pytest.CaptureFixture[str]

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
WEST = {"aws:region": "us-west-2", "aws:accessKey": "AKIAWEST", "aws:secretKey": "a-key"}
EUROPE = {"aws:region": "eu-west-1", "aws:accessKey": "AKIAEUROPE", "aws:secretKey": "a-key"}
LOCKED = {**WEST, "aws:secretKey": {**SECRET, "ciphertext": "v1:ca"}}


def searched(account: LocalBedrock) -> set[tuple[str, str]]:
    """With which access key each Region was searched."""
    lists = [call for call in account.requests() if call["operation"] == "ListCustomModelDeployments"]
    return {(call["accessKeyId"], call["region"]) for call in lists}


def found(capsys: Capture) -> list[str]:
    return [entry["customModelDeploymentArn"] for entry in json.loads(capsys.readouterr().out)]


def test_each_host_is_searched_with_its_settings(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture
) -> None:
    arns = [begin(region=region) for region in ("us-east-1", "us-west-2", "eu-west-1")]
    account.clear_requests()

    assert main([export(providers={"west": WEST, "europe": EUROPE})]) == 1

    captured = capsys.readouterr()
    assert all(arn in captured.out for arn in arns)
    assert searched(account) == {("testing", "us-east-1"), ("AKIAWEST", "us-west-2"), ("AKIAEUROPE", "eu-west-1")}
    assert captured.err == (
        "Searched us-east-1 with the stack's configuration.\n"
        "Searched us-west-2 with the aws.Provider west.\n"
        "Searched eu-west-1 with the aws.Provider europe.\n"
    )


@pytest.mark.parametrize("pending", [False, True])
def test_region_of_a_resource_is_searched_with_its_provider_only(
    account: LocalBedrock, export: Export, pending: bool
) -> None:
    arn = "arn:aws:bedrock:ap-south-1:123456789012:custom-model-deployment/abcdefghij12"
    more = {"provider": host_of("west"), "inputs": {"region": "ap-south-1"}}
    kept = {"providers": {"west": WEST}}

    assert main([export(pending=more, **kept) if pending else export(arn, recorded=more, **kept)]) == 0

    assert searched(account) == {("testing", "us-east-1"), ("AKIAWEST", "us-west-2"), ("AKIAWEST", "ap-south-1")}


def test_given_region_is_searched_with_each_host(account: LocalBedrock, export: Export) -> None:
    assert main([export(providers={"west": WEST}, only_providers=True), "--region", "eu-north-1"]) == 0
    assert searched(account) == {("AKIAWEST", "us-west-2"), ("AKIAWEST", "eu-north-1")}


def test_stack_with_providers_only_is_not_searched_with_the_environment(account: LocalBedrock, export: Export) -> None:
    assert main([export(providers={"west": WEST}, only_providers=True)]) == 0
    assert searched(account) == {("AKIAWEST", "us-west-2")}


def test_hosts_with_equal_settings_are_searched_once(account: LocalBedrock, export: Export, capsys: Capture) -> None:
    assert main([export(providers={"west": WEST, "same": WEST}, only_providers=True)]) == 0

    assert account.counts() == {"ListCustomModelDeployments": 1, "ListCustomModels": 1}
    assert "Searched us-west-2 with the aws.Provider west and the aws.Provider same.\n" in capsys.readouterr().err


def test_deployment_that_two_hosts_see_is_listed_once(begin: Begin, export: Export, capsys: Capture) -> None:
    arn = begin(region="us-west-2")
    other = {**WEST, "aws:accessKey": "AKIAOTHER"}

    assert main([export(providers={"west": WEST, "other": other}), "--json"]) == 1
    assert found(capsys) == [arn]


@pytest.mark.parametrize("identity", [IDENTITY, "identity of west", "identity of europe"])
def test_identity_of_any_host_proves(begin: Begin, export: Export, capsys: Capture, identity: str) -> None:
    """Two providers may call one account, and a deployment may have moved from one to the other."""
    begin(region="us-west-2", identity=identity)

    assert main([export(providers={"west": WEST, "europe": EUROPE})]) == 1
    assert capsys.readouterr().out.startswith("This stack's unfinished ")


def test_orphan_is_deleted_with_the_settings_that_found_it(begin: Begin, export: Export, account: LocalBedrock) -> None:
    account.set_activation()
    begin(region="us-west-2"), begin(region="eu-west-1")

    assert main([export(providers={"west": WEST, "europe": EUROPE}), "--delete", "--yes"]) == 0

    assert account.deployments() == []
    deletes = [call for call in account.requests() if call["operation"] == "DeleteCustomModelDeployment"]
    assert {(call["accessKeyId"], call["region"]) for call in deletes} == {
        ("AKIAWEST", "us-west-2"),
        ("AKIAEUROPE", "eu-west-1"),
    }


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_host_with_encrypted_settings_is_not_searched_and_none_is_not_claimed(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture, flags: tuple[str, ...]
) -> None:
    begin(region="us-west-2")
    account.clear_requests()

    assert main([export(providers={"west": LOCKED}, identity=None), *flags]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert (
        "error: the aws.Provider west was not searched: the state holds aws:secretKey encrypted. Give the output of "
        "`pulumi stack export --show-secrets` to this command.\n"
    ) in captured.err
    assert searched(account) == {("testing", "us-east-1")}


def test_other_hosts_are_searched_beside_one_with_encrypted_settings(
    begin: Begin, export: Export, account: LocalBedrock, capsys: Capture
) -> None:
    account.set_activation()
    arn = begin(region="eu-west-1")

    assert main([export(providers={"west": LOCKED, "europe": EUROPE}), "--json", "--delete", "--yes"]) == 2

    captured = capsys.readouterr()
    assert [entry["customModelDeploymentArn"] for entry in json.loads(captured.out)] == [arn]
    assert account.deployments() == []


def test_secrets_that_the_export_shows_are_used(begin: Begin, export: Export, account: LocalBedrock) -> None:
    begin(region="us-west-2")
    account.clear_requests()
    shown = {**WEST, "aws:secretKey": {**SECRET, "plaintext": '"a-key"'}}

    assert main([export(providers={"west": shown}, only_providers=True)]) == 1
    assert searched(account) == {("AKIAWEST", "us-west-2")}


def test_failure_of_one_host_does_not_hide_the_orphans_of_others(begin: Begin, export: Export, capsys: Capture) -> None:
    arn = begin(region="eu-west-1")
    broken: dict[str, Any] = {**WEST, "aws:endpoints": "nonsense"}

    assert main([export(providers={"west": broken, "europe": EUROPE})]) == 2

    captured = capsys.readouterr()
    assert arn in captured.out
    assert "error: ConfigurationError: aws:endpoints is not JSON.\n" in captured.err


def test_provider_whose_name_begins_with_default_is_one_of_its_own(account: LocalBedrock, export: Export) -> None:
    """The engine's own providers are named `default` and `default_…`."""
    assert main([export(providers={"default-west": WEST})]) == 0
    assert searched(account) == {("testing", "us-east-1"), ("AKIAWEST", "us-west-2")}


def test_keys_of_the_stack_with_one_encrypted_are_not_used(
    account: LocalBedrock, export: Export, capsys: Capture
) -> None:
    assert main([export(config=LOCKED)]) == 0

    assert searched(account) == {("testing", "us-east-1"), ("testing", "us-west-2")}
    assert "note: aws:secretKey is encrypted in the state and was not used\n" in capsys.readouterr().err
