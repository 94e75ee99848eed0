"""CreateCustomModel checks artifacts and role as far as moto's S3 and IAM hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock

BEDROCK = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
UNUSABLE = "Could not assume provided IAM role. Please ensure that it exists and that its trust policy allows Bedrock."


@pytest.fixture
def s3(local: LocalBedrock) -> Iterator[Any]:
    """S3, with a bucket that holds the artifacts of one job."""
    s3 = local.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="job/step_5/weights", Body=b"weights")
    yield s3
    s3.close()


@pytest.fixture
def make_role(local: LocalBedrock) -> Iterator[Callable[..., str]]:
    """Creates a role with these statements in its trust policy, and returns its ARN."""
    iam = local.client("iam")

    def make(name: str, statements: Any) -> str:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"])

    yield make
    iam.close()


@pytest.fixture
def outcome(bedrock: Any) -> Callable[[str], tuple[str, str | None]]:
    """Returns a model's status and failureMessage."""

    def get(arn: str) -> tuple[str, str | None]:
        found = bedrock.get_custom_model(modelIdentifier=arn)
        return found["modelStatus"], found.get("failureMessage")

    return get


@pytest.mark.parametrize(
    "uri",
    [
        "s3://artifacts",
        "s3://artifacts/job/",
        "s3://artifacts/job/step_5",
        "s3://artifacts/job/step_5/weights",
        "s3://customer-escrow-123456789012-smtj-0123456789ab/job/",
    ],
    ids=["bucket", "folder", "folder without slash", "object", "bucket that moto does not have"],
)
def test_model_is_made_of_artifacts_that_exist(
    s3: Any, import_model: Callable[..., str], outcome: Callable[[str], tuple[str, str | None]], uri: str
) -> None:
    arn = import_model(modelSourceConfig={"s3DataSource": {"s3Uri": uri}})
    assert outcome(arn) == ("Active", None)


def test_model_without_artifacts_fails_later(
    local: LocalBedrock, s3: Any, import_model: Callable[..., str], outcome: Callable[[str], tuple[str, str | None]]
) -> None:
    local.set_model_creation(manual=True)
    arn = import_model(modelSourceConfig={"s3DataSource": {"s3Uri": "s3://artifacts/jobs/"}})
    assert outcome(arn) == ("Creating", None)
    local.set_model_creation(seconds=0)
    assert outcome(arn) == ("Failed", "There are no model artifacts at s3://artifacts/jobs/.")


def test_deleted_artifacts_are_missing(
    s3: Any, import_model: Callable[..., str], outcome: Callable[[str], tuple[str, str | None]]
) -> None:
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket="artifacts", Key="job/step_5/weights")
    arn = import_model(modelSourceConfig={"s3DataSource": {"s3Uri": "s3://artifacts/job/"}})
    assert outcome(arn)[0] == "Failed"


@pytest.mark.parametrize(
    "statements",
    [BEDROCK, [LAMBDA, {**BEDROCK, "Principal": {"Service": ["ec2.amazonaws.com", "bedrock.amazonaws.com"]}}]],
    ids=["one statement", "second statement with two services"],
)
def test_model_is_made_with_role_that_trusts_bedrock(
    make_role: Callable[..., str],
    import_model: Callable[..., str],
    outcome: Callable[[str], tuple[str, str | None]],
    statements: Any,
) -> None:
    assert outcome(import_model(roleArn=make_role("import", statements))) == ("Active", None)


@pytest.mark.parametrize(
    "statement",
    [LAMBDA, {**BEDROCK, "Effect": "Deny"}, {**BEDROCK, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}],
    ids=["another service", "denied", "an account"],
)
def test_role_that_bedrock_can_not_assume_is_refused(
    local: LocalBedrock,
    make_role: Callable[..., str],
    import_model: Callable[..., str],
    refused: Callable[..., str],
    statement: Any,
) -> None:
    role = make_role("import", [statement])
    assert refused("ValidationException", import_model, roleArn=role) == UNUSABLE
    assert local.custom_models() == []


def test_role_that_does_not_exist_is_refused_beside_others(
    make_role: Callable[..., str], import_model: Callable[..., str], refused: Callable[..., str]
) -> None:
    other = make_role("other", [BEDROCK])
    assert refused("ValidationException", import_model, roleArn=other.replace("other", "deleted")) == UNUSABLE


def test_injected_failure_wins_over_missing_artifacts(
    local: LocalBedrock, s3: Any, import_model: Callable[..., str], outcome: Callable[[str], tuple[str, str | None]]
) -> None:
    local.add_fault(operation="CreateCustomModel", kind="activation", message="Bad weights.", count=1)
    missing = {"s3DataSource": {"s3Uri": "s3://artifacts/jobs/"}}
    assert outcome(import_model(modelSourceConfig=missing)) == ("Failed", "Bad weights.")
