"""Names and ARNs of deployments and custom models, and the order in which their provider replaces them.

Names are unique in an account and Region. So the old one is deleted first if the program gives the name, and name and
Region stay.
"""

from __future__ import annotations

from typing import Any

from .changes import DEPLOYMENT, MODEL, Change
from .preview import State
from .values import Sign

__all__ = ["arn_before", "fixed_name", "order_depends"]

_NAME = {DEPLOYMENT: "modelDeploymentName", MODEL: "modelName"}
_ARN = {DEPLOYMENT: "customModelDeploymentArn", MODEL: "modelArn"}


def arn_before(change: Change) -> str:
    """Return the ARN before the change; empty if there is none."""
    if change.old is None:
        return ""
    arn = change.old.outputs.get(_ARN[change.urn.type])
    return arn if isinstance(arn, str) else change.old.id


def fixed_name(change: Change) -> str | None:
    """Return the name that the program gives and doesn't change; None if it is automatic, changes, or is unknown."""
    old, new, key = change.old, change.new, _NAME[change.urn.type]
    name = new.inputs.get(key) if new else None
    if not old or not new or not isinstance(name, str):
        return None
    return name if _name_and_region(old, key) == (name, new.inputs.get("region")) else None


def order_depends(change: Change) -> bool:
    """Return whether the provider decides on the order when a name or Region is known.

    A preview of a name that isn't known creates first. If the name turns out to be the old one, `up` deletes first.
    """
    if not change.old or not change.new:
        return False
    key = _NAME[change.urn.type]
    given = [change.new.inputs.get(each) for each in (key, "region")]
    old = _name_and_region(change.old, key)
    may_stay = all(new in (Sign.UNKNOWN, before) for new, before in zip(given, old, strict=True))
    return Sign.UNKNOWN in given and may_stay and change.old.outputs.get("__autoNamed") is not True


def _name_and_region(old: State, key: str) -> tuple[Any, Any]:
    name, region = (old.outputs.get(each, old.inputs.get(each)) for each in (key, "region"))
    return name, region
