"""The errors that this package raises, one class for each cause.

A message is one line: which resource, what AWS said, and what to do next. Classes have AWS's own names, without
`Exception` at the end. This module imports neither Pulumi nor botocore, so a program can catch these errors without
loading either. `aws.error_mapping` makes them from botocore's errors; `host.base_provider` shows them.

```python
import pulumi
import pulumi_bedrock as bedrock

try:
    model_arn = bedrock.get_custom_model("tickets-v2").model_arn
except bedrock.errors.ResourceNotFound:
    model_arn = bedrock.get_custom_model("tickets").model_arn
pulumi.export("modelArn", model_arn)
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "NO_REGION",
    "SET_REGION",
    "AccessDenied",
    "AccountUnknown",
    "AnswerLost",
    "BedrockError",
    "ConfigurationError",
    "Conflict",
    "CredentialsExpired",
    "CredentialsMissing",
    "DeleteRefused",
    "DeploymentFailed",
    "EndpointUnreachable",
    "ImportMismatch",
    "ImportPending",
    "InternalServerError",
    "ModelFailed",
    "ModelNotReady",
    "NameTaken",
    "RegionMissing",
    "ResourceNotFound",
    "ServiceQuotaExceeded",
    "Throttled",
    "TokenReplayed",
    "TooManyTags",
    "UnexpectedAnswer",
    "UpdateFailed",
    "ValidationFailed",
    "WaitTimeout",
    "WrongAccount",
    "sentence",
]


NO_REGION = "no AWS Region is set."
SET_REGION = "Run `pulumi config set aws:region us-east-1`, set AWS_REGION, or give the resource region=."
"""The advice where a resource or a lookup has no Region."""


def sentence(text: str) -> str:
    """Return the text on one line, with a full stop at its end, so that another sentence can follow."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


class BedrockError(Exception):
    """The base class of all errors of this package. `str()` returns a single line.

    ```python
    import pulumi
    import pulumi_bedrock as bedrock

    try:
        found = bedrock.get_custom_model_deployment("other-bot")
    except bedrock.errors.BedrockError as error:
        pulumi.log.warn(f"The other deployment isn't compared: {error}")
    ```

    :param message: What happened and what to do next.
    :param subject: Which resource it happened to, such as `deployment "support-bot-1a2b3c4"`; it begins the line.
    """

    transient = False
    """Whether the same call may succeed a little later. Waits retry only such errors."""

    def __init__(self, message: str, *, subject: str = "") -> None:
        self.message, self.subject = " ".join(message.split()), subject
        super().__init__(f"{subject}: {self.message}" if subject else self.message)

    def about(self, subject: str) -> Self:
        """Return this error with a subject; an error that has one keeps its own."""
        return type(self)(self.message, subject=self.subject or subject)

    def with_advice(self, text: str) -> Self:
        """Return this error with one more sentence at its end."""
        return type(self)(f"{self.message} {text}", subject=self.subject)


class ConfigurationError(BedrockError):
    """The stack's `aws:` configuration or the environment has a value that can't be used."""


class RegionMissing(ConfigurationError):
    """No AWS Region is set in the arguments, the configuration or the environment."""


class WrongAccount(BedrockError):
    """The credentials are of another account than the resource, or of one that the stack's configuration excludes."""


class AccountUnknown(BedrockError):
    """STS didn't say which account the credentials are of, and it must be known. The state keeps the resource."""


class CredentialsMissing(BedrockError):
    """boto3 found no AWS credentials."""


class CredentialsExpired(BedrockError):
    """AWS refused the credentials: they have expired, or are invalid."""


class EndpointUnreachable(BedrockError):
    """The endpoint can't be reached."""

    transient = True


class AnswerLost(BedrockError):
    """The connection broke, or the time was over, before AWS answered. AWS may have carried out the call."""

    transient = True


class AccessDenied(BedrockError):
    """The identity lacks an IAM action; the message names it."""


class ResourceNotFound(BedrockError):
    """The custom model or the deployment doesn't exist."""


class ValidationFailed(BedrockError):
    """AWS refused the arguments."""


class InternalServerError(BedrockError):
    """AWS answered with a server error, after all of botocore's retries."""

    transient = True


class TooManyTags(BedrockError):
    """The resource has more tags than AWS allows."""


class ServiceQuotaExceeded(BedrockError):
    """The account's quota is used up; the message says where to raise it."""


class Throttled(BedrockError):
    """AWS throttled the call, after all of botocore's retries."""

    transient = True


class Conflict(BedrockError):
    """AWS is still working on this resource, or something uses it."""

    transient = True


class ModelNotReady(BedrockError):
    """The deployment exists, but doesn't serve yet."""

    transient = True


class UnexpectedAnswer(BedrockError):
    """AWS answered with an error code that this package doesn't know."""


class NameTaken(BedrockError):
    """Another resource of its kind has the name in this account and Region."""


class TokenReplayed(BedrockError):
    """AWS answered a create with what exists already, because `client_request_token` was used before."""


class DeploymentFailed(BedrockError):
    """The deployment became `Failed`; the message holds AWS's failureMessage."""


class UpdateFailed(BedrockError):
    """AWS could not update the deployment to the new model; the old model still serves."""


class ModelFailed(BedrockError):
    """The custom model is `Failed`, so it can't be deployed; of a `CustomModel`, the message holds AWS's reason."""


class WaitTimeout(BedrockError):
    """The timeout passed before AWS was done."""


class DeleteRefused(BedrockError):
    """The engine wants to delete a resource that the state may still need. It is kept, also in the state."""


class ImportMismatch(BedrockError):
    """`import_` found a resource that differs from the program, or that another resource manages."""


class ImportPending(BedrockError):
    """A change needs a replacement, but `import_` is still in the options."""
