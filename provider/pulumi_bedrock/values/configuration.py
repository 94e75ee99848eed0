"""The `aws:` part of a stack's configuration, read as pulumi_aws reads it, so that one configuration serves both.

The program side needs the default tags, the host side the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.errors import ConfigurationError

__all__ = ["AwsConfiguration", "default_tags"]

_UNSUPPORTED = {
    "allowedAccountIds": "it would not be checked",
    "assumeRole": "pulumi_aws 7 spells it aws:assumeRoles",
    "assumeRoleWithWebIdentity": "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE instead",
    "forbiddenAccountIds": "it would not be checked",
    "sharedConfigFiles": "set AWS_CONFIG_FILE instead",
    "sharedCredentialsFiles": "set AWS_SHARED_CREDENTIALS_FILE instead",
}
"""Settings of pulumi_aws that choose or guard the account. Ignoring one could mean the wrong account."""


@dataclass(frozen=True)
class AwsConfiguration:
    """A stack's settings for AWS. boto3 finds the others (environment, profile, role).

    :param region: `aws:region`.
    :param profile: `aws:profile`.
    :param access_key: `aws:accessKey`, with `secret_key` (`aws:secretKey`) and `token` (`aws:token`).
    :param assume_roles: `aws:assumeRoles`, in the order in which they are assumed.
    :param endpoints: `aws:endpoints` by service: `bedrock`, `bedrockruntime`, `sts`.
    :param max_retries: `aws:maxRetries`, for each call.
    :param ignored_keys: `aws:ignoreTags` by key; `ignored_prefixes` by the key's beginning.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    assume_roles: tuple[Mapping[str, Any], ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    max_retries: int | None = None
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    @classmethod
    def read(cls, get: Callable[[str], Any]) -> AwsConfiguration:
        """Read the settings with a getter, such as `pulumi.Config("aws").get`.

        :raises ConfigurationError: when a setting has the wrong form, or isn't supported and can't safely be ignored.
        """
        for key, reason in _UNSUPPORTED.items():
            if get(key) is not None:
                raise ConfigurationError(f"aws:{key} is not supported by pulumi_bedrock: {reason}.")
        endpoints = {
            service: str(url)
            for entry in _structured(get, "endpoints", list)
            for service, url in _mapping(entry, "endpoints").items()
            if url
        }
        ignored = _structured(get, "ignoreTags", dict)
        retries = get("maxRetries")
        try:
            max_retries = None if retries is None else int(retries)
        except ValueError:
            raise ConfigurationError("aws:maxRetries must be a whole number.") from None
        return cls(
            region=get("region"),
            profile=get("profile"),
            access_key=_stripped(get("accessKey")),
            secret_key=_stripped(get("secretKey")),
            token=_stripped(get("token")),
            assume_roles=tuple(_mapping(role, "assumeRoles") for role in _structured(get, "assumeRoles", list)),
            endpoints=endpoints,
            max_retries=max_retries,
            ignored_keys=frozenset(ignored.get("keys") or ()),
            ignored_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        )

    def ignores_tag(self, key: str) -> bool:
        """Return whether `aws:ignoreTags` names a tag with this key."""
        return key in self.ignored_keys or key.startswith(self.ignored_prefixes or ("\0",))


def default_tags(get: Callable[[str], Any]) -> dict[str, str]:
    """Return the tags of `aws:defaultTags`."""
    return dict(_structured(get, "defaultTags", dict).get("tags") or {})


def _stripped(value: str | None) -> str | None:
    """Return a credential without the line end that it may have when it was read from a file."""
    return value.strip() if value else None


def _structured(get: Callable[[str], Any], key: str, kind: type[Any]) -> Any:
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


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"aws:{key} must be a list of mappings, as pulumi_aws takes it.")
    return value
