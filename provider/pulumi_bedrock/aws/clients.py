"""A stack's `aws:` configuration made into boto3 clients, shared by all that asks for the same one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, cast

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError

from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.values import durations
from pulumi_bedrock.values.configuration import AwsConfiguration

from .pacing import AT_ONCE, Paced

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = ["Clients"]

DEFAULT_MAX_ATTEMPTS = 5
"""Tries of one call, all with one idempotency token; longer outages are ridden out by the waits above."""

CONNECTIONS = 2 * AT_ONCE
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 30
MODEL_READ_TIMEOUT = 300
"""Seconds; a model may think for minutes before it answers."""


class Clients:
    """boto3 clients for one configuration, made when first needed and then shared (boto3 clients are thread-safe)."""

    def __init__(self, configuration: AwsConfiguration) -> None:
        self.configuration = configuration
        self._lock = RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def region(self) -> str | None:
        """The Region of the configuration, the environment or the profile, in this order. Reads files, no network."""
        try:
            return self.configuration.region or os.environ.get("AWS_REGION") or self._get_session().region_name
        except BotoCoreError as error:
            raise _unusable(error) from error

    def bedrock(self, region: str) -> BedrockClient:
        """The client for deployments and models, whose operations are paced one by one."""
        return cast(
            "BedrockClient", self._once("bedrock", region, lambda: Paced(lambda: self._make("bedrock", region)))
        )

    def bedrock_runtime(self, region: str) -> BedrockRuntimeClient:
        """The client for calls to a model."""
        return cast(
            "BedrockRuntimeClient",
            self._once("bedrock-runtime", region, lambda: self._make("bedrock-runtime", region)),
        )

    def _once(self, service: str, region: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = make()
            return self._clients[service, region]

    def _make(self, service: Literal["bedrock", "bedrock-runtime"], region: str) -> Any:
        with self._lock:  # a boto3 session isn't thread-safe while it makes a client
            return self._client(
                service,
                region_name=region,
                endpoint_url=self.configuration.endpoints.get(service.replace("-", "")),
                config=Config(
                    retries={"mode": "adaptive", "total_max_attempts": self._attempts},
                    connect_timeout=CONNECT_TIMEOUT,
                    read_timeout=MODEL_READ_TIMEOUT if service == "bedrock-runtime" else READ_TIMEOUT,
                    max_pool_connections=CONNECTIONS,
                    user_agent_extra=f"pulumi-bedrock/{version('pulumi-bedrock')}",
                ),
            )

    def _client(self, service: Literal["bedrock", "bedrock-runtime"], **arguments: Any) -> Any:
        try:
            return self._get_session().client(service, **arguments)
        except ValueError as error:
            raise ConfigurationError(f"{error}. Check aws:endpoints and AWS_ENDPOINT_URL.") from error

    @property
    def _attempts(self) -> int:
        retries = self.configuration.max_retries
        return DEFAULT_MAX_ATTEMPTS if retries is None else max(1, retries + 1)

    def _get_session(self) -> boto3.Session:
        with self._lock:
            if self._session is None:
                self._session = _session(self.configuration)
            return self._session


def _session(configuration: AwsConfiguration) -> boto3.Session:
    try:
        core = botocore.session.Session(profile=configuration.profile)
        if configuration.access_key and configuration.secret_key:
            core.set_credentials(configuration.access_key, configuration.secret_key, configuration.token)
        if configuration.assume_roles:
            credentials: Any = core.get_credentials()
            for role in configuration.assume_roles:
                credentials = _assumed(role, credentials, configuration)
            # A session keeps the credentials that it has once handed out, so the roles' go into one of their own.
            core = botocore.session.Session(profile=configuration.profile)
            core.register_component("credential_provider", CredentialResolver([_RoleProvider(credentials)]))
        return boto3.Session(botocore_session=core)
    except BotoCoreError as error:
        raise _unusable(error) from error


def _unusable(error: BotoCoreError) -> ConfigurationError:
    return ConfigurationError(f"{error}. Check aws:profile and AWS_PROFILE.")


def _assumed(role: Mapping[str, Any], source: Any, configuration: AwsConfiguration) -> DeferredRefreshableCredentials:
    """The role's credentials, fetched when first needed and again before they expire."""
    role_arn = role.get("roleArn")
    if not role_arn:
        raise ConfigurationError("aws:assumeRoles: each entry needs a roleArn.")
    if source is None:
        raise ConfigurationError(f"aws:assumeRoles: there are no credentials with which to assume {role_arn}.")
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(
            botocore.session.Session(profile=configuration.profile).create_client,
            region_name=configuration.region or os.environ.get("AWS_REGION") or "us-east-1",
            endpoint_url=configuration.endpoints.get("sts"),
        ),
        source_credentials=source,
        role_arn=role_arn,
        extra_args=_assume_role_arguments(role),
    )
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


class _RoleProvider(CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, credentials: DeferredRefreshableCredentials) -> None:
        super().__init__()
        self._role_credentials = credentials

    def load(self) -> DeferredRefreshableCredentials:
        return self._role_credentials


def _assume_role_arguments(role: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of `aws:assumeRoles` as STS spells it."""
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
            arguments["DurationSeconds"] = round(durations.seconds(str(role["duration"])))
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
