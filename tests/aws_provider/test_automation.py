"""A program of the Automation API uses an `aws.Provider` like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from aws_provider.accounts import writes
from pulumi_bedrock.local import LocalBedrock
from scenarios.stacks import ScenarioStack


def test_inline_program_uses_the_provider(stack: ScenarioStack, local: LocalBedrock, other: LocalBedrock) -> None:
    there = {"url": other.endpoint_url, "model": json.loads(stack.config["test:models"])["other"]}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("inline_program.py"))],
        cwd=stack.work,
        env=stack.environment | {"THERE": json.dumps(there)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)

    assert f":{there['model'].split(':')[4]}:" in said["arn"]
    assert said["changes"] == [{"create": 5}, {"same": 5}, {"delete": 5}]
    assert writes(other) == {("AKTHERE", "Create"): 1, ("AKTHERE", "Delete"): 1}
    assert local.requests() == other.deployments() == []
