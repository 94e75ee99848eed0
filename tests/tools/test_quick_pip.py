"""The engine tests' pip: one answer is saved, and all others are pip's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine.conftest import make_python_start_faster


@pytest.mark.parametrize(
    "arguments", [("list", "-v", "--format", "json"), ("list", "--format", "json"), ("--version",)]
)
def test_quick_pip_answers_as_pip(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    make_python_start_faster(tmp_path)
    command = [sys.executable, "-m", "pip", *arguments]
    expected = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    assert (answer.stdout, answer.stderr) == (expected.stdout, expected.stderr)
