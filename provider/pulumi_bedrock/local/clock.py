"""A clock that never returns the same time twice, so that creation times have a definite order."""

from __future__ import annotations

from datetime import datetime, timedelta

from moto.core.utils import utcnow

__all__ = ["Clock", "iso"]


class Clock:
    """Returns times in UTC, in whole milliseconds as AWS shows them, that are at least one apart."""

    def __init__(self) -> None:
        self._last = datetime.min

    def tick(self) -> datetime:
        """Return the current time, or a millisecond after the last returned time if that is later."""
        now = utcnow()
        now -= timedelta(microseconds=now.microsecond % 1000)
        return self.note(max(now, self._last + timedelta(milliseconds=1)))

    def note(self, moment: datetime) -> datetime:
        """Return that time; those that ``tick`` returns are after it."""
        self._last = max(self._last, moment)
        return moment


def iso(moment: datetime) -> str:
    """Return a timestamp as the API writes it: with milliseconds, unless a restored one has more."""
    timespec = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return f"{moment.isoformat(timespec=timespec)}Z"
