"""A stack that an earlier release made is previewed without a change, and destroyed, by the code of today.

The files in `states/` hold resources as that release wrote them. They are never edited: a new release that writes
something else gets a file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynamic_host import PROVIDER_KEY, DynamicHost, provider_text
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

STATES = Path(__file__).parent / "states"
MAKES = {"deployments": serialized.deployment, "invocations": serialized.invocation}
RESOURCES = [
    pytest.param(MAKES[file.stem.rpartition("-")[2]], resource, id=f"{file.stem}: {name}")
    for file in sorted(STATES.glob("*.json"))
    for name, resource in json.loads(file.read_text()).items()
]


def test_saved_states_exist() -> None:
    assert len(RESOURCES) >= 4


@pytest.mark.parametrize(("make", "resource"), RESOURCES)
def test_provider_text_of_saved_state_is_current(make: Any, resource: dict[str, Any]) -> None:
    assert resource["outputs"][PROVIDER_KEY] == provider_text(make)


@pytest.mark.parametrize(("make", "resource"), RESOURCES)
def test_unchanged_program_shows_no_diff(
    start_host: Callable[..., DynamicHost], make: Any, resource: dict[str, Any]
) -> None:
    host = start_host(make=make)

    checked = host.check(resource["inputs"], resource["inputs"])
    answer = host.diff(resource["outputs"], checked.inputs, resource_id=resource["id"])

    assert checked.failures == []
    assert (answer.changes, answer.replaces) == (False, [])


@pytest.mark.parametrize(("make", "resource"), RESOURCES)
def test_saved_resource_can_be_deleted(
    start_host: Callable[..., DynamicHost], local_bedrock: LocalBedrock, make: Any, resource: dict[str, Any]
) -> None:
    start_host(make=make).delete(resource["id"], resource["outputs"])

    asked = local_bedrock.counts().get("DeleteCustomModelDeployment", 0)
    assert asked == (1 if make is serialized.deployment else 0)
