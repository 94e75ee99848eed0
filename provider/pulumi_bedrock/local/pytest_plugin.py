"""A pytest fixture for tests of your own stacks.

Enable it in conftest.py: ``pytest_plugins = ["pulumi_bedrock.local.pytest_plugin"]``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_bedrock.local import LocalBedrock

__all__ = ["local_bedrock", "local_bedrock_server"]


@pytest.fixture(scope="session")
def local_bedrock_server() -> Iterator[LocalBedrock]:
    """One server for the session."""
    with LocalBedrock.serve() as local:
        yield local


@pytest.fixture
def local_bedrock(local_bedrock_server: LocalBedrock) -> LocalBedrock:
    """The local Bedrock, empty and without faults; deployments are Active at once by default."""
    local_bedrock_server.reset()
    return local_bedrock_server
