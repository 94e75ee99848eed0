"""Create: one call with one token, then a wait until the deployment serves; what fails says what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock.local import LocalBedrock


def test_a_deployment_is_created_and_its_outputs_hold_every_input(
    host: DynamicHost, inputs: dict[str, Any], local_bedrock: LocalBedrock
) -> None:
    given = {**inputs, "description": "Answers tickets", "tags": {"a": "1"}, "tagsAll": {"a": "1", "b": "2"}}

    created = host.create(given)

    [live] = local_bedrock.deployments()
    assert created.id == live["customModelDeploymentArn"]
    assert live["modelArn"] == inputs["modelArn"]
    assert live["description"] == "Answers tickets"
    assert live["tags"] == {"a": "1", "b": "2"}
    assert {key: created.outputs[key] for key in given} == given
    assert created.outputs["customModelDeploymentArn"] == created.id
    assert created.outputs["status"] == "Active"
    assert created.outputs["createdAt"].startswith(live["createdAt"][:19])
