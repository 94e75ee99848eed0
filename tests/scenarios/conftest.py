"""Fault scenarios: real CLI, real processes, real HTTP to a local Bedrock, and things that go wrong on purpose.

Fixtures are those of the engine tests; on top, each stack remembers what it put on the screen, and after every single
test the account is held against state, marks and screen (`invariant`). A test can't forget to look.

    PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python -m pytest tests/scenarios -n 2
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.conftest import PROJECT, STACK, cli_environment, empty_stack, local, model, other_model
from pulumi_bedrock.local import LocalBedrock
from scenarios.invariant import lost
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers

__all__ = [
    "cli_environment",
    "empty_stack",
    "local",
    "model",
    "nothing_lost",
    "other_model",
    "stack",
    "stacks",
    "strangers",
]


@pytest.fixture
def strangers(local: LocalBedrock, model: str) -> Strangers:
    """Makes deployments that belong to nobody here."""
    return Strangers(local, model)


@pytest.fixture
def stacks(tmp_path: Path, empty_stack: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Iterator[Stacks]:
    """Makes stacks that deploy to `local`, still empty."""

    def make(folder: str) -> ScenarioStack:
        shutil.copytree(empty_stack, tmp_path / folder)
        environment = {**cli_environment, **local.environment()}
        return ScenarioStack(tmp_path / folder, project=PROJECT, name=STACK, environment=environment)

    stacks = Stacks(make)
    yield stacks
    stacks.end()


@pytest.fixture
def stack(stacks: Stacks) -> ScenarioStack:
    """The one stack of a scenario that needs only one."""
    return stacks("stack")


@pytest.fixture
def nothing_lost(local: LocalBedrock, stacks: Stacks, strangers: Strangers) -> Iterator[None]:
    """Holds the invariant at the end."""
    yield
    stacks.end()
    known = [item for item in local.deployments() if item["customModelDeploymentArn"] not in strangers.made]
    assert lost(known, stacks.made) == [], "these exist, and nobody knows of them"
    assert strangers.touched() == [], "these belong to nobody here"
