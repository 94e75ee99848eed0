"""The account that boto3 finds: its clients, its number, and how long its credentials last."""

from __future__ import annotations

import ipaddress
import os
import re
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from pulumi_bedrock.values.arns import Arn
from pulumi_bedrock.values.kinds import CUSTOM_MODEL

from .exchanges import Exchanges

__all__ = ["Account", "UnusableError"]


_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/.+")


class UnusableError(Exception):
    """The suite can't run; the text is one line that says what is missing."""


class Account:
    """Everything the suite knows of the account.

    :param model_arn: The custom model to deploy; its ARN names account and Region. Empty for a run without one.
    :param role_arn: The role of a run that makes custom models. Without a model, it names the account.
    """

    def __init__(self, model_arn: str, exchanges: Exchanges, *, role_arn: str = "") -> None:
        places = [*([_of_model(model_arn)] if model_arn else []), *([_of_role(role_arn)] if role_arn else [])]
        if len({number for number, _ in places}) > 1:
            raise UnusableError("MODEL_ARN and ROLE_ARN are of different accounts.")
        self.model_arn, (self.number, region) = model_arn, places[0]
        try:
            self._session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
            credentials = self._session.get_credentials()
        except (BotoCoreError, RuntimeError) as error:  # RuntimeError: botocore's for expired credentials
            raise UnusableError(f"AWS can't be called with these credentials: {error}") from error
        if credentials is None:
            raise UnusableError("no AWS credentials were found: set AWS_PROFILE, or sign in with `aws sso login`.")
        if self._session.region_name is None:
            raise UnusableError("no AWS Region was found: set AWS_REGION.")
        self.region: str = self._session.region_name
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
        """Check that the credentials are of the account, and that the model, if there is one, can be deployed.

        :raises UnusableError: when they aren't.
        """
        try:
            caller = self._session.client("sts").get_caller_identity()["Account"]
            if caller != self.number:
                what = "model" if self.model_arn else "role"
                raise UnusableError(f"the {what} is in account {self.number}, but the credentials are of {caller}.")
            if not self.model_arn:
                return
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


def _of_model(arn: str) -> tuple[str, str]:
    """Return the account and Region of a custom model."""
    parts = Arn.parse(arn)
    if parts is None or not parts.resource.startswith("custom-model/"):
        raise UnusableError(f"MODEL_ARN must be the ARN of a custom model, such as {CUSTOM_MODEL.example}.")
    return parts.account, parts.region


def _of_role(arn: str) -> tuple[str, str]:
    """Return the account of a role, which has no Region."""
    match = _ROLE.fullmatch(arn)
    if match is None:
        raise UnusableError("ROLE_ARN must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/import.")
    return match[1], ""


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
