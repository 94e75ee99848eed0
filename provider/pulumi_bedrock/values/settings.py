"""Single settings of the `aws:` configuration, read and validated.

Each function takes a getter, such as `pulumi.Config("aws").get`, and raises `ConfigurationError` for a setting of the
wrong form. No message repeats a value that may be a credential.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_bedrock.errors import ConfigurationError

from .tags import as_text

__all__ = ["AUTONAMING", "accounts", "flag", "keys", "mapping", "structured", "texts"]

AUTONAMING = "pulumi:autonaming"
"""Pulumi's setting for automatic names. A resource's `deleteBeforeReplace` is this name where it decides the order."""


def keys(get: Callable[[str], Any]) -> tuple[str | None, str | None, str | None]:
    """Return the pair of keys and the token, without the line end that each may have when it was read from a file.

    :raises ConfigurationError: for half a pair, or an empty one: boto3 would find other credentials instead.
    """
    given = {key: str(get(key)).strip() for key in ("accessKey", "secretKey", "token") if get(key) is not None}
    if not given.get("token"):
        given.pop("token", None)
    if given and not (given.get("accessKey") and given.get("secretKey")):
        missing = next(key for key in ("accessKey", "secretKey") if not given.get(key))
        how = "is empty" if missing in given else f"is not set, but aws:{next(iter(given))} is"
        raise ConfigurationError(f"aws:{missing} {how}. Set both aws:accessKey and aws:secretKey, or remove both.")
    return given.get("accessKey"), given.get("secretKey"), given.get("token")


def accounts(get: Callable[[str], Any], *, skip: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return the accounts that are allowed and forbidden.

    :raises ConfigurationError: when both are set, or when a guard could not be checked.
    """
    found = {
        key: frozenset(_account(key, value) for value in _parsed(get, key, list))
        for key in ("allowedAccountIds", "forbiddenAccountIds")
    }
    allowed, forbidden = found.values()
    if allowed and forbidden:
        raise ConfigurationError("aws:allowedAccountIds and aws:forbiddenAccountIds can't both be set.")
    for key, guarded in found.items():
        if guarded and skip:
            # pulumi_aws refuses the first, and silently doesn't check the second.
            raise ConfigurationError(
                f"aws:{key} can't be checked with aws:skipRequestingAccountId. Remove aws:skipRequestingAccountId."
            )
    return allowed, forbidden


def _account(key: str, value: Any) -> str:
    """Return an account ID. `pulumi config set --path` stores one without quotes as a number."""
    text = str(value).zfill(12) if type(value) is int else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{12}", text):
        raise ConfigurationError(f"aws:{key} must be a list of account IDs, each of 12 digits.")
    return text


def flag(get: Callable[[str], Any], key: str) -> bool | None:
    """Return a boolean setting, which Pulumi passes on as a string; None when it isn't set."""
    value = get(key)
    if value is None or value == "":
        return None
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ConfigurationError(f"aws:{key} must be true or false.")
    return text == "true"


def structured(get: Callable[[str], Any], key: str, kind: type[Any]) -> Any:
    """Return a structured setting, with strings for numbers and booleans: `config set --path` stores what looks so."""
    return _texts(_spelled(_parsed(get, key, kind)))


def _parsed(get: Callable[[str], Any], key: str, kind: type[Any]) -> Any:
    """Return a structured setting, which Pulumi passes on as a JSON string."""
    value = get(key)
    if value is None or value == "":
        return kind()
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise ConfigurationError(f"aws:{key} is not JSON.") from None
    if not isinstance(value, kind):
        wanted = "a list" if kind is list else "a mapping"
        raise ConfigurationError(f"aws:{key} must be {wanted}, as pulumi_aws takes it.")
    return value


def _spelled(value: Any) -> Any:
    """Return a setting with `roleArn` for `role_arn`: pulumi_aws sends the keys of a dictionary as they are."""
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, Mapping):
        return {re.sub("_([a-z])", lambda found: found[1].upper(), key): item for key, item in value.items()}
    return value


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return as_text(value)


def mapping(value: Any, key: str) -> Mapping[str, Any]:
    """Return an entry of the structured setting `key`, which must be a mapping."""
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"aws:{key} must be a list of mappings, as pulumi_aws takes it.")
    return value


def texts(value: Any, key: str) -> tuple[str, ...]:
    """Return a part of a structured setting that must be a list of strings; none when it isn't set."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(f"aws:{key} must be a list of strings, as pulumi_aws takes it.")
    return tuple(value)
