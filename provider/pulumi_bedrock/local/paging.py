"""Pages of a list that changes while it is read.

moto's own paginator searches for the item that the token names, which fails once that item is deleted. Here a
token holds a creation time, so pages never repeat or skip an item that exists throughout.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime
from typing import Any, Protocol, TypeVar

from .exceptions import ValidationException

__all__ = ["page"]

# AWS doesn't document the default of maxResults.
DEFAULT_PAGE = 100


class _Created(Protocol):
    created_at: datetime


Item = TypeVar("Item", bound=_Created)


def page(items: list[Item], *, parameters: dict[str, Any]) -> tuple[list[Item], str | None]:
    """Return the requested page of ``items``, which are in order of creation, and the token of the next page.

    ``parameters`` are those of the List operation. A token for other filters is refused.
    """
    limit = parameters.get("maxResults", DEFAULT_PAGE)
    ascending = parameters.get("sortOrder") == "Ascending"
    checksum = _checksum(parameters)
    ordered = items if ascending else items[::-1]
    if "nextToken" in parameters:
        last = _decode(parameters["nextToken"], checksum)
        ordered = [item for item in ordered if item.created_at != last and (item.created_at > last) == ascending]
    if len(ordered) <= limit:
        return ordered, None
    return ordered[:limit], _encode(ordered[limit - 1].created_at, checksum)


def _checksum(parameters: dict[str, Any]) -> str:
    filters = {name: str(parameters[name]) for name in parameters if name not in ("maxResults", "nextToken")}
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:16]


def _encode(last: datetime, checksum: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.isoformat(), checksum]).encode()).decode()


def _decode(token: str, checksum: str) -> datetime:
    try:
        last, made_for = json.loads(base64.urlsafe_b64decode(token.encode()))
        moment = datetime.fromisoformat(last)
    except (binascii.Error, ValueError, TypeError):
        raise ValidationException("The provided nextToken is not valid.") from None
    if made_for != checksum:
        raise ValidationException("The provided nextToken was given out for a request with other filters.")
    return moment
