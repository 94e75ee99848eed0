"""What the state says of our code: how to find it, not what it is; so that it outlives upgrades of both."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import pulumi_bedrock
from engine.stack import INVOCATION, Stack
from pulumi_bedrock.local import LocalBedrock

PACKAGE = Path(pulumi_bedrock.__file__).parent
SMOKE_TEST = 'bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Hi")'


def test_provider_text_in_state_is_short_and_other_python_version_shows_no_diff(
    stack: Stack, local: LocalBedrock, model: str, other_model: str, other_python: Path
) -> None:
    used = stack.folder / "python-used"
    more = f"""{SMOKE_TEST}
import pathlib, sys
pathlib.Path({str(used)!r}).write_text(str(sys.version_info[:2]))
"""
    stack.declare(model_arn=model, description="First line", tags={"team": "support"}, more=more)
    stack.up()
    assert used.read_text() == str(sys.version_info[:2])
    before = _providers(stack)
    assert set(map(type, before)) == {str}, "in clear text: encrypted, it would change with every run"
    for provider in before:
        assert len(provider) < 100
        assert b"pulumi_bedrock" in base64.b64decode(provider)

    stack.environment["PATH"] = os.pathsep.join([str(other_python), stack.environment["PATH"]])
    stack.environment["PYTHONPATH"] = str(PACKAGE.parent)
    stack.preview("--expect-no-changes")
    assert used.read_text() != str(sys.version_info[:2]), "the program ran under the same Python once more"
    stack.up("--refresh", "--expect-no-changes")
    assert _providers(stack) == before
    stack.declare(model_arn=other_model, more=more)
    stack.up()
    assert [item["modelArn"] for item in local.deployments()] == [other_model]
    assert _providers(stack) == before
    stack.destroy()
    assert stack.resources() == local.deployments() == []


def _providers(stack: Stack) -> list[str]:
    return [
        resource[held]["__provider"]
        for resource in [stack.resource(), *stack.resources(INVOCATION)]
        for held in ("inputs", "outputs")
    ]
