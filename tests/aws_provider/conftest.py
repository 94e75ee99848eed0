"""An `aws.Provider` in the real engine, with two accounts: one local Bedrock in this process, and one in another.

pulumi_aws is real; its plugin is the stand-in of the examples. Each request to either account is logged with the key
that signed it, so tests prove which credentials reached which account, and that none reached another.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_provider.accounts import STACK_KEY, models
from engine.conftest import PROJECT, STACK, cli_environment, empty_stack, local
from examples.conftest import STAND_IN
from local.command import serve
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import ScenarioStack

__all__ = ["cli_environment", "empty_stack", "local", "other", "other_server", "stack"]

OTHER_ACCOUNT = "210987654321"


@pytest.fixture(scope="session")
def other_server() -> Iterator[LocalBedrock]:
    """The server of the other account, in a process of its own, since moto has one account a process."""
    no_waits = ("--activation-seconds", "0", "--deletion-seconds", "0", "--model-seconds", "0")
    with serve(*no_waits, MOTO_ACCOUNT_ID=OTHER_ACCOUNT) as served:
        yield LocalBedrock(served.endpoint_url)


@pytest.fixture
def other(other_server: LocalBedrock) -> LocalBedrock:
    """The other account, empty."""
    other_server.reset()
    return other_server


@pytest.fixture
def stack(
    tmp_path: Path, empty_stack: Path, cli_environment: dict[str, str], local: LocalBedrock, other: LocalBedrock
) -> Iterator[ScenarioStack]:
    """A stack, still empty. Its own configuration is that of `local`; `test:` has what a program needs of both."""
    folder = tmp_path / "stack"
    shutil.copytree(empty_stack, folder)
    environment = {**cli_environment, **local.environment(), "AWS_ACCESS_KEY_ID": STACK_KEY}
    environment["PATH"] = os.pathsep.join([str(STAND_IN), environment["PATH"]])
    stack = ScenarioStack(folder, project=PROJECT, name=STACK, environment=environment)
    stack.config |= {
        "test:local": local.endpoint_url,
        "test:other": other.endpoint_url,
        "test:models": json.dumps(models("v1", local, other)),
    }
    for account in (local, other):
        account.clear_requests()
    yield stack
    stack.end()
