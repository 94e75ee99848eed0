"""Maps botocore's exceptions to this package's errors, by AWS's error code and never by the words of its message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as UnreachableError

from pulumi_bedrock import errors
from pulumi_bedrock.errors import sentence
from pulumi_bedrock.values.redaction import Redaction

__all__ = ["map_errors", "refuse_foreign_answer"]

_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}

_CLOCK = re.compile("Signature (expired|not yet current)")
"""How AWS says in a refused signature that the clocks differ, which has no code of its own in Bedrock."""

_THROTTLING = {"RequestLimitExceeded", "Throttling", "ThrottlingException"}
"""STS has the first two, Bedrock the last."""

_CREDENTIAL_CALLS = {
    "AssumeRole": "sts:AssumeRole",
    "AssumeRoleWithWebIdentity": "sts:AssumeRoleWithWebIdentity",
    "GetRoleCredentials": "sso:GetRoleCredentials",
}
"""Calls that botocore makes inside another call, to get credentials for it."""

_COUNTED = {"bedrock:CreateCustomModel": "custom model"}
"""What a quota counts, where that isn't deployments."""

_PASSED = {"bedrock:CreateCustomModel": ", and iam:PassRole on role_arn,"}
"""What AWS also checks in a call."""

_Make = tuple[type[errors.BedrockError], str]

_BY_CODE: dict[str, _Make] = {
    "ConflictException": (errors.Conflict, "Run the command again when AWS is done with it."),
    "InternalServerException": (errors.InternalServerError, "Run the command again."),
    "InternalFailure": (errors.InternalServerError, "Run the command again."),
    "ModelNotReadyException": (errors.ModelNotReady, "Run the command again in a few minutes."),
    "ServiceUnavailable": (errors.InternalServerError, "Run the command again."),
    "ServiceUnavailableException": (errors.InternalServerError, "Run the command again."),
    "TooManyTagsException": (
        errors.TooManyTags,
        "Remove some tags; those of aws:defaultTags count too.",
    ),
    "ValidationException": (errors.ValidationFailed, "Change the arguments that AWS names."),
}


class _ForeignAnswerError(BotoCoreError):
    fmt = "something other than AWS answered, such as a proxy or a sign-in page (HTTP {status}, {kind})"


def refuse_foreign_answer(**event: Any) -> None:
    """Refuse a successful answer that isn't JSON: botocore would return it as one without content.

    A handler of botocore's event `after-call`, for services that answer with JSON.
    """
    answer = event["http_response"]
    body = answer.content.lstrip()
    if answer.status_code < 400 and body and not body.startswith(b"{"):
        kind = answer.headers.get("Content-Type") or "no Content-Type"
        raise _ForeignAnswerError(status=answer.status_code, kind=kind)


@contextmanager
def map_errors(
    action: str, *, region: str, subject: str = "", redact: Redaction | None = None, not_found: str = ""
) -> Iterator[None]:
    """Raise botocore's exceptions from inside the block as this package's errors.

    :param action: The IAM action of the call, such as `bedrock:CreateCustomModelDeployment`.
    :param region: The AWS Region, for the advice in the message.
    :param subject: Which resource the call is about. Left out where the answer is shared: a wait adds its own.
    :param redact: Removes values that may be secret from AWS's message.
    :param not_found: The advice when AWS doesn't find the resource.
    """
    redact = redact or Redaction()
    try:
        yield
    except ClientError as error:
        raise _from_client_error(error, action, region, redact, not_found).about(subject) from error
    except (_ForeignAnswerError, _parser_error(), UnicodeDecodeError) as error:
        said = str(error) if isinstance(error, _ForeignAnswerError) else "the answer is not in AWS's format"
        raise _foreign(action, said).about(subject) from error
    except ValueError as error:  # a URL that only the HTTP library checks closely, such as one with an invalid port
        message = f"{error}. Check aws:endpoints and AWS_ENDPOINT_URL."
        raise errors.ConfigurationError(message, subject=subject) from error
    except BotoCoreError as error:
        raise _from_botocore(error, action, redact).about(subject) from error


def _foreign(action: str, said: str) -> errors.EndpointUnreachable:
    return errors.EndpointUnreachable(
        f"no answer from AWS to {action}: {said}. Check the network, the proxy, aws:endpoints and AWS_ENDPOINT_URL."
    )


def _parser_error() -> type[Exception]:
    """Return botocore's error for an answer that it can't parse, imported only when needed, since that takes long."""
    from botocore.parsers import ResponseParserError

    return ResponseParserError


def _from_client_error(
    error: ClientError, action: str, region: str, redact: Redaction, not_found: str
) -> errors.BedrockError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = sentence(redact(str(error.response.get("Error", {}).get("Message", ""))) or "(no message)")
    answer = f"AWS said: {said}"
    action = _CREDENTIAL_CALLS.get(error.operation_name, action)
    if code in ("", str(status)) and 300 <= status < 500 and status != 429:  # AWS's own answers have a code
        return _foreign(action, str(_ForeignAnswerError(status=status, kind="without a code of AWS's")))
    if code == "RequestTimeTooSkewed" or (code in _EXPIRED and _CLOCK.search(said)):
        return errors.CredentialsExpired(
            f"{answer} The clock of this machine is wrong, or the request took too long. Set the clock, then run the "
            "command again."
        )
    if code in _EXPIRED:
        return errors.CredentialsExpired(
            f"{answer} Sign in again (for instance with `aws sso login`), then run the command again."
        )
    if code == "AccessDeniedException" or status == 403:
        if action == "sts:AssumeRole":
            return errors.AccessDenied(
                f"{answer} Allow {action} to the identity that runs Pulumi, in its own policy and in the role's trust "
                "policy."
            )
        also = _PASSED.get(action, "")
        return errors.AccessDenied(f"{answer} Allow {action}{also} to the identity that runs Pulumi.")
    if code == "ResourceNotFoundException":
        return errors.ResourceNotFound(f"{answer} {not_found}")
    if code == "ServiceQuotaExceededException":
        return errors.ServiceQuotaExceeded(
            f"{answer} Delete a {_COUNTED.get(action, 'deployment')} that isn't needed, or raise the quota in the "
            f"Service Quotas console (Amazon Bedrock, {region})."
        )
    if code in _BY_CODE:
        make, next_step = _BY_CODE[code]
        return make(f"{answer} {next_step}")
    if code in _THROTTLING or status == 429:
        if action == "bedrock:InvokeModel":
            next_step = "Its other callers share a quota of few requests a minute (pulumi_bedrock's docs/aws.md)."
        else:
            slower = ", with a smaller --parallel, or raise aws:maxRetries" if action.startswith("bedrock:") else ""
            next_step = f"Run the command again{slower}."
        return errors.Throttled(f"{answer} {next_step}")
    if status == 504:  # a proxy that stopped waiting: the call may have been carried out
        return errors.AnswerLost(f"the answer to {action} was lost: {said} (HTTP 504) Run the command again.")
    if status >= 500:
        return errors.InternalServerError(f"{answer} (HTTP {status}) Run the command again.")
    return errors.UnexpectedAnswer(f"AWS answered {action} with {code} (HTTP {status}): {said}")


def _from_botocore(error: BotoCoreError, action: str, redact: Redaction) -> errors.BedrockError:
    said = sentence(redact(str(error)))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        api_key = (
            " AWS_BEARER_TOKEN_BEDROCK is not used, because the account of a Bedrock API key can't be verified."
            if os.environ.get("AWS_BEARER_TOKEN_BEDROCK")
            else ""
        )
        return errors.CredentialsMissing(
            f"no AWS credentials were found.{api_key} Set aws:profile in the stack's configuration, AWS_PROFILE or "
            "AWS_ACCESS_KEY_ID in the environment, or sign in with `aws sso login`."
        )
    if isinstance(error, (CredentialRetrievalError, LoginError, SSOError, TokenRetrievalError)):
        return errors.CredentialsExpired(f"{said} Sign in again, then run the command again.")
    if isinstance(error, NoRegionError):
        return errors.RegionMissing(f"{errors.NO_REGION} {errors.SET_REGION}")
    if isinstance(error, ParamValidationError):
        return errors.ValidationFailed(said)
    if isinstance(error, (ConnectionClosedError, ReadTimeoutError)):
        return errors.AnswerLost(f"the answer to {action} was lost: {said} Run the command again.")
    if type(error) is HTTPClientError:
        # The HTTP library's message can hold a header, and with it a credential.
        said = f"the request could not be sent ({type(error.kwargs.get('error')).__name__})."
    if isinstance(error, (UnreachableError, HTTPClientError)):
        return errors.EndpointUnreachable(
            f"no answer to {action}: {said} Check the network, aws:endpoints and AWS_ENDPOINT_URL."
        )
    return errors.ConfigurationError(f"{said} Check the aws: settings of the stack and the environment.")
