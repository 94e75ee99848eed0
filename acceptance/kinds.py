"""Calls on the two kinds of resources that a run creates."""

from __future__ import annotations

from typing import Any

from botocore import xform_name
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

from .answers import Answer, ask

__all__ = ["CUSTOM_MODEL", "DEPLOYMENT", "Kind", "ask_delete", "ask_get", "list_all", "listed_name"]


def ask_get(kind: Kind, bedrock: Any, identifier: str) -> Answer:
    """Call Get, with a name or an ARN."""
    return ask(getattr(bedrock, xform_name(kind.get)), **{kind.identifier: identifier})


def ask_delete(kind: Kind, bedrock: Any, identifier: str) -> Answer:
    """Call Delete, with a name or an ARN."""
    return ask(getattr(bedrock, xform_name(kind.delete)), **{kind.identifier: identifier})


def list_all(kind: Kind, bedrock: Any, **filters: Any) -> list[dict[str, Any]]:
    """Return the summaries of all pages of the list."""
    pages = bedrock.get_paginator(xform_name(kind.list)).paginate(**filters)
    return [each for page in pages for each in page[kind.summaries]]


def listed_name(summary: dict[str, Any]) -> str:
    """Return the name in a summary: that of a deployment isn't spelled as elsewhere."""
    return str(summary.get("customModelDeploymentName") or summary[CUSTOM_MODEL.name])
