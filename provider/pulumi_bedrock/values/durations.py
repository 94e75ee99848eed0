"""Timeouts as Pulumi writes them: "45m", "1h30m", "90s"."""

from __future__ import annotations

import durationpy

__all__ = ["parsed", "seconds", "spoken"]


def seconds(text: str) -> float:
    """A duration in seconds.

    :raises ValueError: for what isn't a positive duration.
    """
    value = parsed(text)
    if value <= 0:
        raise ValueError(f"not a positive duration: {text}")
    return value


def parsed(text: str) -> float:
    """What is written as a duration, in seconds, whether or not it makes sense.

    :raises ValueError: for what isn't written as one.
    """
    value: float = durationpy.from_str(text).total_seconds()
    return value


def spoken(value: float) -> str:
    """Seconds as a person says them: `45 s`, `12 min`, `1 h 5 min`."""
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
