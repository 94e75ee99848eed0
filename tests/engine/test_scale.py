"""Many deployments in the real engine."""

from __future__ import annotations

import pytest
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock

MANY = """
for number in range({}):
    bedrock.CustomModelDeployment(f"bot-{{number:02}}", model_arn="{}")
"""


@pytest.mark.usefixtures("no_quotas")
def test_preview_of_many_unchanged_deployments_calls_nothing(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.program(MANY.format(20, model))
    stack.up("--parallel", "32")
    local.clear_requests()

    stack.preview("--expect-no-changes")

    assert local.counts() == {}
