"""The quotas that an account has in a Region: of custom model deployments, and of custom models.

AWS's codes for those of deployments are L-430C95DD (in progress) and L-1EF80F3E (total). The defaults are the only
values that anybody has published; for custom models nobody has. AWS documents neither the message nor which statuses
count: see docs/assumptions.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .exceptions import ServiceQuotaExceededException

__all__ = ["MODEL_QUOTAS", "QUOTA", "QUOTA_IN_PROGRESS", "Quotas"]

QUOTA_IN_PROGRESS = 2
QUOTA = 10


@dataclass(frozen=True)
class Quotas:
    """How many resources may be ``Creating``, and how many may exist, in any status; None for no limit."""

    in_progress: int | None = QUOTA_IN_PROGRESS
    total: int | None = QUOTA
    resources: str = "custom model deployments"

    def require_room(self, existing: int, statuses: Iterable[str]) -> None:
        """Raise ServiceQuotaExceededException when one more resource has no room beside the existing ones."""
        if self.total is not None and existing >= self.total:
            raise _exceeded(f"Total number of {self.resources}", self.total)
        if self.in_progress is not None and sum(status == "Creating" for status in statuses) >= self.in_progress:
            raise _exceeded(f"In-progress {self.resources}", self.in_progress)


MODEL_QUOTAS = Quotas(in_progress=None, total=None, resources="custom models")


def _exceeded(quota: str, limit: int) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(
        f"You have exceeded the quota (Model customization) {quota}, which is {limit} for your account in this Region. "
        "Request an increase in the Service Quotas console."
    )
