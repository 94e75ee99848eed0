"""`replace_on_changes` with `update_in_place`: what it names replaces, as the option promises."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import MODEL
from dynamic_host import DynamicHost
from pulumi_bedrock.local import LocalBedrock
from unit.mocked_program import run_program

TAGS = {"tags": {"team": "new"}, "tagsAll": {"team": "new"}}


@pytest.mark.parametrize(
    ("paths", "change", "replaces"),
    [
        (["modelArn"], "model", ["modelArn"]),
        (["modelArn"], "tags", []),
        (["tags"], "tags", ["tags", "tagsAll"]),
        (['tags["team"]'], "tags", ["tags", "tagsAll"]),
        (["tags.team"], "tags", ["tags", "tagsAll"]),
        (["tags"], "model", []),
        (["*"], "tags", ["tags", "tagsAll"]),
        (["*"], "model", ["modelArn"]),
        ([], "model", []),
    ],
)
def test_named_input_replaces(
    host: DynamicHost,
    inputs: dict[str, Any],
    local_bedrock: LocalBedrock,
    paths: list[str],
    change: str,
    replaces: list[str],
) -> None:
    given = {**inputs, "updateInPlace": True, "__replaceOnChanges": paths}
    old = host.create(given)
    changed = {"modelArn": local_bedrock.create_custom_model("other")} if change == "model" else TAGS

    diffed = host.diff(old.outputs, {**given, **changed}, resource_id=old.id)

    assert (diffed.changes, diffed.replaces) == (True, replaces)


@pytest.mark.parametrize(
    ("given", "sent"),
    [(["model_arn"], ["modelArn"]), (["modelArn", "tags"], ["modelArn", "tags"]), (["*"], ["*"]), ([], None)],
)
def test_option_is_sent_with_the_names_of_the_inputs(given: list[str], sent: list[str] | None) -> None:
    opts = pulumi.ResourceOptions(replace_on_changes=given)
    registered = run_program(lambda: bedrock.CustomModelDeployment("bot", opts, model_arn=MODEL))
    assert registered["bot"].inputs.get("__replaceOnChanges") == sent


@pytest.mark.parametrize(("given", "sent"), [(True, True), (False, None), (None, None)])
def test_retain_on_delete_is_sent_when_it_is_on(given: bool | None, sent: bool | None) -> None:
    opts = pulumi.ResourceOptions(retain_on_delete=given)
    registered = run_program(lambda: bedrock.CustomModelDeployment("bot", opts, model_arn=MODEL))
    assert registered["bot"].inputs.get("__retainOnDelete") is sent
