"""Which account the stack's credentials belong to, and what depends on it.

AWS answers for a deployment of another account as for one that doesn't exist. So before a not-found means "deleted",
the account in its ARN is compared with that of the credentials. Most runs never need to know the account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import Arn
from pulumi_bedrock.values.configuration import AwsConfiguration

from .error_mapping import map_errors

if TYPE_CHECKING:
    from botocore.credentials import Credentials

__all__ = ["CallerAccount"]

_TOLD_BY_AWS = {"assume-role", "assume-role-with-web-identity", "container-role", "login", "sso"}
"""Credentials whose account ID comes from AWS. One from AWS_ACCOUNT_ID or a profile is what a person wrote there."""

_STS_SETTINGS = {
    "connect_timeout": 3,
    "read_timeout": 3,
    "retries": {"mode": "standard", "total_max_attempts": 5},
}
"""botocore's client settings; timeouts in seconds. All attempts take about 15 s at most, whether STS throttles them or
can't be reached: a run must not hang.
"""

_WAY_OUT = (
    "Make STS reachable (AWS_ENDPOINT_URL_STS). Or, if the credentials are right, turn this check off: `pulumi config "
    "set aws:skipRequestingAccountId true`, then run again with --run-program."
)


class CallerAccount:
    """The account of the stack's credentials, requested at most once a run, and only when something needs it.

    :param configuration: The stack's; it may limit the accounts, or turn the check off.
    :param credentials: Returns the session's credentials.
    :param make_sts: Makes an STS client for a Region, with a configuration of botocore.
    """

    def __init__(
        self,
        configuration: AwsConfiguration,
        credentials: Callable[[], Credentials | None],
        make_sts: Callable[[str, Mapping[str, Any]], Any],
    ) -> None:
        self._configuration, self._credentials, self._make_sts = configuration, credentials, make_sts
        self._lock = Lock()
        self._found: str | None = None
        self._failure: errors.BedrockError | None = None

    def get(self, region: str) -> str:
        """Return the account ID: that of the credentials where AWS has told it, or else what STS answers.

        IAM: none; sts:GetCallerIdentity needs no permission.

        :param region: Where STS is called, unless `aws:stsRegion` says.
        :raises BedrockError: when STS doesn't answer. It is not called again.
        """
        with self._lock:
            if self._failure is not None:
                raise self._failure.about("")  # a copy: an exception belongs to the thread that raises it
            if self._found is None:
                try:
                    self._found = self._request(self._configuration.sts_region or region)
                except errors.BedrockError as error:
                    self._failure = error
                    raise
            return self._found

    def verify_allowed(self, region: str) -> None:
        """Refuse an account that `aws:allowedAccountIds` or `aws:forbiddenAccountIds` excludes, as pulumi_aws does.

        :raises WrongAccount: and nothing was called but STS.
        :raises AccountUnknown: when STS doesn't answer.
        """
        allowed, forbidden = self._configuration.allowed_accounts, self._configuration.forbidden_accounts
        if not allowed and not forbidden:
            return
        setting = "aws:allowedAccountIds" if allowed else "aws:forbiddenAccountIds"
        try:
            caller = self.get(region)
        except errors.BedrockError as error:
            raise errors.AccountUnknown(
                f"{setting} is set, but the account of the credentials is unknown: {error.message} Nothing was changed."
            ) from error
        if caller in forbidden or (allowed and caller not in allowed):
            verb = "doesn't list" if allowed else "lists"
            raise errors.WrongAccount(
                f"the credentials are of account {caller}, and {setting} {verb} it. Nothing was changed. Use the "
                "credentials of another account."
            )

    def verify_not_found(self, arn: str, *, subject: str) -> None:
        """Raise unless AWS's not-found for this ARN means that there is no such resource.

        Nothing is verified for a name, or with `aws:skipRequestingAccountId`.

        :raises WrongAccount: when the credentials are of another account than the ARN.
        :raises AccountUnknown: when STS doesn't answer.
        """
        parsed = Arn.parse(arn)
        if parsed is None or not parsed.account or self._configuration.skip_requesting_account_id:
            return
        try:
            caller = self.get(parsed.region)
        except errors.BedrockError as error:
            raise errors.AccountUnknown(
                f"AWS does not find it with these credentials. They may be of another account than {parsed.account}, "
                f"which could not be checked: {error.message} It stays in the state. {_way_out(error)}",
                subject=subject,
            ) from error
        if caller != parsed.account:
            raise errors.WrongAccount(
                f"AWS does not find it with the credentials of account {caller}, because it is in account "
                f"{parsed.account}. It stays in the state. Run again with credentials of {parsed.account}.",
                subject=subject,
            )

    def _request(self, region: str) -> str:
        with map_errors("sts:GetCallerIdentity", region=region):
            credentials = self._credentials()
            if credentials is not None and credentials.method in _TOLD_BY_AWS:
                told = getattr(credentials.get_frozen_credentials(), "account_id", None)
                if told:
                    return str(told)
            account = self._make_sts(region, _STS_SETTINGS).get_caller_identity().get("Account")
        if not account:
            raise errors.EndpointUnreachable("the answer to sts:GetCallerIdentity is not AWS's.")
        return str(account)


def _way_out(error: errors.BedrockError) -> str:
    """Return what to do where STS can't be reached; nothing where it throttled or failed."""
    return "" if isinstance(error, (errors.InternalServerError, errors.Throttled)) else _WAY_OUT
