"""The deployments and custom models that are in the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, KINDS, Kind

__all__ = ["MARK", "Live", "everything", "live"]

MARK = "pulumi-bedrock:unfinished"


@dataclass(frozen=True)
class Live:
    """A deployment or custom model, as the local Bedrock shows it.

    :param shown: All that is shown of it.
    """

    kind: Kind
    shown: dict[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.shown[self.kind.arn])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.shown[self.kind.name])

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.shown[self.kind.status])

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return dict(self.shown["tags"])

    @property
    def is_marked(self) -> bool:
        """Whether it has the mark of an unfinished one."""
        return MARK in self.tags


def live(local: LocalBedrock, kind: Kind) -> list[Live]:
    """Return all of one kind, oldest first: of custom models, those that CreateCustomModel has made."""
    if kind is DEPLOYMENT:
        return [Live(kind, shown) for shown in local.deployments()]
    return [Live(CUSTOM_MODEL, shown) for shown in local.custom_models() if shown["customizationType"] == "IMPORTED"]


def everything(local: LocalBedrock) -> list[Live]:
    """Return all of both kinds."""
    return [each for kind in KINDS for each in live(local, kind)]
