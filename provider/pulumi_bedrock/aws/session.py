"""A boto3 session made from a stack's `aws:` configuration: credentials, and the settings that every call shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
    InstanceMetadataProvider,
)
from botocore.exceptions import BotoCoreError

from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.values.configuration import AwsConfiguration, region_of
from pulumi_bedrock.values.durations import parse_timeout

from .error_mapping import refuse_foreign_answer

__all__ = ["make_session", "unusable"]

_HOME_REGIONS = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where STS is called for a role when no Region is set, by the partition of the role's ARN; else in us-east-1."""


def make_session(configuration: AwsConfiguration) -> boto3.Session:
    """Return a session with the stack's credentials. No network: roles are assumed by the first call.

    :raises ConfigurationError: when the profile doesn't exist, or a role can't be assumed as it is configured.
    """
    try:
        core = _core(configuration)
        if configuration.access_key and configuration.secret_key:
            core.set_credentials(configuration.access_key, configuration.secret_key, configuration.token)
        if configuration.assume_roles:
            credentials: Any = core.get_credentials()
            for role in configuration.assume_roles:
                credentials = _assumed(role, credentials, configuration)
            # A session keeps the credentials that it has returned once, so the roles' need a session of their own.
            core = _core(configuration)
            core.register_component("credential_provider", CredentialResolver([_RoleProvider(credentials)]))
        return boto3.Session(botocore_session=core)
    except BotoCoreError as error:
        raise unusable(error) from error


def unusable(error: BotoCoreError) -> ConfigurationError:
    """Return the error for a profile that can't be used."""
    return ConfigurationError(f"{error}. Check aws:profile and AWS_PROFILE.")


def _core(configuration: AwsConfiguration) -> botocore.session.Session:
    """Return a botocore session with the settings that hold for every call, those to STS included."""
    core = botocore.session.Session(profile=configuration.profile)
    for service in ("bedrock", "bedrock-runtime"):
        core.register(f"after-call.{service}", refuse_foreign_answer)
    # None leaves a setting to the environment and the profile.
    core.set_default_client_config(
        Config(
            proxies=dict(configuration.proxies) or None,
            use_fips_endpoint=configuration.use_fips_endpoint,
            use_dualstack_endpoint=configuration.use_dualstack_endpoint,
        )
    )
    for variable, value in (
        ("ca_bundle", configuration.custom_ca_bundle),
        ("ec2_metadata_service_endpoint", configuration.metadata_endpoint),
        ("ec2_metadata_service_endpoint_mode", configuration.metadata_endpoint_mode),
    ):
        if value:
            core.set_config_variable(variable, value)
    if configuration.skip_metadata:
        core.get_component("credential_provider").remove(InstanceMetadataProvider.METHOD)
    return core


def _assumed(role: Mapping[str, Any], source: Any, configuration: AwsConfiguration) -> DeferredRefreshableCredentials:
    """Return the role's credentials, fetched when first needed and again before they expire."""
    role_arn = role.get("roleArn")
    if not role_arn:
        raise ConfigurationError("aws:assumeRoles: each entry needs a roleArn.")
    if source is None:
        raise ConfigurationError(f"aws:assumeRoles: there are no credentials with which to assume {role_arn}.")
    core = _core(configuration)
    region = region_of(configuration, lambda: core.get_config_variable("region"))
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(
            core.create_client,
            region_name=configuration.sts_region or region or _home_region(role_arn),
            endpoint_url=configuration.endpoints.get("sts"),
        ),
        source_credentials=source,
        role_arn=role_arn,
        extra_args=_assume_role_arguments(role),
    )
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def _home_region(role_arn: str) -> str:
    partition = str(role_arn).split(":")[1:2]
    return _HOME_REGIONS.get("".join(partition), "us-east-1")


class _RoleProvider(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, credentials: DeferredRefreshableCredentials) -> None:
        super().__init__()
        self._role_credentials = credentials

    def load(self) -> DeferredRefreshableCredentials:
        return self._role_credentials


def _assume_role_arguments(role: Mapping[str, Any]) -> dict[str, Any]:
    """Return one entry of `aws:assumeRoles` as STS spells it."""
    arguments: dict[str, Any] = {"RoleSessionName": role.get("sessionName") or "pulumi-bedrock"}
    for setting, argument in (
        ("externalId", "ExternalId"),
        ("policy", "Policy"),
        ("sourceIdentity", "SourceIdentity"),
        ("transitiveTagKeys", "TransitiveTagKeys"),
    ):
        if role.get(setting):
            arguments[argument] = role[setting]
    if role.get("duration"):
        try:
            arguments["DurationSeconds"] = round(parse_timeout(str(role["duration"])))
        except ValueError:
            raise ConfigurationError('aws:assumeRoles: duration must be like "1h" or "30m".') from None
    if role.get("policyArns"):
        if not isinstance(role["policyArns"], list):
            raise ConfigurationError("aws:assumeRoles: policyArns must be a list.")
        arguments["PolicyArns"] = [{"arn": arn} for arn in role["policyArns"]]
    if role.get("tags"):
        if not isinstance(role["tags"], Mapping):
            raise ConfigurationError("aws:assumeRoles: tags must be a mapping.")
        arguments["Tags"] = [{"Key": key, "Value": value} for key, value in role["tags"].items()]
    return arguments
