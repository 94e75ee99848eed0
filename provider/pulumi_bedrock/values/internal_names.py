"""The names in the state of properties that only this package uses.

They begin with two underscores, since the engine then shows them in no diff. Earlier versions stored them without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["INTERNAL", "from_stored", "to_stored"]

INTERNAL = {
    name: f"__{name}" for name in ("autoNamed", "deleteBeforeReplace", "importShown", "inheritedProvider", "owner")
}
"""The properties, and their names in the state."""

_NAMES = {stored: name for name, stored in INTERNAL.items()}


def from_stored(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties of a state or a program under their own names; those of an earlier version have them."""
    return {_NAMES.get(key, key): value for key, value in props.items()}


def to_stored(props: Mapping[str, Any], *, keep: Collection[str] = ()) -> dict[str, Any]:
    """Return properties under their names in the state.

    :param keep: Names that stay: those that the state has, where another name would be a diff.
    """
    return {key if key in keep else INTERNAL.get(key, key): value for key, value in props.items()}
