"""How long each create took, by AWS's own timestamps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

__all__ = ["Creates"]


class Creates:
    """The deployments of a run that became `Active`.

    AWS moves `lastUpdatedAt` when a deployment becomes `Active`, as people have recorded. A later update of its model
    moves it too, so only the first answer that shows a deployment as `Active` counts.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, datetime, float]] = {}

    def note(self, shown: Mapping[str, Any]) -> None:
        """Note what Get shows of a deployment."""
        arn = str(shown.get("customModelDeploymentArn"))
        if shown.get("status") == "Active" and arn not in self._seen and "lastUpdatedAt" in shown:
            began, ended = shown["createdAt"], shown["lastUpdatedAt"]
            self._seen[arn] = (str(shown["modelDeploymentName"]), began, (ended - began).total_seconds())

    def rows(self) -> list[tuple[str, datetime, float]]:
        """Return name, `createdAt`, and the seconds from then to `lastUpdatedAt`, in the order of the run."""
        return list(self._seen.values())
