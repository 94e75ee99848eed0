"""Fault scenarios: the real CLI, real processes and a local Bedrock over HTTP, with failures injected.

The fixtures are those of the engine tests. In addition, each stack keeps the output of its commands, and the fixture
`nothing_lost` compares the account with states, marks and output after a test (`invariant`). `subject` is the kind of
resource that a test is about; `@both` (`subject`) runs a test for each.

    PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python -m pytest tests/scenarios -n 2
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.conftest import PROJECT, STACK, cli_environment, empty_stack, local, model, other_model
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind
from scenarios.invariant import lost
from scenarios.live import everything
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers
from scenarios.sts import FakeSts
from scenarios.subject import Subject, custom_models, deployments

__all__ = [
    "cli_environment",
    "empty_stack",
    "kind",
    "local",
    "model",
    "nothing_lost",
    "other_model",
    "refusing_sts",
    "stack",
    "stacks",
    "strangers",
    "subject",
]


@pytest.fixture
def refusing_sts() -> Iterator[FakeSts]:
    """An STS that refuses every request, and counts them."""
    with FakeSts() as sts:
        yield sts


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> Kind:
    """The kind of resource that the test is about; a test without `@both` is about deployments."""
    kind: Kind = getattr(request, "param", DEPLOYMENT)
    return kind


@pytest.fixture
def subject(kind: Kind, local: LocalBedrock, model: str, other_model: str) -> Subject:
    """The resources of that kind, and how a program declares one."""
    return deployments(local, model, other_model) if kind is DEPLOYMENT else custom_models(local)


@pytest.fixture
def strangers(subject: Subject) -> Strangers:
    """A function that makes resources of that kind that belong to no stack of the test."""
    return Strangers(subject)


@pytest.fixture
def stacks(tmp_path: Path, empty_stack: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Iterator[Stacks]:
    """A function that makes empty stacks, which deploy to `local`."""

    def make(folder: str) -> ScenarioStack:
        shutil.copytree(empty_stack, tmp_path / folder)
        environment = {**cli_environment, **local.environment()}
        return ScenarioStack(tmp_path / folder, project=PROJECT, name=STACK, environment=environment)

    stacks = Stacks(make)
    yield stacks
    stacks.end()


@pytest.fixture
def stack(stacks: Stacks) -> ScenarioStack:
    """A stack, for scenarios that need only one."""
    return stacks("stack")


@pytest.fixture
def nothing_lost(local: LocalBedrock, stacks: Stacks, strangers: Strangers) -> Iterator[None]:
    """Check the invariant at the end of the test."""
    yield
    stacks.end()
    known = [each for each in everything(local) if each.arn not in strangers.made]
    assert lost(known, stacks.made) == [], "these deployments or custom models exist, but are lost"
    assert strangers.touched() == [], "these of others were changed or deleted"
