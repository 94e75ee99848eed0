"""Find the properties that force a replacement, with both values, as far as the preview shows them."""

from __future__ import annotations

from collections.abc import Iterator

from .changes import MANAGED, Change
from .values import Leaf, Sign, differences, holds_secret, top_level

__all__ = ["forced_by"]


def forced_by(change: Change) -> list[Leaf]:
    """Return the differences that force a replacement.

    If the preview names none, return the unknown properties; without any, return all that differ.
    """
    leaves = change.leaves
    differing = {leaf.path[0] for leaf in leaves}
    # The engine gives paths, or plain names, which may look like paths.
    names = [path if path in differing else top_level(path) for path in (*change.forced, *change.detailed)]
    if not names:
        return [leaf for leaf in leaves if leaf.new is Sign.UNKNOWN] or list(leaves)
    found = [leaf for leaf in leaves if leaf.path[0] in names]
    seen = {leaf.path[0] for leaf in found}
    if "tags" in seen and change.urn.type in MANAGED:
        seen.add("tagsAll")
    found += [leaf for name in dict.fromkeys(names) if name not in seen for leaf in _hidden(change, name)]
    return found


def _hidden(change: Change, name: str) -> Iterator[Leaf]:
    """Yield a reason that the inputs don't show: a secret, or a difference from the old outputs."""
    old = change.old
    before = old.outputs.get(name, old.inputs.get(name, Sign.MISSING)) if old else Sign.MISSING
    after = change.new.inputs.get(name, Sign.MISSING) if change.new else Sign.MISSING
    found = list(differences(before, after, (name,)))
    yield from found or [Leaf((name,), *(Sign.SECRET if holds_secret(side) else side for side in (before, after)))]
