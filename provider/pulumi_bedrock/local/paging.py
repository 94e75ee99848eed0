"""Pages of a list that changes while it is read.

moto's own paginator looks for the item that the token names, which fails once that item is deleted. A token here is
a position in the order of creation, so a page never repeats or skips what existed all along.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .exceptions import ValidationException

__all__ = ["page"]

Item = TypeVar("Item")

DEFAULT_PAGE = 100


def page(
    items: Iterable[Item], *, position: Callable[[Item], int], parameters: dict[str, Any]
) -> tuple[list[Item], str | None]:
    """Return the page that ``parameters`` asks for, and the token of the next one.

    ``items`` are in order of creation; ``parameters`` are those of the List operation, filters included: a token
    that was given out for other filters is refused.
    """
    limit = parameters.get("maxResults", DEFAULT_PAGE)
    ascending = parameters.get("sortOrder") == "Ascending"
    checksum = _checksum(parameters)
    ordered = sorted(items, key=position, reverse=not ascending)
    if parameters.get("nextToken"):
        last = _decode(parameters["nextToken"], checksum)
        ordered = [item for item in ordered if (position(item) > last if ascending else position(item) < last)]
    if len(ordered) <= limit:
        return ordered, None
    return ordered[:limit], _encode(position(ordered[limit - 1]), checksum)


def _checksum(parameters: dict[str, Any]) -> str:
    filters = {name: str(value) for name, value in parameters.items() if name not in ("maxResults", "nextToken")}
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:16]


def _encode(last: int, checksum: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([last, checksum]).encode()).decode()


def _decode(token: str, checksum: str) -> int:
    try:
        last, made_for = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError, TypeError):
        raise ValidationException("The provided nextToken is not valid.") from None
    if made_for != checksum:
        raise ValidationException("The provided nextToken was given out for a request with other filters.")
    return int(last)
