"""What `check` says of a custom model's inputs: refused exactly where botocore's model says, and in words that help."""

from __future__ import annotations

from typing import Any

import pytest
from custom_models import KEY, PACKAGE, ROLE, artifacts
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.lifecycle import inputs, validation
from pulumi_bedrock.values.kinds import CUSTOM_MODEL
from unit.service_model import is_valid, near, shape_of

VALID: dict[str, Any] = {"roleArn": ROLE, "modelSourceConfig": artifacts(1), "region": "us-east-1"}
FROM_PACKAGE: dict[str, Any] = {
    "customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}},
    "region": "us-east-1",
}


def reasons(props: dict[str, Any]) -> list[str]:
    return validation.validate(CUSTOM_MODEL, inputs.normalised(props))


def is_refused(props: dict[str, Any], begins: str) -> bool:
    """Whether `check` refuses the properties; every reason must be about this one."""
    found = reasons(props)
    assert all(reason.startswith(begins) for reason in found), found
    return bool(found)


# Both sides of each edge


@given(near("s3Uri"))
@example("s3://abc")
@example("s3://ab")
@example("s3://" + "a" * 63)
@example("s3://" + "a" * 64)
@example("s3://bucket/")
@example("s3://bucket/job//output")
@example("s3://bucket/job/output/")
@example("s3://bucket/a b")
@example("s3://Bucket/job")
@example("s3://bucket/job\n")
@example("S3://bucket/job")
@example("https://bucket.s3.amazonaws.com/job")
@example("s3://bucket/" + "a" * 1012)
@example("s3://bucket/" + "a" * 1013)
@example("")
def test_s3_uri_constraint_matches(text: str) -> None:
    refused = is_refused({**VALID, "modelSourceConfig": {"s3DataSource": {"s3Uri": text}}}, "s3Uri: must be ")

    assert refused == (not is_valid("s3Uri", text))


@given(near("modelPackageArn"))
@example(PACKAGE)
@example(PACKAGE.replace("arn:aws", "arn:aws-cn"))
@example(PACKAGE.replace("us-east-1", "us-east"))
@example(PACKAGE.replace("us-east-1", "u" * 16))
@example(PACKAGE.replace("us-east-1", "u" * 17))
@example(PACKAGE.replace("123456789012", "12345678901"))
@example(PACKAGE.partition("model-package/")[0] + "model-package/" + "a" * 2048)
@example(PACKAGE.partition("model-package/")[0] + "model-package/" + "a" * 2049)
@example(PACKAGE.partition("model-package/")[0] + "model-package/")
@example(PACKAGE + "\n")
@example("")
def test_model_package_arn_constraint_matches(text: str) -> None:
    source = {"modelPackageArnDataSource": {"modelPackageArn": text}}

    refused = is_refused({**FROM_PACKAGE, "customModelDataSource": source}, "modelPackageArn: must be ")

    assert refused == (not is_valid("modelPackageArn", text))


@given(near("roleArn"))
@example(ROLE)
@example(ROLE.replace("arn:aws", "arn:aws-eusc"))
@example(ROLE.replace("123456789012", ""))
@example(ROLE.replace("role/artifacts", "role/"))
@example(ROLE.replace("role/artifacts", "user/artifacts"))
@example(ROLE + "a" * (2048 - len(ROLE)))
@example(ROLE + "a" * (2049 - len(ROLE)))
@example(ROLE + "\n")
@example("")
def test_role_arn_constraint_matches(text: str) -> None:
    refused = is_refused({**VALID, "roleArn": text}, "roleArn: must be ")

    assert refused == (not is_valid("roleArn", text))


@given(near("modelKmsKeyArn"))
@example(KEY)
@example(KEY[:-1])
@example(KEY + "a")
@example(KEY.replace("key/", "alias/"))
@example(KEY.replace("us-east-1", ""))
@example(KEY.replace("us-east-1", "u" * 1976))
@example(KEY.replace("us-east-1", "u" * 1977))
@example(KEY + "\n")
@example("")
def test_key_arn_constraint_matches(text: str) -> None:
    refused = is_refused({**VALID, "modelKmsKeyArn": text}, "modelKmsKeyArn: must be ")

    assert refused == (not is_valid("modelKmsKeyArn", text))


@given(near("modelName"))
@example("a" * 63)
@example("a" * 64)
@example("a_" * 31 + "a")
@example("a_" * 32)
@example("a--b")
@example("-a")
@example("a-")
@example("a\n")
@example("")
def test_name_constraint_matches(text: str) -> None:
    refused = is_refused({**VALID, "modelName": text}, "modelName: must be ")

    assert refused == (not is_valid("modelName", text))


@given(near("modelToken"))
@example("a" * 256)
@example("a" * 257)
@example("a-")
@example("-a")
@example("")
def test_token_constraint_matches(text: str) -> None:
    refused = is_refused({**VALID, "clientRequestToken": text}, "clientRequestToken: must be ")

    assert refused == (not is_valid("modelToken", text))


@given(near("tag key"), near("tag value"))
@example("k" * 128, "v" * 256)
@example("k" * 129, "v")
@example("k", "v" * 257)
@example("k<", "v")
@example("k", "(v)")
@example("", "")
def test_tag_constraints_match(key: str, value: str) -> None:
    refused = is_refused({**VALID, "tags": {key: value}, "tagsAll": {key: value}}, f'tags["{key}"]')

    assert refused == (not (is_valid("tag key", key) and is_valid("tag value", value)))


@given(st.integers(-1, 1))
def test_tag_count_constraint_matches(step: int) -> None:
    most = shape_of("modelTags").metadata["max"]
    tags = {f"k{number}": "v" for number in range(most + step)}

    found = reasons({**VALID, "tags": tags, "tagsAll": tags})

    assert found == ([f"tags: must be 0 to {most} entries long, and this is {most + 1}"] if step > 0 else [])


# In words


@pytest.mark.parametrize("props", [VALID, FROM_PACKAGE, {**FROM_PACKAGE, "roleArn": ROLE}])
def test_either_source_suffices(props: dict[str, Any]) -> None:
    assert reasons(props) == []


@pytest.mark.parametrize(
    ("props", "said"),
    [
        (
            {"modelSourceConfig": None},
            "s3Uri, modelPackageArn: both are missing; give one of them",
        ),
        (
            {"customModelDataSource": FROM_PACKAGE["customModelDataSource"]},
            "s3Uri, modelPackageArn: give either one, and not both",
        ),
        (
            {"customModelDataSource": UNKNOWN},
            "s3Uri, modelPackageArn: give either one, and not both",
        ),
        (
            {"roleArn": None},
            "roleArn: is required with s3Uri; give the ARN of a role that Bedrock may assume to read the artifacts",
        ),
        (
            {"roleArn": None, "modelSourceConfig": UNKNOWN},
            "roleArn: is required with s3Uri; give the ARN of a role that Bedrock may assume to read the artifacts",
        ),
        ({"roleArn": "artifacts"}, "roleArn: must be the ARN of an IAM role (arn:…:iam::<account>:role/<name>)"),
        ({"roleArn": 7}, "roleArn: must be a string, and this is a number"),
        (
            {"modelSourceConfig": {"s3DataSource": {"s3Uri": "bucket/job"}}},
            "s3Uri: must be an S3 URI, such as s3://bucket/path/",
        ),
        (
            {"modelSourceConfig": {"s3DataSource": {"s3Uri": ["s3://bucket"]}}},
            "s3Uri: must be a string, and this is a list",
        ),
        ({"modelSourceConfig": {"s3DataSource": {}}}, "s3Uri: must be a string"),
        ({"modelSourceConfig": "s3://bucket/job"}, "s3Uri: must be a string"),
        (
            {"modelKmsKeyArn": "alias/support"},
            "modelKmsKeyArn: must be the ARN of a KMS key (arn:…:kms:<region>:<account>:key/<36 characters>)",
        ),
        ({"modelName": "a--b"}, "modelName: must be letters and digits, each followed by at most one '-' or '_'"),
        ({"updateInPlace": "yes"}, "update_in_place: must be True or False"),
        (
            {"importId": "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12"},
            f"import_: must be the name or ARN of a custom model, such as {CUSTOM_MODEL.example}, and this is",
        ),
    ],
)
def test_each_failure_has_helpful_reason(props: dict[str, Any], said: str) -> None:
    [reason] = reasons({**VALID, **props})

    assert reason.startswith(said)


def test_other_source_is_named_when_both_are_given_and_one_is_invalid() -> None:
    found = reasons({**FROM_PACKAGE, "modelSourceConfig": {"s3DataSource": {"s3Uri": "bucket"}}, "roleArn": ROLE})

    assert [reason.partition(":")[0] for reason in found] == ["s3Uri, modelPackageArn", "s3Uri"]


@pytest.mark.parametrize("import_id", ["support-bot-v1", CUSTOM_MODEL.example])
def test_model_to_import_is_a_name_or_an_arn(import_id: str) -> None:
    assert reasons({**VALID, "importId": import_id}) == []


@pytest.mark.parametrize(
    ("props", "key"),
    [(VALID, key) for key in (*VALID, "modelName", "modelKmsKeyArn", "clientRequestToken", "tags", "tagsAll")]
    + [(FROM_PACKAGE, "customModelDataSource"), (FROM_PACKAGE, "roleArn")],
)
def test_unknown_values_pass(props: dict[str, Any], key: str) -> None:
    assert validation.validate(CUSTOM_MODEL, {**props, key: UNKNOWN}) == []


def test_part_of_a_source_that_is_unknown_passes() -> None:
    assert reasons({**VALID, "modelSourceConfig": {"s3DataSource": {"s3Uri": UNKNOWN}}}) == []
    assert reasons({**VALID, "modelSourceConfig": {"s3DataSource": UNKNOWN}}) == []


@given(st.text(min_size=1))
def test_failure_reasons_hold_no_value(value: str) -> None:
    marked = f"{value}<s3cret"
    props = {
        "roleArn": marked,
        "modelSourceConfig": {"s3DataSource": {"s3Uri": marked}},
        "modelKmsKeyArn": marked,
        "modelName": marked,
        "region": "us-east-1",
    }

    found = reasons(props)

    assert {reason.partition(":")[0] for reason in found} == {"s3Uri", "modelName", "roleArn", "modelKmsKeyArn"}
    assert not any("s3cret" in reason for reason in found)
