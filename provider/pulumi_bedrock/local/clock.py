"""The time of an account: never twice the same, so that the order of creation is never in doubt."""

from __future__ import annotations

from datetime import datetime, timedelta

from moto.core.utils import utcnow

__all__ = ["Clock", "iso"]


class Clock:
    """Gives out moments in UTC, a microsecond apart at least."""

    def __init__(self) -> None:
        self._last = datetime.min

    def tick(self) -> datetime:
        """Now, or just after the last moment given out."""
        self._last = max(utcnow(), self._last + timedelta(microseconds=1))
        return self._last


def iso(moment: datetime) -> str:
    """A timestamp as the API writes it, to the microsecond."""
    return f"{moment.isoformat(timespec='microseconds')}Z"
