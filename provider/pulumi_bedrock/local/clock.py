"""A clock that never returns the same time twice, so that creation times have a definite order."""

from __future__ import annotations

from datetime import datetime, timedelta

from moto.core.utils import utcnow

__all__ = ["Clock", "iso"]


class Clock:
    """Returns times in UTC that are at least a microsecond apart."""

    def __init__(self) -> None:
        self._last = datetime.min

    def tick(self) -> datetime:
        """Return the current time, or a microsecond after the last returned time if that is later."""
        self._last = max(utcnow(), self._last + timedelta(microseconds=1))
        return self._last


def iso(moment: datetime) -> str:
    """Return a timestamp as the API writes it, with microseconds."""
    return f"{moment.isoformat(timespec='microseconds')}Z"
