"""`retain_on_delete`: the engine doesn't call Delete, so the old deployment and its name stay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from pulumi_bedrock.local import LocalBedrock

RETAINED = {"__retainOnDelete": True}
CHANGED = {"description": "changed"}


@pytest.mark.parametrize("recorded", [True, False], ids=["in the state", "not in the state"])
@pytest.mark.parametrize("given", [True, False], ids=["in the program", "not in the program"])
def test_replacement_that_needs_a_retained_name_is_refused(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock, recorded: bool, given: bool
) -> None:
    named = {**inputs, "modelDeploymentName": "fixed"}
    old = host.create({**named, **(RETAINED if recorded else {})})
    news = {**named, **CHANGED, **(RETAINED if given else {})}
    local_bedrock.clear_requests()

    if not (recorded or given):
        assert host.diff(old.outputs, news, resource_id=old.id).delete_before_replace
        return
    said = (
        'NameTaken: deployment "fixed": description changed, which needs a new deployment with the same name, but '
        "retain_on_delete keeps the old one, and names are unique. Nothing was changed. Change model_deployment_name "
        "or leave it out; or first run `pulumi up` with nothing changed but retain_on_delete removed."
    )
    with pytest.raises(HostError, match=re.escape(said)):
        host.diff(old.outputs, news, resource_id=old.id)
    assert local_bedrock.counts() == {}


@pytest.mark.parametrize("change", [{"modelDeploymentName": "other"}, {"modelDeploymentName": None}])
def test_replacement_with_another_name_is_accepted(
    host: DynamicHost, inputs: dict[str, Any], change: dict[str, Any]
) -> None:
    named = {**inputs, "modelDeploymentName": "fixed", **RETAINED}
    old = host.create(named)

    assert host.diff(old.outputs, {**named, **change}, resource_id=old.id).replaces == ["modelDeploymentName"]


def test_update_in_place_of_a_retained_name_is_accepted(host: DynamicHost, inputs: dict[str, Any]) -> None:
    named = {**inputs, "modelDeploymentName": "fixed", "updateInPlace": True, **RETAINED}
    old = host.create(named)

    diffed = host.diff(old.outputs, {**named, "tags": {"a": "b"}, "tagsAll": {"a": "b"}}, resource_id=old.id)

    assert (diffed.changes, diffed.replaces) == (True, [])


@pytest.mark.parametrize("retained", [True, False])
def test_only_a_deployment_that_is_deleted_first_has_an_outage(
    host: DynamicHost, inputs: dict[str, Any], capsys: pytest.CaptureFixture[str], retained: bool
) -> None:
    first = {**inputs, "__deleteBeforeReplace": True, **(RETAINED if retained else {})}
    old = host.create(first)
    capsys.readouterr()

    host.diff(old.outputs, {**first, **CHANGED}, resource_id=old.id)

    assert ("Nothing serves from the deletion" in capsys.readouterr().out) is not retained


def test_changed_option_alone_updates_the_state_and_calls_nothing(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    old = host.create(inputs)
    local_bedrock.clear_requests()
    news = {**inputs, **RETAINED}

    diffed = host.diff(old.outputs, news, resource_id=old.id)
    assert (diffed.changes, diffed.replaces) == (True, [])

    updated = host.update(old.id, old.outputs, news)
    assert updated.outputs["__retainOnDelete"] is True
    assert local_bedrock.counts() == {}
