"""Lists of names for a sentence, whose length doesn't depend on the size of the preview."""

from __future__ import annotations

from collections.abc import Sequence

from .markdown import code
from .preview import Urn

__all__ = ["NAMED", "first_of", "name_of", "names_of"]

NAMED = 3
_LENGTH = 100


def name_of(urn: Urn) -> str:
    """Return a resource's name."""
    return code(urn.name, length=_LENGTH)


def names_of(urns: Sequence[Urn]) -> str:
    """Return the first names, and the number of the others."""
    return first_of([name_of(urn) for urn in urns[:NAMED]], len(urns))


def first_of(shown: Sequence[str], count: int) -> str:
    """Return what is shown of `count`, and the number of the others."""
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
