"""What all tests share: a local Bedrock for each test process, and no one's own AWS settings."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import botocore.loaders
import botocore.session
import hypothesis
import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.pytest_plugin import local_bedrock, local_bedrock_server

__all__ = ["local_bedrock", "local_bedrock_in_environment", "local_bedrock_server", "no_aws_settings", "no_quotas"]

# Examples are the same on every run and machine: a failure in CI is a failure at home.
hypothesis.settings.register_profile(
    "same-every-time",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("same-every-time")


SLOWEST = ("aws_acceptance", "aws_provider", "benchmarks", "examples", "scenarios", "engine")
"""The folders of the tests that run Pulumi: 20 seconds a test, and two minutes for some."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow tests first, so that no worker begins one when the others have nothing left to do."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in SLOWEST)


@pytest.fixture(scope="session", autouse=True)
def start_quickly() -> Iterator[None]:
    """Hundreds of hosts are started here: what each of them would do for itself is done once."""
    with pytest.MonkeyPatch.context() as patch:
        gc.freeze()  # the provider looks through all objects for its thread pool: not through pytest's and moto's
        # Megabytes of JSON, which botocore reads for each session.
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.loaders.create_loader))
        yield


@pytest.fixture
def no_quotas(local_bedrock: LocalBedrock) -> None:
    """Lifts AWS's quotas, for a test with more deployments than 2 in progress or 10 in all."""
    local_bedrock.set_quota_in_progress(None)
    local_bedrock.set_quota(None)


@pytest.fixture
def no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Takes away what this machine's user has set for AWS, so that only what a test sets counts."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "TF_AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def local_bedrock_in_environment(
    no_aws_settings: None, local_bedrock: LocalBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points this process's environment to the local Bedrock: endpoint, keys and Region."""
    for name, value in local_bedrock.environment().items():
        monkeypatch.setenv(name, value)
