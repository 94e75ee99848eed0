"""The quotas of custom model deployments that an account has in a Region.

AWS's codes for them are L-430C95DD (in progress) and L-1EF80F3E (total). The defaults are the only values that anybody
has published. AWS documents neither the message nor which statuses count: see docs/assumptions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .exceptions import ServiceQuotaExceededException

__all__ = ["QUOTA", "QUOTA_IN_PROGRESS", "Quotas"]

QUOTA_IN_PROGRESS = 2
QUOTA = 10


@dataclass(frozen=True)
class Quotas:
    """How many deployments may be ``Creating``, and how many may exist, in any status; None for no limit."""

    in_progress: int | None = QUOTA_IN_PROGRESS
    total: int | None = QUOTA

    def require_room(self, existing: int, statuses: Iterable[str]) -> None:
        """Raise ServiceQuotaExceededException when one more deployment has no room beside the existing ones."""
        if self.total is not None and existing >= self.total:
            raise _exceeded("Total number of custom model deployments", self.total)
        if self.in_progress is not None and sum(status == "Creating" for status in statuses) >= self.in_progress:
            raise _exceeded("In-progress custom model deployments", self.in_progress)


def _exceeded(quota: str, limit: int) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(
        f"You have exceeded the quota (Model customization) {quota}, which is {limit} for your account in this Region. "
        "Request an increase in the Service Quotas console."
    )
