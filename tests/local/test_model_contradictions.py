"""Each assumption about custom models that the local Bedrock can contradict, and what a client sees of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local.command import ONE_ATTEMPT
from pulumi_bedrock.local import LocalBedrock

MISSING = {"s3DataSource": {"s3Uri": "s3://artifacts/jobs/"}}
TAG = {"key": "team", "value": "support"}


@pytest.fixture
def bedrock(local: LocalBedrock) -> Any:
    """A client that accepts answers outside of the service model: contradictions may be such."""
    return local.client("bedrock", config=ONE_ATTEMPT)


@pytest.fixture
def listed(bedrock: Any) -> Callable[[], list[str]]:
    return lambda: [each["modelName"] for each in bedrock.list_custom_models()["modelSummaries"]]


def code_of(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> str:
    try:
        call(*arguments, **parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ConflictException"), (True, "ValidationException")])
def test_taken_name(local: LocalBedrock, import_model: Callable[..., str], contradicted: bool, code: str) -> None:
    if contradicted:
        local.contradict("model-name-conflict")
    import_model()
    assert code_of(import_model) == code
    assert len(local.custom_models()) == 1


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "ConflictException")])
def test_name_of_deleted_model(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("model-name-free-after-delete")
    arn = import_model(clientRequestToken="token-1")
    bedrock.delete_custom_model(modelIdentifier=arn)
    assert code_of(import_model) == code
    assert import_model(clientRequestToken="token-1") == arn, "a used token is recognized first"


@pytest.mark.parametrize("contradicted", [False, True])
def test_missing_artifacts(local: LocalBedrock, import_model: Callable[..., str], contradicted: bool) -> None:
    if contradicted:
        local.contradict("missing-artifacts-fail-later")
    local.client("s3").create_bucket(Bucket="artifacts")
    code = code_of(import_model, modelSourceConfig=MISSING)
    statuses = [each["modelStatus"] for each in local.custom_models()]
    assert (code, statuses) == (("ValidationException", []) if contradicted else ("ok", ["Failed"]))


@pytest.mark.parametrize("contradicted", [False, True])
def test_unusable_role(local: LocalBedrock, import_model: Callable[..., str], contradicted: bool) -> None:
    if contradicted:
        local.contradict("unusable-role-refused")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = local.client("iam").create_role(RoleName="import", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    code = code_of(import_model, roleArn=role)
    statuses = [each["modelStatus"] for each in local.custom_models()]
    assert (code, statuses) == (("ok", ["Failed"]) if contradicted else ("ValidationException", []))


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ValidationException"), (True, "ok")])
def test_delete_while_creating(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("model-delete-while-creating")
    local.set_model_creation(manual=True)
    assert code_of(bedrock.delete_custom_model, modelIdentifier=import_model()) == code
    assert len(local.custom_models()) == (not contradicted)


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ConflictException"), (True, "ValidationException")])
def test_delete_of_model_in_use(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    model_arn: str,
    contradicted: bool,
    code: str,
) -> None:
    if contradicted:
        local.contradict("model-in-use")
    deploy()
    assert code_of(bedrock.delete_custom_model, modelIdentifier=model_arn) == code
    assert [each["modelArn"] for each in local.custom_models()] == [model_arn]


@pytest.mark.parametrize("contradicted", [False, True])
def test_model_after_delete(
    local: LocalBedrock,
    bedrock: Any,
    import_model: Callable[..., str],
    listed: Callable[[], list[str]],
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("model-gone-after-delete")
    local.set_deletion(manual=True)
    arn = import_model()
    bedrock.delete_custom_model(modelIdentifier=arn)
    code = code_of(bedrock.get_custom_model, modelIdentifier=arn)
    assert (code, listed()) == (("ok", ["imported"]) if contradicted else ("ResourceNotFoundException", []))
    again = code_of(bedrock.delete_custom_model, modelIdentifier=arn)
    assert again == ("ConflictException" if contradicted else "ResourceNotFoundException")
    local.set_deletion(seconds=0)
    assert listed() == []
    import_model()


@pytest.mark.parametrize("contradicted", [False, True])
def test_list(
    local: LocalBedrock,
    import_model: Callable[..., str],
    listed: Callable[[], list[str]],
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("list-newest-first", "list-shows-creating")
    import_model("first")
    import_model("second")
    local.set_status(import_model("third"), "Creating")
    assert listed() == (["first", "second"] if contradicted else ["third", "second", "first"])


def test_create_with_tags_is_refused(local: LocalBedrock, import_model: Callable[..., str]) -> None:
    local.contradict("tags-need-permission")
    assert code_of(import_model, modelTags=[TAG]) == "ValidationException"
    import_model()


def test_sixth_tag_is_refused(local: LocalBedrock, bedrock: Any, import_model: Callable[..., str]) -> None:
    local.contradict("fifty-tags")
    tags = [{"key": f"t{number}", "value": "x"} for number in range(6)]
    assert code_of(import_model, modelTags=tags) == "TooManyTagsException"
    assert code_of(bedrock.tag_resource, resourceARN=import_model(), tags=tags) == "TooManyTagsException"


def test_used_token_is_conflict(local: LocalBedrock, import_model: Callable[..., str]) -> None:
    local.contradict("token-replayed")
    import_model("first", clientRequestToken="token-1")
    assert code_of(import_model, "second", clientRequestToken="token-1") == "ConflictException"


def test_token_of_deleted_model_creates_another(
    local: LocalBedrock, bedrock: Any, import_model: Callable[..., str]
) -> None:
    local.contradict("token-outlives-delete")
    arn = import_model(clientRequestToken="token-1")
    bedrock.delete_custom_model(modelIdentifier=arn)
    assert import_model(clientRequestToken="token-1") != arn


def test_refused_create_uses_token_up(local: LocalBedrock, import_model: Callable[..., str]) -> None:
    local.contradict("refused-create-uses-no-token")
    import_model("taken")
    assert code_of(import_model, "taken", clientRequestToken="token-1") == "ConflictException"
    assert code_of(import_model, "free", clientRequestToken="token-1") == "ConflictException"
    import_model("free", clientRequestToken="token-2")


def test_full_quota_is_validation_exception(local: LocalBedrock, import_model: Callable[..., str]) -> None:
    local.contradict("full-quota")
    local.set_model_quota(0)
    assert code_of(import_model) == "ValidationException"


def test_foreign_arn_is_access_denied(local: LocalBedrock, bedrock: Any, model_arn: str) -> None:
    local.contradict("foreign-arn-not-found")
    foreign = model_arn.replace("123456789012", "000000000001")
    for operation in (bedrock.get_custom_model, bedrock.delete_custom_model):
        assert code_of(operation, modelIdentifier=foreign) == "AccessDeniedException"
        assert code_of(operation, modelIdentifier=model_arn) == "ok"
