"""Each assumption about AWS that the local Bedrock can contradict, and what a client sees of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local.command import ONE_ATTEMPT
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.contradictions import CONTRADICTIONS

HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
TAG = {"key": "team", "value": "support"}


@pytest.fixture
def bedrock(local: LocalBedrock) -> Any:
    """A client that accepts answers outside of the service model: contradictions may be such."""
    return local.client("bedrock", config=ONE_ATTEMPT)


@pytest.fixture
def get(bedrock: Any) -> Callable[[str], dict[str, Any]]:
    return lambda arn: bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)


@pytest.fixture
def listed(bedrock: Any) -> Callable[[], list[dict[str, Any]]]:
    return lambda: bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]


@pytest.fixture
def update(bedrock: Any, local: LocalBedrock) -> Callable[[str], Any]:
    """Starts an update to another model."""

    def start(arn: str) -> Any:
        other = local.create_custom_model(f"support-bot-v{len(local.custom_models()) + 1}")
        return bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other)

    return start


def code_of(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> str:
    try:
        call(*arguments, **parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


def test_contradictions_are_listed_and_cleared(local: LocalBedrock) -> None:
    local.contradict("token-replayed", "deleting-shown")
    assert local.contradicted() == ["deleting-shown", "token-replayed"]
    local.clear_contradictions()
    assert local.contradicted() == []
    local.contradict("token-replayed")
    local.reset()
    assert local.contradicted() == []


def test_unknown_assumption_is_refused(local: LocalBedrock) -> None:
    with pytest.raises(ValueError, match=r"^the-moon can't be contradicted; these can: converse-absent, ") as caught:
        local.contradict("the-moon")
    assert str(caught.value).endswith(", ".join(CONTRADICTIONS))


@pytest.mark.parametrize("contradicted", [False, True])
def test_tags_of_a_create(local: LocalBedrock, deploy: Callable[..., str], contradicted: bool) -> None:
    if contradicted:
        local.contradict("tags-need-permission")
    assert code_of(deploy, tags=[TAG]) == ("ValidationException" if contradicted else "ok")
    deploy("without-tags")


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "ConflictException")])
def test_used_token(local: LocalBedrock, deploy: Callable[..., str], contradicted: bool, code: str) -> None:
    if contradicted:
        local.contradict("token-replayed")
    deploy(clientRequestToken="token-1")
    assert code_of(deploy, clientRequestToken="token-1") == code
    assert len(local.deployments()) == 1


@pytest.mark.parametrize(
    ("contradicted", "code"), [(False, "ServiceQuotaExceededException"), (True, "ValidationException")]
)
def test_create_beyond_quota(local: LocalBedrock, deploy: Callable[..., str], contradicted: bool, code: str) -> None:
    if contradicted:
        local.contradict("full-quota")
    local.set_quota(0)
    assert code_of(deploy) == code
    assert local.deployments() == []


@pytest.mark.parametrize("contradicted", [False, True])
def test_token_of_deleted_deployment(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], contradicted: bool
) -> None:
    if contradicted:
        local.contradict("token-outlives-delete")
    arn = deploy(clientRequestToken="token-1")
    assert deploy(clientRequestToken="token-1") == arn
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    again = deploy(clientRequestToken="token-1")
    assert (again != arn) == contradicted
    assert len(local.deployments()) == contradicted


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "ConflictException")])
def test_token_of_refused_create(
    local: LocalBedrock, deploy: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("refused-create-uses-no-token")
    deploy("taken")
    assert code_of(deploy, "taken", clientRequestToken="token-1") == "ValidationException"
    assert code_of(deploy, "free", clientRequestToken="token-1") == code


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "TooManyTagsException")])
def test_six_tags(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], contradicted: bool, code: str) -> None:
    if contradicted:
        local.contradict("fifty-tags")
    tags = [{"key": f"t{n}", "value": "x"} for n in range(6)]
    assert code_of(deploy, tags=tags) == code
    arn = deploy("other", tags=tags[:5])
    assert code_of(bedrock.tag_resource, resourceARN=arn, tags=tags[5:]) == code
    bedrock.tag_resource(resourceARN=arn, tags=tags[:5])


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "ValidationException")])
def test_untag_with_unknown_key(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("untag-unknown-key")
    arn = deploy(tags=[TAG])
    assert code_of(bedrock.untag_resource, resourceARN=arn, tagKeys=["team", "other"]) == code
    bedrock.untag_resource(resourceARN=arn, tagKeys=["team"] if contradicted else ["other"])


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ok"), (True, "ConflictException")])
def test_tags_during_update(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    update: Callable[[str], Any],
    contradicted: bool,
    code: str,
) -> None:
    arn = deploy()
    if contradicted:
        local.contradict("tags-during-update")
    assert code_of(bedrock.tag_resource, resourceARN=arn, tags=[TAG]) == "ok"
    local.set_activation(manual=True)
    update(arn)
    assert code_of(bedrock.tag_resource, resourceARN=arn, tags=[TAG]) == code
    assert code_of(bedrock.untag_resource, resourceARN=arn, tagKeys=["team"]) == code


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ValidationException"), (True, "ok")])
def test_delete_while_creating(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("delete-while-creating")
    local.set_activation(manual=True)
    assert code_of(bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=deploy()) == code
    assert [found["status"] for found in local.deployments()] == ([] if contradicted else ["Creating"])


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ConflictException"), (True, "ok")])
def test_second_delete(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("second-delete-conflict")
    local.set_deletion(manual=True)
    arn = deploy()
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert code_of(bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=arn) == code


@pytest.mark.parametrize(("contradicted", "status"), [(False, "Deleting"), (True, "Active")])
def test_status_during_deletion(
    local: LocalBedrock,
    bedrock: Any,
    deploy: Callable[..., str],
    get: Callable[[str], dict[str, Any]],
    listed: Callable[[], list[dict[str, Any]]],
    contradicted: bool,
    status: str,
) -> None:
    if contradicted:
        local.contradict("deleting-shown")
    local.set_deletion(manual=True)
    arn = deploy()
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert [get(arn)["status"], *(each["status"] for each in listed())] == [status, status]


@pytest.mark.parametrize("contradicted", [False, True])
def test_creating_in_list(
    local: LocalBedrock,
    deploy: Callable[..., str],
    get: Callable[[str], dict[str, Any]],
    listed: Callable[[], list[dict[str, Any]]],
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("list-shows-creating")
    local.set_activation(manual=True)
    arn = deploy()
    assert get(arn)["status"] == "Creating"
    assert len(listed()) == (not contradicted)
    local.set_status(arn, "Active")
    assert len(listed()) == 1


@pytest.mark.parametrize("contradicted", [False, True])
def test_order_of_list(
    local: LocalBedrock, deploy: Callable[..., str], listed: Callable[[], list[dict[str, Any]]], contradicted: bool
) -> None:
    if contradicted:
        local.contradict("list-newest-first")
    for name in ("first", "second"):
        deploy(name)
    names = [each["customModelDeploymentName"] for each in listed()]
    assert names == (["first", "second"] if contradicted else ["second", "first"])


@pytest.mark.parametrize("contradicted", [False, True])
def test_model_in_list_after_update(
    local: LocalBedrock,
    deploy: Callable[..., str],
    update: Callable[[str], Any],
    get: Callable[[str], dict[str, Any]],
    listed: Callable[[], list[dict[str, Any]]],
    model_arn: str,
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("list-shows-update")
    arn = deploy()
    before = get(arn)["lastUpdatedAt"]
    update(arn)
    (shown,) = listed()
    assert get(arn)["modelArn"] != model_arn
    assert (shown["modelArn"] == model_arn, shown["lastUpdatedAt"] == before) == (contradicted, contradicted)


@pytest.mark.parametrize("contradicted", [False, True])
def test_deployment_during_update(
    local: LocalBedrock,
    runtime: Any,
    deploy: Callable[..., str],
    update: Callable[[str], Any],
    get: Callable[[str], dict[str, Any]],
    listed: Callable[[], list[dict[str, Any]]],
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("update-keeps-serving")
    arn = deploy()
    local.set_activation(manual=True)
    update(arn)
    status = "Creating" if contradicted else "Active"
    assert [get(arn)["status"], *(each["status"] for each in listed())] == [status, status]
    code = code_of(runtime.converse, modelId=arn, messages=HELLO)
    assert code == ("ModelNotReadyException" if contradicted else "ok")
    local.set_update_status(arn, "UpdateCompleted")
    assert get(arn)["status"] == "Active"


@pytest.mark.parametrize("contradicted", [False, True])
def test_last_updated_at_after_update(
    local: LocalBedrock,
    deploy: Callable[..., str],
    update: Callable[[str], Any],
    get: Callable[[str], dict[str, Any]],
    contradicted: bool,
) -> None:
    if contradicted:
        local.contradict("update-moves-last-updated")
    arn = deploy()
    before = get(arn)["lastUpdatedAt"]
    update(arn)
    assert (get(arn)["lastUpdatedAt"] == before) == contradicted


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ValidationException"), (True, "ok")])
def test_update_while_creating(
    local: LocalBedrock, deploy: Callable[..., str], update: Callable[[str], Any], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("update-needs-active")
    local.set_activation(manual=True)
    assert code_of(update, deploy()) == code


@pytest.mark.parametrize(("contradicted", "code"), [(False, "ValidationException"), (True, "ok")])
def test_update_during_update(
    local: LocalBedrock, deploy: Callable[..., str], update: Callable[[str], Any], contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("one-update-at-a-time")
    arn = deploy()
    local.set_activation(manual=True)
    update(arn)
    assert code_of(update, arn) == code


@pytest.mark.parametrize(
    ("contradicted", "code"), [(False, "ResourceNotFoundException"), (True, "AccessDeniedException")]
)
def test_foreign_arns(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str, contradicted: bool, code: str
) -> None:
    if contradicted:
        local.contradict("foreign-arn-not-found")
    arn = deploy()
    ours, theirs = ({"customModelDeploymentIdentifier": each} for each in (arn, _foreign(arn)))
    bedrock.get_custom_model_deployment(**ours)
    assert code_of(bedrock.get_custom_model_deployment, **theirs) == code
    assert code_of(bedrock.delete_custom_model_deployment, **theirs) == code
    assert code_of(bedrock.get_custom_model, modelIdentifier=_foreign(model_arn)) == code


@pytest.mark.parametrize("contradicted", [False, True])
def test_converse_refusals(local: LocalBedrock, runtime: Any, deploy: Callable[..., str], contradicted: bool) -> None:
    if contradicted:
        local.contradict("converse-absent", "converse-not-ready")
    local.set_activation(manual=True)
    arn = deploy()
    codes = [code_of(runtime.converse, modelId=each, messages=HELLO) for each in (arn, _foreign(arn))]
    not_ready, absent = "ModelNotReadyException", "ResourceNotFoundException"
    assert codes == (["ValidationException"] * 2 if contradicted else [not_ready, absent])


def _foreign(arn: str) -> str:
    return arn.replace("123456789012", "000000000001")
