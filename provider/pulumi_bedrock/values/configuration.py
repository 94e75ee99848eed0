"""The `aws:` part of a stack's configuration, read as pulumi_aws reads it, so that one configuration serves both.

The program side needs the default tags, the host side the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.errors import ConfigurationError

from .settings import accounts, flag, keys, mapping, structured, texts

__all__ = ["KEYS", "AwsConfiguration", "default_tags", "region_of"]

_DEFAULT_TAG = "TF_AWS_DEFAULT_TAGS_"
_IGNORED_KEYS, _IGNORED_PREFIXES = "TF_AWS_IGNORE_TAGS_KEYS", "TF_AWS_IGNORE_TAGS_KEY_PREFIXES"
"""Variables of pulumi_aws. A configured default tag comes before one of the environment; ignored ones add up."""

_UNSUPPORTED = {
    "assumeRole": "pulumi_aws 7 spells it aws:assumeRoles",
    "assumeRoleWithWebIdentity": "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE instead",
    "noProxy": "set NO_PROXY and HTTPS_PROXY in the environment instead",
    "sharedConfigFiles": "set AWS_CONFIG_FILE instead",
    "sharedCredentialsFiles": "set AWS_SHARED_CREDENTIALS_FILE instead",
}
"""Settings of pulumi_aws that change where calls go, and as whom. Ignoring one could mean the wrong account."""

KEYS = (
    "accessKey",
    "allowedAccountIds",
    "assumeRoles",
    "customCaBundle",
    "ec2MetadataServiceEndpoint",
    "ec2MetadataServiceEndpointMode",
    "endpoints",
    "forbiddenAccountIds",
    "httpProxy",
    "httpsProxy",
    "ignoreTags",
    "insecure",
    "maxRetries",
    "profile",
    "region",
    "secretKey",
    "skipMetadataApiCheck",
    "skipRequestingAccountId",
    "stsRegion",
    "token",
    "useDualstackEndpoint",
    "useFipsEndpoint",
    *_UNSUPPORTED,
)
"""All settings that `AwsConfiguration.read` looks at."""


@dataclass(frozen=True)
class AwsConfiguration:
    """A stack's settings for AWS. boto3 finds the others (environment, profile, role).

    :param region: `aws:region`.
    :param profile: `aws:profile`.
    :param access_key: `aws:accessKey`, with `secret_key` (`aws:secretKey`) and `token` (`aws:token`).
    :param assume_roles: `aws:assumeRoles`, in the order in which they are assumed.
    :param endpoints: `aws:endpoints` by service: `bedrock`, `bedrockruntime`, `sts`.
    :param sts_region: `aws:stsRegion`, where roles are assumed.
    :param allowed_accounts: `aws:allowedAccountIds`; `forbidden_accounts` is `aws:forbiddenAccountIds`.
    :param skip_requesting_account_id: `aws:skipRequestingAccountId`: the account is neither requested nor checked.
    :param proxies: `aws:httpProxy` and `aws:httpsProxy`, by scheme.
    :param custom_ca_bundle: `aws:customCaBundle`, the path of a file.
    :param use_fips_endpoint: `aws:useFipsEndpoint`; `use_dualstack_endpoint` is `aws:useDualstackEndpoint`. None when
        not set.
    :param metadata_endpoint: `aws:ec2MetadataServiceEndpoint`, with its mode (`IPv4`, `IPv6`).
    :param skip_metadata: `aws:skipMetadataApiCheck`: no credentials from the EC2 metadata service.
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
    sts_region: str | None = None
    allowed_accounts: frozenset[str] = frozenset()
    forbidden_accounts: frozenset[str] = frozenset()
    skip_requesting_account_id: bool = False
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    custom_ca_bundle: str | None = None
    use_fips_endpoint: bool | None = None
    use_dualstack_endpoint: bool | None = None
    metadata_endpoint: str | None = None
    metadata_endpoint_mode: str | None = None
    skip_metadata: bool = False
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
        if flag(get, "insecure"):
            raise ConfigurationError(
                "aws:insecure is not supported by pulumi_bedrock: certificates are always verified. Set "
                "aws:customCaBundle instead."
            )
        access_key, secret_key, token = keys(get)
        skip = bool(flag(get, "skipRequestingAccountId"))
        allowed, forbidden = accounts(get, skip=skip)
        http_proxy = get("httpProxy") or None
        endpoints = {
            service: str(url)
            for entry in structured(get, "endpoints", list)
            for service, url in mapping(entry, "endpoints").items()
            if url
        }
        ignored = structured(get, "ignoreTags", dict)
        retries = get("maxRetries")
        try:
            max_retries = None if retries is None else int(retries)
        except ValueError:
            raise ConfigurationError("aws:maxRetries must be a whole number.") from None
        return cls(
            region=get("region"),
            profile=get("profile"),
            access_key=access_key,
            secret_key=secret_key,
            token=token,
            assume_roles=tuple(mapping(role, "assumeRoles") for role in structured(get, "assumeRoles", list)),
            endpoints=endpoints,
            sts_region=get("stsRegion") or None,
            allowed_accounts=allowed,
            forbidden_accounts=forbidden,
            skip_requesting_account_id=skip,
            # As pulumi_aws does, HTTPS goes through the proxy for HTTP when it has none of its own.
            proxies={
                scheme: url for scheme, url in (("http", http_proxy), ("https", get("httpsProxy") or http_proxy)) if url
            },
            custom_ca_bundle=get("customCaBundle") or None,
            use_fips_endpoint=flag(get, "useFipsEndpoint"),
            use_dualstack_endpoint=flag(get, "useDualstackEndpoint"),
            metadata_endpoint=get("ec2MetadataServiceEndpoint") or None,
            metadata_endpoint_mode=get("ec2MetadataServiceEndpointMode") or None,
            skip_metadata=bool(flag(get, "skipMetadataApiCheck")),
            max_retries=max_retries,
            ignored_keys=frozenset((*texts(ignored.get("keys"), "ignoreTags.keys"), *_listed(_IGNORED_KEYS))),
            ignored_prefixes=(
                *texts(ignored.get("keyPrefixes"), "ignoreTags.keyPrefixes"),
                *_listed(_IGNORED_PREFIXES),
            ),
        )

    def ignores_tag(self, key: str) -> bool:
        """Return whether `aws:ignoreTags` names a tag with this key."""
        return key in self.ignored_keys or key.startswith(self.ignored_prefixes or ("\0",))


def default_tags(get: Callable[[str], Any]) -> dict[str, str]:
    """Return the tags of `aws:defaultTags`, merged over those of the environment.

    :raises ConfigurationError: when they aren't a mapping, or one has no value.
    """
    tags = structured(get, "defaultTags", dict).get("tags") or {}
    if not isinstance(tags, Mapping):
        raise ConfigurationError('aws:defaultTags must hold a mapping of strings: {"tags": {"team": "support"}}.')
    for key, value in tags.items():
        if value is None:  # Pulumi would drop the tag
            raise ConfigurationError(
                f'aws:defaultTags has no value for the tag "{key}": give it a string, or leave the tag out.'
            )
        if not isinstance(value, str):
            raise ConfigurationError('aws:defaultTags must hold a mapping of strings: {"tags": {"team": "support"}}.')
    prefix = len(_DEFAULT_TAG)
    variables = {name[prefix:]: value for name, value in os.environ.items() if name[:prefix] == _DEFAULT_TAG}
    return {**{key: value for key, value in variables.items() if key}, **tags}


def _listed(variable: str) -> list[str]:
    return [each.strip() for each in os.environ.get(variable, "").split(",") if each.strip()]


def region_of(configuration: AwsConfiguration, boto3_s: Callable[[], str | None]) -> str | None:
    """Return the Region of the configuration, the environment or the profile, in this order.

    :param boto3_s: Returns the Region that boto3 finds; it doesn't know AWS_REGION.
    """
    return configuration.region or os.environ.get("AWS_REGION") or boto3_s()
