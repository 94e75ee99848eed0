"""The engine still makes the calls that were recorded: those that the engine model is held to.

`make record-engine` records every situation anew; otherwise a sample is compared.
"""

from __future__ import annotations

import difflib
import json
import os
from importlib.metadata import version

import pytest
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock
from recordings.cli import CliDriver
from recordings.situations import SAMPLE, SITUATIONS
from recordings.store import ENGINE, as_text, load, path_of

RECORDING = os.environ.get("PULUMI_BEDROCK_RECORD") == "1"


@pytest.mark.parametrize("name", SITUATIONS if RECORDING else SAMPLE)
def test_engine_makes_recorded_calls(stack: Stack, local: LocalBedrock, name: str) -> None:
    driver = CliDriver(stack, local)

    SITUATIONS[name](driver)

    assert driver.local.faults() == [], "a fault that nothing met"
    before, now = as_text(load(name)), as_text(driver.recording)
    if RECORDING:
        path_of(name).write_text(now)
        cli = stack.run("version").stdout.strip().removeprefix("v")
        ENGINE.write_text(json.dumps({"cli": cli, "sdk": version("pulumi")}, indent=1) + "\n")
    changes = "\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), "recorded", "now", lineterm=""))
    assert not changes, f"the engine's calls have changed:\n{changes}"
