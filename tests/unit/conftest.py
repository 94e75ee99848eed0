"""Nothing of this machine's AWS settings reaches a unit test, and time is the test's own."""

from __future__ import annotations

import pytest
from fake_clock import FakeClock


@pytest.fixture(autouse=True)
def isolated(no_aws_settings: None) -> None:
    """Every test here starts without AWS settings."""


@pytest.fixture
def clock() -> FakeClock:
    """The time that waits see."""
    return FakeClock()
