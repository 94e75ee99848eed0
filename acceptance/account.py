"""The account that boto3 finds: its clients, its number, and how long its credentials last."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from pulumi_bedrock.values.arns import Arn

from .exchanges import Exchanges

__all__ = ["Account", "Answer", "UnusableError", "ask"]


class UnusableError(Exception):
    """The suite can't run; the text is one line that says what is missing."""


@dataclass(frozen=True)
class Answer:
    """What AWS answered to one call.

    :param code: AWS's error code; `ok` when the call succeeded.
    :param is_refusal: Whether AWS certainly did nothing: it refused the first attempt.
    :param seconds: How long the call took.
    """

    code: str
    message: str
    body: dict[str, Any]
    is_refusal: bool = False
    seconds: float = 0.0

    @classmethod
    def of_error(cls, error: ClientError, seconds: float = 0.0) -> Answer:
        """Return an error that AWS answered."""
        said: Any = error.response.get("Error", {})
        how: Any = error.response.get("ResponseMetadata", {})
        refusal = how.get("HTTPStatusCode", 500) < 500 and how.get("RetryAttempts", 0) == 0
        return cls(str(said.get("Code")), str(said.get("Message", "")), {}, refusal, seconds)

    @property
    def text(self) -> str:
        """The answer in a few words, for the report."""
        return self.code if self.code == "ok" else f"{self.code}: {self.message}"


def ask(call: Callable[..., dict[str, Any]], **arguments: Any) -> Answer:
    """Make a call and return what AWS answered, an error too."""
    began = time.monotonic()
    try:
        body = call(**arguments)
    except ClientError as error:
        return Answer.of_error(error, time.monotonic() - began)
    content = {key: value for key, value in body.items() if key != "ResponseMetadata"}
    return Answer("ok", "", content, seconds=time.monotonic() - began)


class Account:
    """Everything the suite knows of the account.

    :param model_arn: The custom model to deploy; its ARN names account and Region.
    """

    def __init__(self, model_arn: str, exchanges: Exchanges) -> None:
        arn = Arn.parse(model_arn)
        if arn is None or not arn.resource.startswith("custom-model/"):
            raise UnusableError(
                "MODEL_ARN must be the ARN of a custom model, such as "
                "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12."
            )
        self.model_arn, self.region, self.number = model_arn, arn.region, arn.account
        try:
            self._session = boto3.Session(region_name=self.region)
            credentials = self._session.get_credentials()
        except (BotoCoreError, RuntimeError) as error:  # RuntimeError: botocore's for expired credentials
            raise UnusableError(f"AWS can't be called with these credentials: {error}") from error
        if credentials is None:
            raise UnusableError("no AWS credentials were found: set AWS_PROFILE, or sign in with `aws sso login`.")
        # Whether the credentials expire, and nothing says when.
        self.has_unknown_expiry = not isinstance(credentials, RefreshableCredentials) and bool(credentials.token)
        # v4: else boto3 prefers AWS_BEARER_TOKEN_BEDROCK, and that may be of another account than STS says.
        retries = Config(
            signature_version="v4", retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=120
        )
        self.bedrock: Any = self._session.client("bedrock", config=retries)
        # One attempt: the suite wants to see each answer.
        self.runtime: Any = self._session.client(
            "bedrock-runtime",
            config=Config(signature_version="v4", retries={"total_max_attempts": 1}, read_timeout=120),
        )
        self.service_quotas: Any = self._session.client("service-quotas", config=retries)
        exchanges.record(self.bedrock)
        exchanges.record(self.runtime)

    @property
    def is_local(self) -> bool:
        """Whether every call goes to this machine."""
        return all(_is_loopback(client.meta.endpoint_url) for client in (self.bedrock, self.runtime))

    def check(self) -> None:
        """Check that the credentials are of the model's account, and that the model can be deployed.

        :raises UnusableError: when they aren't.
        """
        try:
            caller = self._session.client("sts").get_caller_identity()["Account"]
            if caller != self.number:
                raise UnusableError(f"the model is in account {self.number}, but the credentials are of {caller}.")
            status = self.bedrock.get_custom_model(modelIdentifier=self.model_arn).get("modelStatus", "Active")
        except (ClientError, BotoCoreError, RuntimeError) as error:
            raise UnusableError(f"AWS can't be called with these credentials: {error}") from error
        if status != "Active":
            raise UnusableError(f"the custom model is {status}. Give one that is Active.")

    def seconds_left(self) -> float | None:
        """Return for how many seconds the credentials last; None when that isn't in AWS_CREDENTIAL_EXPIRATION."""
        until = os.environ.get("AWS_CREDENTIAL_EXPIRATION")
        if until is None:
            return None
        return (datetime.fromisoformat(until.replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds()


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
