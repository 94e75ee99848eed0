"""Timeouts as Pulumi writes them, and seconds as a person says them."""

from __future__ import annotations

import pytest
from pulumi_bedrock.values import durations


@pytest.mark.parametrize(
    ("text", "seconds"), [("45m", 2700), ("1h30m", 5400), ("90s", 90), ("1.5h", 5400), ("250ms", 0.25)]
)
def test_duration_is_parsed(text: str, seconds: float) -> None:
    assert durations.parse_timeout(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "45", "45 minutes", "0s", "-5m", "m", "5m\n"])
def test_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        durations.parse_timeout(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (725, "12 min"),
        (3600, "60 min"),
        (7199, "119 min"),
        (7200, "2 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_seconds_are_formatted(seconds: float, text: str) -> None:
    assert durations.format_duration(seconds) == text
