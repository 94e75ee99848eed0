"""Turns what botocore raises into the errors of `errors`, deciding by error code and never by AWS's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import ConnectionError as UnreachableError

from pulumi_bedrock import errors
from pulumi_bedrock.errors import sentence
from pulumi_bedrock.values.redaction import Redaction

__all__ = ["NO_REGION", "translated"]

NO_REGION = (
    "no AWS Region is set. Run `pulumi config set aws:region us-east-1`, set AWS_REGION, or give the resource region=."
)

_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}

_Make = tuple[type[errors.BedrockError], str]

_BY_CODE: dict[str, _Make] = {
    "ConflictException": (errors.Conflict, "Run the command again once AWS is done with it."),
    "InternalServerException": (errors.InternalServerError, "Nothing to change: run the command again."),
    "InternalFailure": (errors.InternalServerError, "Nothing to change: run the command again."),
    "ModelNotReadyException": (errors.ModelNotReady, "Run the command again in a few minutes."),
    "ServiceUnavailable": (errors.InternalServerError, "Nothing to change: run the command again."),
    "ServiceUnavailableException": (errors.InternalServerError, "Nothing to change: run the command again."),
    "ThrottlingException": (
        errors.Throttled,
        "Run the command again, with a smaller --parallel, or raise aws:maxRetries.",
    ),
    "TooManyTagsException": (
        errors.TooManyTags,
        "Give it fewer tags; those of aws:defaultTags count too.",
    ),
    "ValidationException": (errors.ValidationFailed, "Change the arguments that AWS names."),
}


@contextmanager
def translated(
    action: str, *, region: str, subject: str = "", withhold: Redaction | None = None, not_found: str = ""
) -> Iterator[None]:
    """Raises botocore's errors from inside the block as this package's own.

    :param action: The IAM action of the call, such as `bedrock:CreateCustomModelDeployment`.
    :param subject: What the call is about, as the message's beginning: `deployment "support-bot-1a2b3c4"`. Left out
        where the answer is shared, and each that wants it says its own.
    :param region: The AWS Region, for what the message says to do next.
    :param withhold: Cuts values out of what AWS said.
    :param not_found: What to do next when AWS doesn't find the thing.
    """
    lead = f"{subject}: " if subject else ""
    try:
        yield
    except ClientError as error:
        raise _from_client_error(error, action, lead, region, withhold or Redaction(), not_found) from error
    except ValueError as error:  # a URL that only the HTTP library looks at closely, such as one with no such port
        raise errors.ConfigurationError(f"{lead}{error}. Check aws:endpoints and AWS_ENDPOINT_URL.") from error
    except BotoCoreError as error:
        raise _from_botocore(error, action, lead, withhold or Redaction()) from error


def _from_client_error(
    error: ClientError, action: str, lead: str, region: str, withhold: Redaction, not_found: str
) -> errors.BedrockError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = withhold(str(error.response.get("Error", {}).get("Message", "")) or "nothing more")
    heard = f"{lead}AWS said: {sentence(said)}"
    if code in _EXPIRED:
        return errors.CredentialsExpired(f"{heard} Sign in again (for instance `aws sso login`) and run it once more.")
    if code == "AccessDeniedException" or status == 403:
        return errors.AccessDenied(f"{heard} Allow {action} to the identity that runs Pulumi.")
    if code == "ResourceNotFoundException":
        return errors.ResourceNotFound(f"{heard} {not_found}")
    if code == "ServiceQuotaExceededException":
        return errors.ServiceQuotaExceeded(
            f"{heard} Raise the quota for custom model deployments in the Service Quotas console "
            f"(Amazon Bedrock, {region}), or delete a deployment that isn't needed."
        )
    if code in _BY_CODE:
        make, next_step = _BY_CODE[code]
        return make(f"{heard} {next_step}")
    if status == 429:
        return errors.Throttled(f"{heard} {_BY_CODE['ThrottlingException'][1]}")
    if status >= 500:
        return errors.InternalServerError(f"{heard} (HTTP {status}) Nothing to change: run the command again.")
    return errors.UnexpectedAnswer(f"{lead}AWS answered {action} with {code} (HTTP {status}): {sentence(said)}")


def _from_botocore(error: BotoCoreError, action: str, lead: str, withhold: Redaction) -> errors.BedrockError:
    said = sentence(withhold(str(error)))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return errors.CredentialsMissing(
            f"{lead}no AWS credentials were found. Set aws:profile in the stack's configuration, AWS_PROFILE or "
            "AWS_ACCESS_KEY_ID in the environment, or sign in with `aws sso login`."
        )
    if isinstance(error, (CredentialRetrievalError, TokenRetrievalError, UnauthorizedSSOTokenError)):
        return errors.CredentialsExpired(f"{lead}{said} Sign in again and run it once more.")
    if isinstance(error, NoRegionError):
        return errors.RegionMissing(f"{lead}{NO_REGION}")
    if isinstance(error, ParamValidationError):
        return errors.ValidationFailed(f"{lead}{said}")
    if isinstance(error, (ConnectionClosedError, ReadTimeoutError)):
        return errors.AnswerLost(f"{lead}the answer to {action} was lost: {said} Run the command again.")
    if type(error) is HTTPClientError:
        # The HTTP library's own words, which can hold a header, and with it a credential.
        said = f"the request could not be sent ({type(error.kwargs.get('error')).__name__})."
    if isinstance(error, (UnreachableError, HTTPClientError)):
        return errors.EndpointUnreachable(
            f"{lead}no answer to {action}: {said} Check the network, aws:endpoints and AWS_ENDPOINT_URL."
        )
    return errors.ConfigurationError(f"{lead}{said} Check the aws: settings of the stack and the environment.")
