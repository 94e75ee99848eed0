"""Sees the account each time a deployment begins or goes: that proves the order, and no clock does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Moment", "Witness"]

_OPERATIONS = {"CreateCustomModelDeployment": "create", "DeleteCustomModelDeployment": "delete"}


@dataclass(frozen=True)
class Moment:
    """The account just after a create or delete was taken by the API.

    :param event: `create` or `delete`.
    :param resource: The name in a create, the ARN in a delete.
    :param statuses: The status of each deployment there is, by ARN.
    """

    event: str
    resource: str
    statuses: dict[str, str]


class Witness:
    """Keeps the moments of a test, in order."""

    def __init__(self, look: Callable[[], list[dict[str, Any]]]) -> None:
        self._look = look
        self.moments: list[Moment] = []

    def __call__(self, entry: dict[str, Any]) -> None:
        """Take an entry of the request log."""
        event = _OPERATIONS.get(entry["operation"])
        if event and entry["status"] and not entry["error"]:
            statuses = {item["customModelDeploymentArn"]: item["status"] for item in self._look()}
            self.moments.append(Moment(event, entry["resource"], statuses))

    @property
    def events(self) -> list[str]:
        """What happened, in order: `["create", "delete"]`."""
        return [moment.event for moment in self.moments]

    def at(self, event: str, resource: str) -> Moment:
        """The one moment of that event for that resource."""
        (found,) = [moment for moment in self.moments if (moment.event, moment.resource) == (event, resource)]
        return found
