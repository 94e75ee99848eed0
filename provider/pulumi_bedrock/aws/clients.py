"""boto3 clients made from a stack's `aws:` configuration."""

from __future__ import annotations

import math
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

from pulumi_bedrock.errors import NO_REGION, ConfigurationError, RegionMissing
from pulumi_bedrock.values.arns import region_in
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.durations import parse_timeout

from .pacing import MAX_CONCURRENT_CALLS, PacedClient

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = ["Clients"]

DEFAULT_MAX_ATTEMPTS = 5
"""Attempts of one call, all with one idempotency token. Waits retry for longer."""

NOT_REPEATABLE = ("update_custom_model_deployment",)
"""Methods that botocore must not retry: after a lost answer AWS may be at work, and there is no token."""

CONNECTIONS = 2 * MAX_CONCURRENT_CALLS
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 30


class Clients:
    """boto3 clients for one configuration, made when first needed and then shared: boto3 clients are thread-safe."""

    def __init__(self, configuration: AwsConfiguration) -> None:
        self.configuration = configuration
        self._lock = RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def region(self) -> str | None:
        """The Region of the configuration, the environment or the profile, in this order. No network."""
        try:
            return self.configuration.region or os.environ.get("AWS_REGION") or self._get_session().region_name
        except BotoCoreError as error:
            raise _unusable(error) from error

    def region_for(self, identifier: str, given: str | None = None) -> str:
        """Return the Region in an ARN, or else the given one, or else that of the configuration.

        :param identifier: An ARN or a name.
        :raises RegionMissing: when none of them says.
        """
        region = region_in(identifier) or given or self.region
        if region is None:
            raise RegionMissing(NO_REGION, subject=identifier)
        return region

    def bedrock(self, region: str) -> BedrockClient:
        """Return the client for deployments and models. Each of its operations is paced separately."""

        def make(method: str) -> Any:
            return self._make("bedrock", region, attempts=1 if method in NOT_REPEATABLE else None)

        return cast("BedrockClient", self._once("bedrock", region, lambda: PacedClient(make)))

    def bedrock_runtime(self, region: str, *, read_timeout: float) -> BedrockRuntimeClient:
        """Return a client for calls to a model. It makes one attempt for each call, since AWS may charge each one.

        :param read_timeout: Seconds to wait for the model's answer, rounded up. botocore takes it for a client, not for
            a call, so calls share a client only when theirs is the same.
        """
        seconds = max(1, math.ceil(read_timeout))
        with self._lock:
            client = self._clients.get(("bedrock-runtime", region))
            if client is None or client.meta.config.read_timeout != seconds:
                client = self._make("bedrock-runtime", region, read_timeout=seconds, attempts=1)
                self._clients["bedrock-runtime", region] = client
            return cast("BedrockRuntimeClient", client)

    def _once(self, service: str, region: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = make()
            return self._clients[service, region]

    def _make(
        self,
        service: Literal["bedrock", "bedrock-runtime"],
        region: str,
        *,
        read_timeout: int = READ_TIMEOUT,
        attempts: int | None = None,
    ) -> Any:
        with self._lock:  # a boto3 session isn't thread-safe when it makes a client
            return self._client(
                service,
                region_name=region,
                endpoint_url=self.configuration.endpoints.get(service.replace("-", "")),
                config=Config(
                    retries={"mode": "adaptive", "total_max_attempts": attempts or self._attempts},
                    connect_timeout=CONNECT_TIMEOUT,
                    read_timeout=read_timeout,
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
            # A session keeps the credentials that it has returned once, so the roles' need a session of their own.
            core = botocore.session.Session(profile=configuration.profile)
            core.register_component("credential_provider", CredentialResolver([_RoleProvider(credentials)]))
        return boto3.Session(botocore_session=core)
    except BotoCoreError as error:
        raise _unusable(error) from error


def _unusable(error: BotoCoreError) -> ConfigurationError:
    return ConfigurationError(f"{error}. Check aws:profile and AWS_PROFILE.")


def _assumed(role: Mapping[str, Any], source: Any, configuration: AwsConfiguration) -> DeferredRefreshableCredentials:
    """Return the role's credentials, fetched when first needed and again before they expire."""
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
