"""The engine model makes the calls that the real engine was recorded to make."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_bedrock.host import base_provider as host
from pulumi_bedrock.local import LocalBedrock
from recordings.model import ModelDriver
from recordings.situations import SITUATIONS
from recordings.store import changes


@pytest.mark.parametrize("name", SITUATIONS)
def test_model_makes_calls_of_real_engine(
    local_bedrock: LocalBedrock,
    local_bedrock_in_environment: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    monkeypatch.setattr(host, "widen_thread_pool", lambda: False)  # it looks through all objects
    driver = ModelDriver(local_bedrock, tmp_path / "calls.jsonl")

    SITUATIONS[name](driver)

    assert not (different := changes(name, driver.recording)), different
