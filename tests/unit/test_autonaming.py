"""`pulumi:autonaming` in the stack's configuration, which may make the engine delete first what it replaces."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import MODEL
from unit.mocked_program import run_program

TYPE = "pulumi-python:dynamic/bedrock:CustomModelDeployment"
VERBATIM = {"mode": "verbatim"}


def order(setting: Any, *, option: bool | None = None) -> Any:
    """Return what the resource sends on the order of a replacement."""

    def program() -> Any:
        opts = pulumi.ResourceOptions(delete_before_replace=option)
        return bedrock.CustomModelDeployment("bot", model_arn=MODEL, opts=opts)

    config = {"pulumi:autonaming": json.dumps(setting)} if setting else {}
    return run_program(program, config=config)["bot"].inputs.get("__deleteBeforeReplace")


@pytest.mark.parametrize(
    "setting",
    [
        VERBATIM,
        {"mode": "disabled"},
        {"pattern": "${name}-${stack}", "enforce": True},
        {"pattern": "${name}-${hex(n)}"},
        {"providers": {"pulumi-python": VERBATIM}},
        {"mode": "default", "providers": {"pulumi-python": {"mode": "default", "resources": {TYPE: VERBATIM}}}},
        {**VERBATIM, "providers": {"pulumi-python": {"resources": {}}}},
    ],
)
@pytest.mark.parametrize("option", [None, True, False])
def test_setting_without_random_names_overrides_option(setting: Any, option: bool | None) -> None:
    assert order(setting, option=option) == "pulumi:autonaming"


@pytest.mark.parametrize(
    "setting",
    [
        None,
        {"mode": "default"},
        {"pattern": "${name}-${hex(4)}"},
        {"pattern": "${uuid}"},
        {"providers": {"aws": VERBATIM}},
        {**VERBATIM, "providers": {"pulumi-python": {"mode": "default"}}},
        {"providers": {"pulumi-python": {**VERBATIM, "resources": {TYPE: {"pattern": "${name}${num(3)}"}}}}},
    ],
)
def test_other_setting_leaves_option(setting: Any) -> None:
    assert order(setting) is None
    assert order(setting, option=False) is False
