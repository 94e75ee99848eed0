"""Every constraint, on both sides, answered in AWS's words. The oracle is botocore's service model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from arns import ARN, MODEL
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from local.service_model import conforms, operation_model

CREATE = operation_model("CreateCustomModelDeployment").input_shape
NAME_PATTERN = CREATE.members["modelDeploymentName"].metadata["pattern"]
LONGEST_NAME = "a" * 63
FAILED = "failed to satisfy constraint"
TAG = {"key": "k", "value": "v"}


@pytest.mark.parametrize(
    ("member", "valid", "invalid", "constraint"),
    [
        ("modelDeploymentName", "a", "", "Member must have length greater than or equal to 1"),
        (
            "modelDeploymentName",
            LONGEST_NAME,
            LONGEST_NAME + "a",
            "Member must have length less than or equal to 63",
        ),
        (
            "modelDeploymentName",
            "a-b_c",
            "a--b",
            f"Member must satisfy regular expression pattern: {NAME_PATTERN}",
        ),
        (
            "modelDeploymentName",
            "a-",
            "a\n",
            f"Member must satisfy regular expression pattern: {NAME_PATTERN}",
        ),
        ("modelArn", MODEL, "arn:aws:bedrock:x", "Member must have length greater than or equal to 20"),
        ("modelArn", MODEL, MODEL + "3", "Member must satisfy regular expression pattern: arn:aws"),
        ("description", "d", "", "Member must have length greater than or equal to 1"),
        ("description", "d" * 2048, "d" * 2049, "Member must have length less than or equal to 2048"),
        ("description", "one line", "two\nlines", "Member must satisfy regular expression pattern: .*"),
        ("clientRequestToken", "t" * 256, "t" * 257, "Member must have length less than or equal to 256"),
        ("clientRequestToken", "t-1", "t_1", "Member must satisfy regular expression pattern: [a-zA-Z0-9]("),
    ],
)
def test_create_enforces_limits(
    bedrock: Any, member: str, valid: str, invalid: str, constraint: str, refused: Callable[..., str]
) -> None:
    parameters = {"modelDeploymentName": "name", "modelArn": MODEL}
    # Valid as it is, the request then fails on the model, which doesn't exist.
    create = bedrock.create_custom_model_deployment
    refused("ResourceNotFoundException", create, **(parameters | {member: valid}))
    message = refused("ValidationException", create, **(parameters | {member: invalid}))
    assert f"Value '{invalid}' at '{member}' failed to satisfy constraint: {constraint}" in message
    assert f"{len(conforms(CREATE, parameters | {member: invalid}))} validation error" in message


@pytest.mark.parametrize(
    ("valid", "invalid", "complaint"),
    [
        (
            [],
            [TAG] * 201,
            "at 'tags' {}: Member must have length less than or equal to 200",
        ),
        (
            [{"key": "k" * 128, "value": "v" * 256}],
            [TAG, {"key": "k" * 129, "value": "v"}],
            "at 'tags.2.member.key' {}: Member must have length less than or equal to 128",
        ),
        (
            [{"key": "k", "value": ""}],
            [{"key": "", "value": ""}],
            "at 'tags.1.member.key' {}: Member must have length greater than or equal to 1",
        ),
        (
            [{"key": "a b", "value": "._:/=+@-"}],
            [{"key": "k", "value": "v*"}],
            "Value 'v*' at 'tags.1.member.value' {}: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9\\s._:/=+@-]*",
        ),
        (
            [{"key": "k", "value": "v"}],
            [{"key": "k"}],
            "Value null at 'tags.1.member.value' {}: Member must not be null",
        ),
    ],
)
def test_tags_enforce_limits(
    bedrock: Any, valid: list[Any], invalid: list[Any], complaint: str, refused: Callable[..., str]
) -> None:
    parameters = {"modelDeploymentName": "name", "modelArn": MODEL}
    create = bedrock.create_custom_model_deployment
    refused("ResourceNotFoundException", create, **parameters, tags=valid)
    message = refused("ValidationException", create, **parameters, tags=invalid)
    assert message.startswith("1 validation error detected: Value ")
    assert message.endswith(complaint.format(FAILED))


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        (
            {"maxResults": 0},
            "Value '0' at 'maxResults' {}: Member must have value greater than or equal to 1",
        ),
        (
            {"maxResults": 1001},
            "Value '1001' at 'maxResults' {}: Member must have value less than or equal to 1000",
        ),
        (
            {"sortBy": "Name"},
            "Value 'Name' at 'sortBy' {}: Member must satisfy enum value set: [CreationTime]",
        ),
        (
            {"sortOrder": "Up"},
            "Value 'Up' at 'sortOrder' {}: Member must satisfy enum value set: [Ascending, Descending]",
        ),
        (
            {"statusEquals": "ACTIVE"},
            "Value 'ACTIVE' at 'statusEquals' {}: Member must satisfy enum value set: [Creating, Active, Failed]",
        ),
        (
            {"nextToken": "a b"},
            "Value 'a b' at 'nextToken' {}: Member must satisfy regular expression pattern: \\S*",
        ),
    ],
)
def test_list_enforces_limits(
    bedrock: Any, parameters: dict[str, Any], complaint: str, refused: Callable[..., str]
) -> None:
    message = refused("ValidationException", bedrock.list_custom_model_deployments, **parameters)
    assert message == f"1 validation error detected: {complaint.format(FAILED)}"


@pytest.mark.parametrize("limit", [1, 1000])
def test_list_accepts_values_at_limits(bedrock: Any, limit: int) -> None:
    assert bedrock.list_custom_model_deployments(maxResults=limit)["modelDeploymentSummaries"] == []


def test_all_violations_are_reported_together(bedrock: Any, refused: Callable[..., str]) -> None:
    message = refused("ValidationException", bedrock.create_custom_model_deployment, description="")
    assert message == (
        "3 validation errors detected: "
        "Value null at 'modelDeploymentName' failed to satisfy constraint: Member must not be null; "
        "Value null at 'modelArn' failed to satisfy constraint: Member must not be null; "
        "Value '' at 'description' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
@pytest.mark.parametrize(
    ("identifier", "valid"),
    [
        ("a" * 63, True),
        ("a" * 64, False),
        ("no spaces", False),
        (ARN, True),
        (ARN.replace("aws", "aws-eusc"), True),
        (ARN.replace("aws", "AWS"), False),
        ("arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/ABCDEFGHIJ12", False),
        ("arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij123", False),
    ],
)
def test_identifiers_enforce_pattern(
    bedrock: Any, operation: str, identifier: str, valid: bool, model_arn: str, refused: Callable[..., str]
) -> None:
    parameters = {"customModelDeploymentIdentifier": identifier}
    if operation == "update":
        parameters["modelArn"] = model_arn
    refused(
        "ResourceNotFoundException" if valid else "ValidationException",
        getattr(bedrock, f"{operation}_custom_model_deployment"),
        **parameters,
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("modelName", "a b"),
        ("modelSourceConfig", {"s3DataSource": {"s3Uri": "https://bucket/key"}}),
        ("modelSourceConfig", {"s3DataSource": {}}),
        ("customModelDataSource", {"modelPackageArnDataSource": {"modelPackageArn": "arn:aws:sagemaker:x"}}),
        ("roleArn", "arn:aws:iam::123456789012:user/me"),
        ("modelKmsKeyArn", "alias/key"),
    ],
)
def test_create_custom_model_enforces_limits(
    bedrock: Any, member: str, value: Any, refused: Callable[..., str]
) -> None:
    message = refused("ValidationException", bedrock.create_custom_model, **({"modelName": "m"} | {member: value}))
    assert message.startswith("1 validation error detected: Value ")
    assert f" at '{member}" in message


@pytest.mark.parametrize("operation", ["tag_resource", "untag_resource", "list_tags_for_resource"])
def test_tag_operations_require_arn(bedrock: Any, operation: str, refused: Callable[..., str]) -> None:
    message = refused("ValidationException", getattr(bedrock, operation), resourceARN="arn:aws:s3:::bucket/long-key")
    assert "Value 'arn:aws:s3:::bucket/long-key' at 'resourceARN' failed to satisfy constraint: " in message


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)


@given(
    name=st.one_of(st.from_regex(NAME_PATTERN), _TEXT),
    description=st.one_of(st.none(), _TEXT),
    token=st.one_of(st.none(), st.from_regex("[a-zA-Z0-9-]{0,260}", fullmatch=True), _TEXT),
    model_arn=st.from_regex(CREATE.members["modelArn"].metadata["pattern"]),
    tags=st.none() | st.dictionaries(st.from_regex("[a-z_/ ]{0,130}", fullmatch=True), _TEXT, max_size=3),
)
def test_create_agrees_with_service_model(
    bedrock: Any,
    name: str,
    description: str | None,
    token: str | None,
    model_arn: str,
    tags: dict[str, str] | None,
) -> None:
    everything = {
        "modelDeploymentName": name,
        "modelArn": model_arn,
        "description": description,
        # Left out, botocore would make one.
        "clientRequestToken": token or "token",
        "tags": tags and [{"key": key, "value": value} for key, value in tags.items()],
    }
    parameters = {member: value for member, value in everything.items() if value is not None}
    with pytest.raises(ClientError) as caught:
        bedrock.create_custom_model_deployment(**parameters)
    wrong = conforms(CREATE, parameters)
    message = caught.value.response["Error"]["Message"]
    if wrong:
        noun = "error" if len(wrong) == 1 else "errors"
        assert message.startswith(f"{len(wrong)} validation {noun} detected: "), (wrong, message)
    else:
        assert message.startswith("Could not find the custom model "), message
