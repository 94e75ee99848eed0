"""Each reason for which the suite doesn't start: one line, and nothing was created."""

from __future__ import annotations

import os
import pty

import pytest
from arns import MODEL
from aws_acceptance.conftest import Suite
from pulumi_bedrock.local import LocalBedrock

from acceptance.account import Account, UnusableError
from acceptance.consent import announce, get_consent
from acceptance.exchanges import Exchanges

ROLE = "arn:aws:iam::123456789012:role/bedrock-import"
NO_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def _refused(suite: Suite, *arguments: str, **variables: str) -> str:
    done = suite.run("run", *arguments, **variables)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("error: ").rstrip("\n")


def test_no_model_is_named(suite: Suite) -> None:
    assert _refused(suite) == ("name an Active custom model: make test-aws MODEL_ARN=arn:aws:bedrock:…:custom-model/…")


def test_model_arn_is_not_one(suite: Suite) -> None:
    assert _refused(suite, "--model-arn", "tickets-v1") == (
        "MODEL_ARN must be the ARN of a custom model, such as "
        "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12."
    )


@pytest.mark.parametrize("given", [("--s3-uri", "s3://artifacts/job/"), ("--role-arn", ROLE)])
def test_artifacts_and_role_are_not_both_given(suite: Suite, given: tuple[str, str]) -> None:
    assert _refused(suite, "--model-arn", MODEL, *given) == (
        "S3_URI and ROLE_ARN belong together: where the artifacts are, and the role to read them."
    )


@pytest.mark.parametrize(
    ("model", "role", "said"),
    [
        ("", "bedrock-import", "ROLE_ARN must be the ARN of an IAM role, such as "),
        (MODEL, ROLE.replace("123456789012", "210987654321"), "MODEL_ARN and ROLE_ARN are of different accounts."),
        ("", ROLE.replace("123456789012", "210987654321"), "the role is in account 210987654321, but the credentials"),
    ],
)
def test_role_is_not_of_the_account(suite: Suite, model: str, role: str, said: str) -> None:
    assert _refused(suite, "--model-arn", model, "--s3-uri", "s3://artifacts/job/", "--role-arn", role).startswith(said)


def test_no_region_is_found(suite: Suite) -> None:
    del suite.environment["AWS_REGION"], suite.environment["AWS_DEFAULT_REGION"]
    said = _refused(suite, "--s3-uri", "s3://artifacts/job/", "--role-arn", ROLE)
    assert said == "no AWS Region was found: set AWS_REGION."


def test_no_credentials_are_found(suite: Suite) -> None:
    for name in NO_CREDENTIALS:
        del suite.environment[name]
    assert _refused(suite, "--model-arn", MODEL) == (
        "no AWS credentials were found: set AWS_PROFILE, or sign in with `aws sso login`."
    )


def test_credentials_are_of_another_account(suite: Suite, model: str) -> None:
    other = model.replace("123456789012", "210987654321")
    assert _refused(suite, "--model-arn", other, YES="1") == (
        "the model is in account 210987654321, but the credentials are of 123456789012."
    )


def test_profile_is_unknown(no_aws_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(UnusableError, match=r"^AWS can't be called with these credentials: .*\(nobody\) could not be"):
        Account(MODEL, Exchanges())


def test_credentials_are_partial(no_aws_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    with pytest.raises(UnusableError, match=r"^AWS can't be called with these credentials: Partial credentials "):
        Account(MODEL, Exchanges())


@pytest.mark.parametrize(
    ("token", "expiration", "said"), [("a", "", True), ("a", "2100-01-01", False), ("", "", False)]
)
def test_screen_says_when_the_expiry_is_unknown(
    local_bedrock_in_environment: None, monkeypatch: pytest.MonkeyPatch, token: str, expiration: str, said: bool
) -> None:
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    if expiration:
        monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", f"{expiration}T00:00:00Z")
    screen = announce(Account(MODEL, Exchanges()), other_model=MODEL, slow=False)
    line = "The credentials are temporary, and nothing says when they expire. Agree only if they last 7 hours."
    assert (line in screen.splitlines()) == said


def test_no_terminal_and_no_consent(suite: Suite, local: LocalBedrock, model: str) -> None:
    assert _refused(suite, "--model-arn", model) == ("there is no terminal to ask on. Set YES=123456789012 to agree.")
    assert local.counts().get("CreateCustomModelDeployment", 0) == 0


def test_another_answer_at_the_prompt(suite: Suite, local: LocalBedrock, model: str) -> None:
    main, terminal = pty.openpty()
    with suite.start("run", "--model-arn", model, stdin=terminal) as run:
        os.write(main, b"no\n")
        _, errors = run.communicate()
    assert (run.returncode, errors) == (2, "error: you did not agree. Nothing was created.\n")
    assert local.counts().get("CreateCustomModelDeployment", 0) == 0


@pytest.mark.parametrize("yes", ["yes", "210987654321"])
def test_consent_of_another_account(suite: Suite, local: LocalBedrock, model: str, yes: str) -> None:
    assert _refused(suite, "--model-arn", model, YES=yes) == (
        f"YES={yes} does not agree to a run in this account. Set YES=123456789012 if that is the account in which "
        "you want to run."
    )
    assert local.counts().get("CreateCustomModelDeployment", 0) == 0


class _OnAws(Account):
    """An account on AWS whose credentials last 30 minutes."""

    number, is_local = "123456789012", False

    def __init__(self) -> None:
        """Call nothing."""

    def seconds_left(self) -> float:
        return 1800.0


def test_credentials_that_expire_during_a_run_are_refused() -> None:
    with pytest.raises(UnusableError, match=r"^the credentials expire in 30 minutes, and a run may take 4 hours\. "):
        get_consent(_OnAws(), hours=4, yes="123456789012")


def test_consent_of_one_is_not_enough_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_OnAws, "seconds_left", lambda _account: None)
    with pytest.raises(UnusableError, match=r"^YES=1 does not agree to a run in this account\."):
        get_consent(_OnAws(), hours=4, yes="1")
    get_consent(_OnAws(), hours=4, yes="123456789012")


def test_expired_credentials_are_one_line(suite: Suite, model: str) -> None:
    said = _refused(suite, "--model-arn", model, YES="1", AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z")
    assert said.startswith("AWS can't be called with these credentials: ")


@pytest.mark.parametrize("key", [EOFError, KeyboardInterrupt])
def test_ctrl_d_and_ctrl_c_at_the_prompt_are_one_line(
    monkeypatch: pytest.MonkeyPatch, key: type[BaseException]
) -> None:
    def press(_prompt: str) -> str:
        raise key

    monkeypatch.setattr(_OnAws, "seconds_left", lambda _account: None)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", press)
    with pytest.raises(UnusableError, match=r"^you did not agree\. Nothing was created\.$"):
        get_consent(_OnAws(), hours=4, yes="")
