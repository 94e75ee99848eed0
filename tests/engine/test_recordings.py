"""The engine still makes the calls that were recorded, to which the engine model is held.

`make record-engine` records every situation anew; without it, a sample is compared.
"""

from __future__ import annotations

import json
import os
from importlib.metadata import version

import pytest
from engine.stack import Stack
from pulumi_bedrock.local import LocalBedrock
from recordings.cli import CliDriver
from recordings.situations import SAMPLE, SITUATIONS
from recordings.store import ENGINE, FOLDER, NEWER, changes, is_of_newer, is_tested, save

RECORD = os.environ.get("PULUMI_BEDROCK_RECORD") == "1"


@pytest.mark.parametrize("name", SITUATIONS if RECORD else SAMPLE)
def test_engine_makes_recorded_calls(stack: Stack, local: LocalBedrock, name: str) -> None:
    driver = CliDriver(stack, local, quiet=1.0 if RECORD else 0.1)

    SITUATIONS[name](driver)

    assert local.faults() == [], "a fault that no request met"
    different = "" if is_of_newer(name, driver.recording) else changes(name, driver.recording)
    if RECORD:
        save(name, driver.recording, cli=driver.version)
        if is_tested(driver.version):
            ENGINE.write_text(json.dumps({"cli": driver.version, "sdk": version("pulumi")}) + "\n")
    assert not different, f"the engine's calls are others:\n{different}"


def test_each_recording_has_a_situation() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == SITUATIONS.keys()
    assert {path.stem for path in NEWER.glob("*.json")} < SITUATIONS.keys()
