"""boto3 clients made from a stack's `aws:` configuration.

boto3 is imported when the first client is made: a preview without changes makes none, and boto3 takes longer to import
than all the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from importlib.metadata import version
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, cast

from botocore.exceptions import BotoCoreError

from pulumi_bedrock.errors import NO_REGION, SET_REGION, ConfigurationError, RegionMissing
from pulumi_bedrock.values.arns import region_in
from pulumi_bedrock.values.configuration import AwsConfiguration, region_of

from .account import CallerAccount
from .pacing import MAX_CONCURRENT_CALLS, PacedClient

if TYPE_CHECKING:
    import boto3
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
        self.account = CallerAccount(configuration, lambda: self._get_session().get_credentials(), self._make_sts)

    @property
    def region(self) -> str | None:
        """The Region of the configuration, the environment or the profile, in this order. No network."""
        try:
            return region_of(self.configuration, lambda: self._get_session().region_name)
        except BotoCoreError as error:
            from .session import unusable

            raise unusable(error) from error

    def region_for(self, identifier: str, given: str | None = None) -> str:
        """Return the Region in an ARN, or else the given one, or else that of the configuration.

        :param identifier: An ARN or a name.
        :raises RegionMissing: when none of them says.
        """
        region = region_in(identifier) or given or self.region
        if region is None:
            raise RegionMissing(f"{NO_REGION} {SET_REGION}", subject=identifier)
        return region

    def bedrock(self, region: str) -> BedrockClient:
        """Return the client for deployments and models. Each of its operations is paced separately.

        :raises WrongAccount: when `aws:allowedAccountIds` or `aws:forbiddenAccountIds` excludes the account.
        """
        self.account.verify_allowed(region)

        def make(method: str) -> Any:
            return self._make("bedrock", region, attempts=1 if method in NOT_REPEATABLE else None)

        return cast("BedrockClient", self._once("bedrock", region, lambda: PacedClient(make)))

    def bedrock_runtime(self, region: str, *, read_timeout: float) -> BedrockRuntimeClient:
        """Return a client for calls to a model. It makes one attempt for each call, since AWS may charge each one.

        :param read_timeout: Seconds to wait for the model's answer, rounded up. botocore takes it for a client, not for
            a call, so calls share a client only when theirs is the same.
        :raises WrongAccount: when `aws:allowedAccountIds` or `aws:forbiddenAccountIds` excludes the account.
        """
        self.account.verify_allowed(region)
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
        from botocore.config import Config

        with self._lock:  # a boto3 session isn't thread-safe when it makes a client
            return self._client(
                service,
                region_name=region,
                endpoint_url=self.configuration.endpoints.get(service.replace("-", "")),
                config=Config(
                    # Else boto3 prefers AWS_BEARER_TOKEN_BEDROCK to all credentials, and STS can't tell its account.
                    signature_version="v4",
                    retries={"mode": "standard", "total_max_attempts": attempts or self._attempts},
                    connect_timeout=CONNECT_TIMEOUT,
                    read_timeout=read_timeout,
                    max_pool_connections=CONNECTIONS,
                    user_agent_extra=f"pulumi-bedrock/{version('pulumi-bedrock')}",
                ),
            )

    def _make_sts(self, region: str, settings: Mapping[str, Any]) -> Any:
        from botocore.config import Config

        with self._lock:
            return self._client(
                "sts",
                region_name=region,
                endpoint_url=self.configuration.endpoints.get("sts"),
                config=Config(**settings),
            )

    def _client(self, service: Literal["bedrock", "bedrock-runtime", "sts"], **arguments: Any) -> Any:
        try:
            return self._get_session().client(service, **arguments)
        except ValueError as error:
            raise ConfigurationError(f"{error}. Check aws:endpoints and AWS_ENDPOINT_URL.") from error

    @property
    def _attempts(self) -> int:
        retries = self.configuration.max_retries
        return DEFAULT_MAX_ATTEMPTS if retries is None else max(1, retries + 1)

    def _get_session(self) -> boto3.Session:
        from .session import make_session

        with self._lock:
            if self._session is None:
                self._session = make_session(self.configuration)
            return self._session
