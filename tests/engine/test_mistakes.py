"""A few mistakes in the real engine: one line, at the resource, in a preview. The table is `unit/` and `provider/`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Code, Stack
from pulumi_bedrock.local import LocalBedrock

NOT_FOUND = 'deployment "nowhere": not found in us-east-1. Check the name and the Region.'


@pytest.mark.parametrize(
    "lookup",
    [
        'bedrock.get_custom_model_deployment("nowhere")',
        'pulumi.export("x", bedrock.get_custom_model_deployment_output(pulumi.Output.from_input("nowhere")).status)',
    ],
    ids=["plain", "output"],
)
def test_failed_lookup_is_one_line(stack: Stack, lookup: str) -> None:
    stack.program(lookup)

    run = stack.preview(fails=True)

    assert run.error == NOT_FOUND
    assert "Traceback" not in run.text


def test_failed_lookup_can_be_caught_by_its_class(stack: Stack) -> None:
    stack.program(
        "try:\n"
        '    bedrock.get_custom_model_deployment("nowhere")\n'
        "except bedrock.errors.ResourceNotFound as error:\n"
        '    pulumi.export("error", [type(error).__name__, str(error)])\n'
    )

    stack.up()

    assert stack.exports()["error"] == ["ResourceNotFound", NOT_FOUND]


def test_mistake_in_loop_names_resource_in_preview(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.program(
        f"for name, tag in (('one', 'ok'), ('two', 'a,b')):\n"
        f"    bedrock.CustomModelDeployment(name, model_arn={model!r}, tags={{'team': tag}})\n"
    )

    run = stack.preview(fails=True)

    said = 'tags["team"]: must be letters, digits, spaces and . _ : / = + @ -'
    assert f"error: {DEPLOYMENT} resource 'two' has a problem: {said}" in run.text
    assert "'one' has a problem" not in run.text
    assert local.counts() == {}


RESERVED = 'pulumi_bedrock reserves keys that begin with "pulumi-bedrock:unfinished"; choose another key'
MARK = {"pulumi-bedrock:unfinished": "no"}


@pytest.mark.parametrize(
    ("tags", "defaults"),
    [
        (MARK, {}),
        ([{"key": key, "value": value} for key, value in MARK.items()], {}),
        (Code(f"pulumi.Output.from_input({MARK})"), {}),
        (None, MARK),
    ],
    ids=["mapping", "list", "output", "default tag"],
)
def test_mark_as_tag_is_refused_in_preview(
    stack: Stack, local: LocalBedrock, model: str, tags: Any, defaults: dict[str, str]
) -> None:
    stack.config["aws:defaultTags"] = json.dumps({"tags": defaults})
    stack.declare(model_arn=model, tags=tags)

    run = stack.preview(fails=True)

    path = 'default tag "pulumi-bedrock:unfinished"' if defaults else 'tags["pulumi-bedrock:unfinished"]'
    assert run.error == f"{DEPLOYMENT} resource 'support-bot' has a problem: {path}: {RESERVED}"
    assert local.counts() == {}
