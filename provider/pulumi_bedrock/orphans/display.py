"""Orphans as a table for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.values.arns import delete_command

from .search import Orphan

__all__ = ["as_json", "as_text"]

_HEAD = ("NAME", "RESOURCE", "STATUS", "CREATED", "ARN")


def as_text(orphans: Sequence[Orphan]) -> str:
    """Return a table of the orphans that are proven to be the stack's, and one of the others with their commands."""
    if not orphans:
        return "No unfinished deployments or custom models of this stack outside its state."
    proven = [orphan for orphan in orphans if orphan.proven]
    others = [orphan for orphan in orphans if not orphan.proven]
    parts = []
    if proven:
        parts.append(f"This stack's unfinished resources that are in no state:\n{_table(proven)}")
    if others:
        commands = "\n".join(f"  {delete_command(orphan.found.arn)}" for orphan in others)
        parts.append(
            "Not proven to be this stack's: the mark was made with another identity, or for another resource. They "
            "may belong to another stack of the same name, to this stack before a destroy, or to somebody who copied "
            f"the mark:\n{_table(others)}\n"
            f"This tool doesn't delete them. If they are yours:\n{commands}"
        )
    return "\n\n".join(parts)


def _table(orphans: Sequence[Orphan]) -> str:
    rows = [
        _HEAD,
        *((o.found.name, o.mark.names, o.found.status, _minute(o), o.found.arn) for o in orphans),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(f"  {line}" for line in lines)


def _minute(orphan: Orphan) -> str:
    return orphan.found.created_at[:16].replace("T", " ") + "Z"


def as_json(orphans: Sequence[Orphan]) -> str:
    """Return a list of mappings, with boto3's names where it has one."""
    return json.dumps(
        [
            {
                **({"modelArn": orphan.found.model_arn} if isinstance(orphan.found, Deployment) else {}),
                orphan.kind.arn: orphan.found.arn,
                orphan.kind.name: orphan.found.name,
                "region": orphan.found.region,
                orphan.kind.status: orphan.found.status,
                "createdAt": orphan.found.created_at,
                "resource": orphan.mark.names,
                "proven": orphan.proven,
                "deleteCommand": delete_command(orphan.found.arn),
            }
            for orphan in orphans
        ],
        indent=2,
    )
