"""Timeouts as Pulumi writes them: "45m", "1h30m", "90s"."""

from __future__ import annotations

import durationpy

__all__ = ["format_duration", "parse_duration", "parse_timeout"]


def parse_duration(text: str) -> float:
    """Return a duration in seconds, zero and negative ones included.

    :raises ValueError: when the text isn't a duration.
    """
    value: float = durationpy.from_str(text).total_seconds()
    return value


def parse_timeout(text: str) -> float:
    """Return a positive duration in seconds.

    :raises ValueError: when the text isn't one.
    """
    value = parse_duration(text)
    if value <= 0:
        raise ValueError(f"not a positive duration: {text}")
    return value


def format_duration(value: float) -> str:
    """Return seconds as people write them: `45 s`, `12 min`, `1 h 5 min`."""
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
