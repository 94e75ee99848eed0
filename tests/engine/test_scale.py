"""Many resources at once in the real engine and the real dynamic host, with Pulumi's own thread pool."""

from __future__ import annotations

import subprocess
import threading
from typing import Any

import pytest
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock

MANY = """
for number in range({}):
    bedrock.CustomModelDeployment(f"bot-{{number:02}}", model_arn="{}")
"""
HANGS = 120


def test_twelve_deployments_are_created_concurrently_and_share_slow_lists(
    stack: Stack, local: LocalBedrock, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an SDK changes the shape of its host: then four run at a time."""
    local.set_activation(manual=True)
    local.add_fault(operation="ListCustomModelDeployments", kind="delay", seconds=1)
    assert local._server is not None  # the one in this process
    started: set[str] = set()
    all_started = threading.Event()

    def count(entry: dict[str, Any]) -> None:
        if entry["operation"] == "CreateCustomModelDeployment" and not entry["error"]:
            started.add(entry["resource"])
            if len(started) == 12:
                all_started.set()

    monkeypatch.setattr(local._server.application.log, "on_record", count)
    stack.program(MANY.format(12, model))
    with subprocess.Popen(
        stack.command("up", "--yes", "--skip-preview", "--parallel", "16"),
        cwd=stack.work,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as cli:
        in_time = all_started.wait(HANGS)
        waiting = [found["status"] for found in local.deployments()]
        local.clear_requests()
        local.set_activation(seconds=0)  # so that the CLI ends by itself, even if fewer than 12 were started
        said, _ = cli.communicate(timeout=HANGS)

    assert in_time, (
        f"only {len(waiting)} deployments wait at once: widen_thread_pool doesn't know this SDK's host\n{said}"
    )
    assert waiting == ["Creating"] * 12
    assert cli.returncode == 0, said
    assert len(stack.resources()) == 12
    # One may have been under way, the next shows some as Active, and one more the last: not one list for each wait.
    assert local.counts()["ListCustomModelDeployments"] <= 5


def test_preview_of_many_unchanged_deployments_calls_nothing(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.program(MANY.format(20, model))
    stack.up("--parallel", "32")
    local.clear_requests()

    stack.preview("--expect-no-changes")

    assert local.counts() == {}
