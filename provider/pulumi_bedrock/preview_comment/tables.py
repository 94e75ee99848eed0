"""The tables: deleted and replaced resources, changes outside of Pulumi, and other changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .changes import INVOCATION, MANAGED, Action, Change
from .cutting import Section
from .forcing import forced_by
from .markdown import code, value
from .preview import Drift, Urn
from .values import Leaf, Sign, differences, path_text

__all__ = ["destructive", "drifts", "label", "others", "row_of", "table"]

_ROWS = 10
"""The maximum number of a resource's rows in the table; the full diff has all properties."""
_PROPERTIES = 6


def destructive(changes: Sequence[Change]) -> list[Section]:
    """Return a row for each deletion, and for each property that forces a replacement."""
    gone = [change for change in changes if change.action.destructive]
    rows = [row for change in gone for row in _destructive_rows(change)]
    heads = ("Change", "Resource", "Forced by", "Old → new")
    return table("Deleted and replaced", heads, rows, "rows of deletions and replacements")


def _destructive_rows(change: Change) -> Iterator[str]:
    resource = label(change.urn)
    if change.action is not Action.REPLACE:
        had = change.old.id if change.old else ""
        yield row_of(change.action.value, resource, "", f"{code(had)} → *deleted*" if had else "*deleted*")
        return
    how = change.action.value if change.without_reason else f"{change.action.value}, {change.order.value}"
    if change.urn.type == INVOCATION:
        how = "replace: calls the model again"
    leaves = forced_by(change)
    for leaf in leaves[:_ROWS]:
        yield row_of(how, resource, code(path_text(leaf.path)), _values(leaf))
    if len(leaves) > _ROWS:
        yield row_of(how, resource, f"*and {len(leaves) - _ROWS} more*", "")
    if not leaves:
        yield row_of(how, resource, "*not in the preview: an option, or a resource that it depends on*", "")


def label(urn: Urn) -> str:
    """Return a resource's name and type."""
    kind = " provider" if urn.type.startswith("pulumi:providers:") else ""
    return f"{code(urn.name)} ({code(urn.short_type)}{kind})" if urn.short_type else code(urn.name)


def _values(leaf: Leaf) -> str:
    if leaf.old is Sign.SECRET and leaf.new is Sign.SECRET:
        return f"{value(Sign.SECRET)}, changed"
    return f"{value(leaf.old)} → {value(leaf.new)}"


def drifts(found: Sequence[Drift]) -> list[Section]:
    """Return a row for each property that changed outside of Pulumi."""
    rows = []
    for drift in sorted(found, key=lambda it: (it.urn.type not in MANAGED, it.urn.name, it.urn.text)):
        resource = label(drift.urn)
        if drift.new is None:
            rows.append(row_of(resource, "", f"{code(drift.old.id)} → *deleted*" if drift.old.id else "*deleted*"))
            continue
        leaves = list(differences(drift.old.outputs, drift.new.outputs))
        tags = {(leaf.path[1:], str(leaf.new)) for leaf in leaves if leaf.path[0] == "tags"}
        for leaf in leaves:
            derived = leaf.path[0] == "tagsAll" and (leaf.path[1:], str(leaf.new)) in tags
            if not derived:
                rows.append(row_of(resource, code(path_text(leaf.path)), _values(leaf)))
    heads = ("Resource", "Property", "State → live")
    return table("Changed outside of Pulumi", heads, rows, "rows of changes outside of Pulumi")


def others(changes: Sequence[Change]) -> list[Section]:
    """Return a row for each change that deletes nothing."""
    rows = []
    for change in changes:
        if change.action.destructive:
            continue
        names = list(dict.fromkeys(str(leaf.path[0]) for leaf in change.leaves))
        listed = ", ".join(code(name) for name in names[:_PROPERTIES])
        if len(names) > _PROPERTIES:
            listed += f" and {len(names) - _PROPERTIES} more"
        if change.action is not Action.UPDATE:
            listed = ""
        rows.append(row_of(change.action.value, label(change.urn), listed))
    heads = ("Change", "Resource", "Properties")
    return table("Other changes", heads, rows, "rows of other changes")


def table(title: str, heads: Sequence[str], rows: Sequence[str], what: str, *, below: str = "") -> list[Section]:
    """Return a table with a title, or nothing without rows."""
    if not rows:
        return []
    opening = f"\n### {title}\n\n{row_of(*heads)}{row_of(*('---' for _ in heads))}"
    return [Section(what, opening, rows, below)]


def row_of(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |\n"
