"""What can go wrong, one class each, in the words of the person at the terminal.

Every message is one line and says which deployment, what AWS said and what to do next. The classes carry AWS's own
names without the ``Exception`` at the end. Nothing here knows Pulumi or botocore, so that a user's program can catch
these without loading either side; `aws_errors` makes them from what botocore raises, `provider` shows them.
"""

from __future__ import annotations

__all__ = [
    "AccessDenied",
    "AnswerLost",
    "BedrockError",
    "ConfigurationError",
    "Conflict",
    "CredentialsExpired",
    "CredentialsMissing",
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
    "ValidationFailed",
    "WaitTimeout",
    "sentence",
]


def sentence(text: str) -> str:
    """A text on one line and ended by a full stop, so that what follows reads as the next sentence."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


class BedrockError(Exception):
    """The root of all errors of this package; `str()` of one is a single line."""

    transient = False
    """Whether the same call may well succeed a little later. Only such errors are ridden out while waiting."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class ConfigurationError(BedrockError):
    """The stack's `aws:` configuration or the environment can't be used as it is."""


class RegionMissing(ConfigurationError):
    """No Region in the arguments, the configuration or the environment."""


class CredentialsMissing(BedrockError):
    """No AWS credentials were found anywhere in boto3's chain."""


class CredentialsExpired(BedrockError):
    """AWS refused the credentials because they are no longer, or not, valid."""


class EndpointUnreachable(BedrockError):
    """Nothing listens at the endpoint, or it can't be reached."""

    transient = True


class AnswerLost(BedrockError):
    """The connection broke before an answer came; the call may have been carried out all the same."""

    transient = True


class AccessDenied(BedrockError):
    """An IAM action is missing; the message names it."""


class ResourceNotFound(BedrockError):
    """The custom model or the deployment isn't there."""


class ValidationFailed(BedrockError):
    """AWS refused the request's content."""


class InternalServerError(BedrockError):
    """AWS had an error of its own, and botocore's retries didn't outlast it."""

    transient = True


class TooManyTags(BedrockError):
    """More tags than AWS takes on one deployment."""


class ServiceQuotaExceeded(BedrockError):
    """The account's quota is used up; the message says where to raise it."""


class Throttled(BedrockError):
    """More calls than AWS takes per second, and botocore's retries didn't outlast it."""

    transient = True


class Conflict(BedrockError):
    """AWS is busy with this deployment."""

    transient = True


class ModelNotReady(BedrockError):
    """The deployment is there, but doesn't serve yet."""

    transient = True


class UnexpectedAnswer(BedrockError):
    """An error code that this package doesn't know."""


class NameTaken(BedrockError):
    """Another deployment in this account and Region has the name."""


class TokenReplayed(BedrockError):
    """AWS answered a create with an older deployment, since the token was used before."""


class DeploymentFailed(BedrockError):
    """The deployment became `Failed`; the message holds AWS's failureMessage."""


class ModelFailed(BedrockError):
    """The custom model itself is `Failed`, so it can't be deployed."""


class WaitTimeout(BedrockError):
    """The time given was up before AWS was done."""


class ImportMismatch(BedrockError):
    """`import_` found a deployment that differs from what the program declares, or is another resource already."""


class ImportPending(BedrockError):
    """A change needs a replacement while `import_` is still among the options."""
