"""Property values in a preview's JSON: plain JSON, and signs for secret and unknown values."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = [
    "UNKNOWNS",
    "Leaf",
    "Path",
    "Sign",
    "decoded",
    "differences",
    "holds_secret",
    "masked",
    "path_text",
    "strings",
    "top_level",
]


class Sign(enum.Enum):
    """The sign for a value that can't be shown."""

    SECRET = "secret"
    UNKNOWN = "unknown"
    MISSING = "missing"


Path = tuple[str | int, ...]


class Leaf(NamedTuple):
    """One difference: its path and both values; `Sign.MISSING` for a side without a value."""

    path: Path
    old: Any
    new: Any


UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's values for an unknown boolean, number, string, array, asset, archive and object."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key of an object that stands for a value that JSON lacks, such as a secret; its value is the kind."""
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
_BOOKKEEPING = frozenset({"__defaults", "__internal", "__meta", "__provider"})
"""Keys that SDKs and providers use internally."""
_DEEPEST = 100


def decoded(value: Any, *, depth: int = 0) -> Any:
    """Return a value with signs, and without internal keys.

    :raises RecursionError: when it is nested deeper than any program's inputs.
    """
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET_SIGNATURE or (_SIGNATURE in value and value.get("secret") is True):
            return Sign.SECRET
        return {
            key: decoded(item, depth=depth + 1)
            for key, item in value.items()
            if key not in _BOOKKEEPING and key != _SIGNATURE
        }
    if isinstance(value, list):
        return [decoded(item, depth=depth + 1) for item in value]
    if value == "[secret]":
        return Sign.SECRET
    if isinstance(value, str) and value in UNKNOWNS:
        return Sign.UNKNOWN
    return value


def differences(old: Any, new: Any, path: Path = ()) -> Iterator[Leaf]:
    """Yield the differences of two values, down to the leaves. A changed secret looks like an unchanged one."""
    if _both(Mapping, old, new):
        olds, news = _or_empty(old, {}), _or_empty(new, {})
        for key in sorted({*olds, *news}):
            yield from differences(olds.get(key, Sign.MISSING), news.get(key, Sign.MISSING), (*path, key))
    elif _both(list, old, new):
        olds, news = _or_empty(old, []), _or_empty(new, [])
        for index in range(max(len(olds), len(news))):
            yield from differences(_item(olds, index), _item(news, index), (*path, index))
    elif type(old) is not type(new) or old != new:
        # A value that is secret on one side may be the same on the other.
        secret = Sign.SECRET in (old, new)
        yield Leaf(path, *(Sign.SECRET if secret and side is not Sign.MISSING else side for side in (old, new)))


def _both(kind: type, old: Any, new: Any) -> bool:
    """Return whether both are of a kind; one of them may be missing, if the other isn't empty."""
    sides = [side for side in (old, new) if side is not Sign.MISSING]
    return bool(sides) and all(isinstance(side, kind) for side in sides) and (len(sides) == 2 or bool(sides[0]))


def _or_empty(value: Any, empty: Any) -> Any:
    return empty if value is Sign.MISSING else value


def _item(values: Sequence[Any], index: int) -> Any:
    return values[index] if index < len(values) else Sign.MISSING


def masked(value: Any, mask: Any) -> Any:
    """Return the value with every part secret that is secret in the mask."""
    if mask is Sign.SECRET:
        return Sign.SECRET
    if isinstance(value, Mapping) and isinstance(mask, Mapping):
        return {key: masked(item, mask.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(mask, list):
        return [masked(item, _item(mask, index)) for index, item in enumerate(value)]
    return value


def holds_secret(value: Any) -> bool:
    """Return whether a value, or a part of it, is secret."""
    if isinstance(value, (Mapping, list)):
        return any(holds_secret(item) for item in (value.values() if isinstance(value, Mapping) else value))
    return value is Sign.SECRET


def path_text(path: Path) -> str:
    """Return a path as Pulumi writes it: `tags.team`, `rules[0].port`, `tags["a b"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z_$][\w$-]*", part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def top_level(path: str) -> str:
    """Return the first property of an engine's path, such as `tags["a b"]`."""
    found = re.match(r'\["((?:[^"\\]|\\.)*)"\]|[^.\[]+', path)
    return (found[1] or found[0]) if found else path


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a value, without keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
