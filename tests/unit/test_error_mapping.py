"""Whatever botocore raises becomes an error of this package, by its code and never by AWS's words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given
from hypothesis import strategies as st
from pulumi_bedrock import errors
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.error_mapping import map_errors
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.redaction import Redaction

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

ACTION = "bedrock:CreateCustomModelDeployment"
SUBJECT = 'deployment "support-bot"'


def raised(error: Exception, **options: Any) -> errors.BedrockError:
    """What an exception of botocore's comes out as."""
    with (
        pytest.raises(errors.BedrockError) as caught,
        map_errors(ACTION, subject=SUBJECT, region="us-east-1", **options),
    ):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def client_error(code: str, status: int = 400, message: str = "No.") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "CreateCustomModelDeployment")


@pytest.mark.parametrize(
    ("code", "kind", "next_step"),
    [
        ("AccessDeniedException", errors.AccessDenied, f"Allow {ACTION} to the identity that runs Pulumi."),
        ("ConflictException", errors.Conflict, "Run the command again when AWS is done with it."),
        ("ExpiredToken", errors.CredentialsExpired, "Sign in again"),
        ("ExpiredTokenException", errors.CredentialsExpired, "Sign in again"),
        ("InternalFailure", errors.InternalServerError, "Run the command again"),
        ("InternalServerException", errors.InternalServerError, "Run the command again"),
        ("InvalidClientTokenId", errors.CredentialsExpired, "Sign in again"),
        ("InvalidSignatureException", errors.CredentialsExpired, "Sign in again"),
        ("ModelNotReadyException", errors.ModelNotReady, "Run the command again in a few minutes."),
        ("RequestExpired", errors.CredentialsExpired, "Sign in again"),
        ("ResourceNotFoundException", errors.ResourceNotFound, "Check model_arn."),
        ("ServiceQuotaExceededException", errors.ServiceQuotaExceeded, "(Amazon Bedrock, us-east-1)"),
        ("ServiceUnavailable", errors.InternalServerError, "Run the command again"),
        ("ServiceUnavailableException", errors.InternalServerError, "Run the command again"),
        ("SignatureDoesNotMatch", errors.CredentialsExpired, "Sign in again"),
        ("ThrottlingException", errors.Throttled, "with a smaller --parallel, or raise aws:maxRetries."),
        ("Throttling", errors.Throttled, "Run the command again"),
        ("RequestLimitExceeded", errors.Throttled, "Run the command again"),
        ("TooManyTagsException", errors.TooManyTags, "those of aws:defaultTags count too."),
        ("UnrecognizedClientException", errors.CredentialsExpired, "Sign in again"),
        ("ValidationException", errors.ValidationFailed, "Change the arguments that AWS names."),
    ],
)
def test_each_code_has_class_and_next_step(code: str, kind: type[errors.BedrockError], next_step: str) -> None:
    error = raised(client_error(code), not_found="Check model_arn.")

    assert type(error) is kind
    assert str(error).startswith(f"{SUBJECT}: AWS said: No. ")
    assert next_step in str(error)
    assert "\n" not in str(error)


def modelled_errors() -> Iterator[str]:
    operations = {
        "bedrock": (
            "CreateCustomModelDeployment",
            "DeleteCustomModelDeployment",
            "GetCustomModel",
            "GetCustomModelDeployment",
            "ListCustomModelDeployments",
            "ListTagsForResource",
            "TagResource",
            "UntagResource",
        ),
        "bedrock-runtime": ("Converse",),
    }
    session = botocore.session.get_session()
    for service, names in operations.items():
        model = session.get_service_model(service)
        for name in names:
            yield from (shape.name for shape in model.operation_model(name).error_shapes)


@pytest.mark.parametrize("code", sorted({*modelled_errors()} - {"ModelErrorException", "ModelTimeoutException"}))
def test_each_service_model_error_has_its_own_class(code: str) -> None:
    assert type(raised(client_error(code))) is not errors.UnexpectedAnswer


@pytest.mark.parametrize("code", ["ModelErrorException", "ModelTimeoutException", "Novelty"])
def test_unknown_code_is_shown_with_action(code: str) -> None:
    error = raised(client_error(code, 424))

    assert type(error) is errors.UnexpectedAnswer
    assert str(error) == f"{SUBJECT}: AWS answered {ACTION} with {code} (HTTP 424): No."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, errors.AccessDenied),
        (429, errors.Throttled),
        (500, errors.InternalServerError),
        (502, errors.InternalServerError),
        (503, errors.InternalServerError),
        (504, errors.AnswerLost),
        (418, errors.UnexpectedAnswer),
    ],
)
def test_unknown_code_is_classified_by_http_status(status: int, kind: type[errors.BedrockError]) -> None:
    assert type(raised(client_error("Novelty", status))) is kind


@given(st.sampled_from(["ValidationException", "AccessDeniedException"]), st.text(max_size=40))
def test_message_text_does_not_change_class(code: str, words: str) -> None:
    told = [type(raised(client_error(code, message=message))) for message in (words, "Name already exists", "")]

    assert len(set(told)) == 1


def test_malformed_error_response_is_one_line() -> None:
    error = raised(ClientError({}, "CreateCustomModelDeployment"))

    assert type(error) is errors.UnexpectedAnswer
    assert str(error) == f"{SUBJECT}: AWS answered {ACTION} with (HTTP 0): (no message)."


@given(st.text())
def test_any_aws_message_is_one_line(message: str) -> None:
    assert len(str(raised(client_error("ValidationException", message=message))).splitlines()) == 1


def test_private_values_in_aws_message_are_redacted() -> None:
    error = raised(
        client_error("ValidationException", message="Value 's3cret' is refused"),
        redact=Redaction(private=["s3cret"]),
    )

    assert "AWS said: Value '[redacted]' is refused." in str(error)


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        (
            "AssumeRole",
            "Allow sts:AssumeRole to the identity that runs Pulumi, in its own policy and in the role's trust policy.",
        ),
        ("AssumeRoleWithWebIdentity", "Allow sts:AssumeRoleWithWebIdentity to the identity that runs Pulumi."),
        ("GetRoleCredentials", "Allow sso:GetRoleCredentials to the identity that runs Pulumi."),
    ],
)
def test_denied_call_for_credentials_names_its_own_action(operation: str, advice: str) -> None:
    """It is made by botocore, inside the call that needs the credentials."""
    response: Any = {"Error": {"Code": "AccessDenied", "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    error = raised(ClientError(response, operation))

    assert type(error) is errors.AccessDenied
    assert str(error) == f"{SUBJECT}: AWS said: No. {advice}"


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "Throttling", "ThrottlingException"])
def test_throttled_assume_role_is_transient_and_advises_no_setting_of_bedrock_calls(code: str) -> None:
    response: Any = {"Error": {"Code": code, "Message": "Rate exceeded"}, "ResponseMetadata": {"HTTPStatusCode": 400}}

    error = raised(ClientError(response, "AssumeRole"))

    assert type(error) is errors.Throttled and error.transient
    assert str(error) == f"{SUBJECT}: AWS said: Rate exceeded. Run the command again."


# Answers that aren't AWS's


SIGN_IN = b"<html>Sign in to the guest network</html>"


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bytes, str], BedrockClient]:
    """Makes a client that gets one answer to everything."""

    def answer(status: int, body: bytes, kind: str) -> BedrockClient:
        class Raw:
            def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
                yield body

        def send(_session: Any, request: Any) -> AWSResponse:
            return AWSResponse(request.url, status, {"Content-Type": kind}, Raw())

        monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
        keys = AwsConfiguration(access_key="a", secret_key="b", max_retries=0)
        return Clients(keys).bedrock("us-east-1")

    return answer


@pytest.mark.parametrize("body", [SIGN_IN, b"\xff\xfe binary"], ids=["a page", "binary"])
def test_successful_answer_that_is_not_json_is_a_network_error(
    answering: Callable[[int, bytes, str], BedrockClient], body: bytes
) -> None:
    deployments = Deployments(answering(200, body, "text/html"), "support-bot")

    with pytest.raises(errors.EndpointUnreachable) as failure:
        deployments.find("support-bot")

    what = (
        "something other than AWS answered, such as a proxy or a sign-in page (HTTP 200, text/html)"
        if body is SIGN_IN
        else "the answer is not in AWS's format"
    )
    assert str(failure.value) == (
        f'deployment "support-bot": no answer from AWS to bedrock:GetCustomModelDeployment: {what}. Check the network, '
        "the proxy, aws:endpoints and AWS_ENDPOINT_URL."
    )


def test_redirect_to_a_sign_in_page_is_a_network_error(
    answering: Callable[[int, bytes, str], BedrockClient],
) -> None:
    deployments = Deployments(answering(302, SIGN_IN, "text/html"), "support-bot")

    with pytest.raises(errors.EndpointUnreachable, match=r"a sign-in page \(HTTP 302, text/html\)"):
        deployments.find("support-bot")


@pytest.mark.parametrize(
    ("status", "body"), [(403, SIGN_IN), (403, b""), (400, b"{}"), (404, b"Not here"), (407, SIGN_IN)]
)
def test_refusal_without_a_code_of_aws_is_a_network_error(
    answering: Callable[[int, bytes, str], BedrockClient], status: int, body: bytes
) -> None:
    with pytest.raises(errors.EndpointUnreachable) as failure:
        Deployments(answering(status, body, "text/html"), "support-bot").find("support-bot")

    assert failure.value.transient
    assert str(failure.value) == (
        'deployment "support-bot": no answer from AWS to bedrock:GetCustomModelDeployment: something other than AWS '
        f"answered, such as a proxy or a sign-in page (HTTP {status}, without a code of AWS's). Check the network, the "
        "proxy, aws:endpoints and AWS_ENDPOINT_URL."
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        ("InvalidSignatureException", "Signature expired: 20261129T100000Z is now earlier than 20261129T101500Z"),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261129T120000Z is still later than 20261129T111500Z"),
    ],
)
def test_wrong_clock_is_named(code: str, said: str) -> None:
    error = raised(client_error(code, 403, said))

    assert type(error) is errors.CredentialsExpired
    assert "Set the clock, then run the command again." in str(error)
    assert "Sign in" not in str(error)


def test_empty_successful_answer_is_one_of_aws(answering: Callable[[int, bytes, str], BedrockClient]) -> None:
    answering(200, b"", "application/json").tag_resource(resourceARN="arn:" + "a" * 20, tags=[])


def test_server_error_that_is_not_json_stays_a_server_error(
    answering: Callable[[int, bytes, str], BedrockClient],
) -> None:
    with pytest.raises(errors.InternalServerError):
        Deployments(answering(503, b"<html>Busy</html>", "text/html"), "support-bot").find("support-bot")


# What botocore raises by itself


def botocore_errors() -> list[BotoCoreError]:
    """One of every class that botocore has, with each of its message's fields filled."""

    class Fields(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    def make(kind: type[BotoCoreError]) -> BotoCoreError:
        text = kind.fmt.format_map(Fields())
        error = kind.__new__(kind)
        Exception.__init__(error, text)
        error.kwargs = {}
        return error

    kinds = [kind for _, kind in inspect.getmembers(botocore.exceptions, inspect.isclass)]
    return [make(kind) for kind in kinds if issubclass(kind, BotoCoreError)]


@pytest.mark.parametrize("error", botocore_errors(), ids=lambda error: type(error).__name__)
def test_every_botocore_exception_becomes_one_line(error: BotoCoreError) -> None:
    ours = raised(error)

    assert str(ours).startswith(f"{SUBJECT}: ")
    assert len(str(ours).splitlines()) == 1
    assert str(ours).endswith((".", "`.", "region=."))


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            botocore.exceptions.NoCredentialsError(),
            errors.CredentialsMissing,
            "no AWS credentials were found. Set aws:profile in the stack's configuration",
        ),
        (
            botocore.exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            errors.CredentialsMissing,
            "no AWS credentials were found.",
        ),
        (
            botocore.exceptions.CredentialRetrievalError(provider="process", error_msg="it died"),
            errors.CredentialsExpired,
            "Sign in again, then run the command again.",
        ),
        (
            botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired"),
            errors.CredentialsExpired,
            "Token has expired",
        ),
        (botocore.exceptions.UnauthorizedSSOTokenError(), errors.CredentialsExpired, "Sign in again"),
        (
            botocore.exceptions.SSOTokenLoadError(error_msg="Token for x does not exist"),
            errors.CredentialsExpired,
            "Token for x does not exist. Sign in again, then run the command again.",
        ),
        (
            botocore.exceptions.LoginRefreshRequired(),
            errors.CredentialsExpired,
            "Please reauthenticate using 'aws login'. Sign in again, then run the command again.",
        ),
        (botocore.exceptions.NoRegionError(), errors.RegionMissing, "pulumi config set aws:region us-east-1"),
        (
            botocore.exceptions.ParamValidationError(report="Missing required parameter"),
            errors.ValidationFailed,
            "Missing required parameter",
        ),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="http://nowhere"),
            errors.EndpointUnreachable,
            f'no answer to {ACTION}: Could not connect to the endpoint URL: "http://nowhere"',
        ),
        (
            botocore.exceptions.ConnectTimeoutError(endpoint_url="http://nowhere"),
            errors.EndpointUnreachable,
            "Check the network, aws:endpoints and AWS_ENDPOINT_URL.",
        ),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="http://nowhere"),
            errors.AnswerLost,
            f"the answer to {ACTION} was lost: Read timeout",
        ),
        (
            botocore.exceptions.ConnectionClosedError(endpoint_url="http://nowhere"),
            errors.AnswerLost,
            "Run the command again.",
        ),
        (
            botocore.exceptions.SSLError(endpoint_url="http://nowhere", error="bad certificate"),
            errors.EndpointUnreachable,
            "bad certificate",
        ),
        (
            botocore.exceptions.ProfileNotFound(profile="nobody"),
            errors.ConfigurationError,
            "The config profile (nobody) could not be found. Check the aws: settings",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_botocore_kind_has_class_and_next_step(
    error: BotoCoreError, kind: type[errors.BedrockError], said: str
) -> None:
    ours = raised(error)

    assert type(ours) is kind
    assert said in str(ours)


def test_other_exceptions_pass_unchanged() -> None:
    with pytest.raises(KeyError), map_errors(ACTION, subject=SUBJECT, region="us-east-1"):
        raise KeyError("x")


def test_every_error_text_is_one_line() -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type):
            assert str(kind("two\nlines\t and  more")) == "two lines and more"
