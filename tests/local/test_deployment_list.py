"""ListCustomModelDeployments: every filter of the service model, order, and pages that don't shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock


def test_list_returns_newest_first(bedrock: Any, deploy: Callable[..., str]) -> None:
    for name in ("a", "b", "c"):
        deploy(name)
    assert _names(bedrock) == ["c", "b", "a"]
    assert _names(bedrock, sortBy="CreationTime", sortOrder="Descending") == ["c", "b", "a"]
    assert _names(bedrock, sortBy="CreationTime", sortOrder="Ascending") == ["a", "b", "c"]


def test_summary_uses_custom_model_deployment_name(bedrock: Any, deploy: Callable[..., str], model_arn: str) -> None:
    arn = deploy("support-bot", description="not in a summary", tags=[{"key": "a", "value": "b"}])
    (summary,) = bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]
    got = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert summary == {
        "customModelDeploymentArn": arn,
        "customModelDeploymentName": "support-bot",
        "modelArn": model_arn,
        "createdAt": got["createdAt"],
        "lastUpdatedAt": got["lastUpdatedAt"],
        "status": "Active",
    }


def test_name_contains_filters_list(bedrock: Any, deploy: Callable[..., str]) -> None:
    for name in ("support-bot", "sales-bot", "support"):
        deploy(name)
    assert _names(bedrock, nameContains="bot") == ["sales-bot", "support-bot"]
    assert _names(bedrock, nameContains="BOT") == []


def test_status_equals_filters_list(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    for name, status in (("a", "Creating"), ("b", "Active"), ("c", "Failed")):
        local.set_status(deploy(name), status, failure_message="broken")
    for name, status in (("a", "Creating"), ("b", "Active"), ("c", "Failed")):
        assert _names(bedrock, statusEquals=status) == [name]
    (failed,) = bedrock.list_custom_model_deployments(statusEquals="Failed")["modelDeploymentSummaries"]
    assert failed["failureMessage"] == "broken"


def test_deleting_deployment_is_listed(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_deletion(manual=True)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=deploy("a"))
    (summary,) = bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]
    assert summary["status"] == "Deleting"
    assert _names(bedrock, statusEquals="Active") == []


def test_model_arn_equals_filters_list(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str
) -> None:
    other = local.create_custom_model("support-bot-v2")
    deploy("a")
    deploy("b", modelArn=other)
    assert _names(bedrock, modelArnEquals=model_arn) == ["a"]
    assert _names(bedrock, modelArnEquals=other) == ["b"]


def test_created_before_and_after_filter_list(bedrock: Any, deploy: Callable[..., str]) -> None:
    moments = []
    for name in ("a", "b", "c"):
        arn = deploy(name)
        found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=arn)
        moments.append(found["createdAt"])
    assert moments == sorted(set(moments))
    assert _names(bedrock, createdBefore=moments[1]) == ["a"]
    assert _names(bedrock, createdAfter=moments[1]) == ["c"]
    assert _names(bedrock, createdAfter=moments[0], createdBefore=moments[2]) == ["b"]


def test_filters_are_combined(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_status(deploy("bot-1"), "Failed")
    deploy("bot-2")
    local.set_status(deploy("other"), "Failed")
    assert _names(bedrock, nameContains="bot", statusEquals="Failed") == ["bot-1"]


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_return_each_deployment_once(bedrock: Any, deploy: Callable[..., str], size: int, order: str) -> None:
    names = [f"d{number}" for number in range(7)]
    for name in names:
        deploy(name)
    pages = list(
        bedrock.get_paginator("list_custom_model_deployments").paginate(
            sortOrder=order, PaginationConfig={"PageSize": size}
        )
    )
    found = [item["customModelDeploymentName"] for page in pages for item in page["modelDeploymentSummaries"]]
    assert found == (names if order == "Ascending" else names[::-1])
    assert len(pages) == -(-7 // size)


def test_default_page_holds_100(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    local.set_quota(None)
    for number in range(101):
        deploy(f"d{number}")
    first = bedrock.list_custom_model_deployments()
    assert len(first["modelDeploymentSummaries"]) == 100
    rest = bedrock.list_custom_model_deployments(nextToken=first["nextToken"])
    assert [item["customModelDeploymentName"] for item in rest["modelDeploymentSummaries"]] == ["d0"]
    assert "nextToken" not in rest


def test_paging_continues_while_list_changes(bedrock: Any, deploy: Callable[..., str]) -> None:
    for name in ("a", "b", "c", "d"):
        deploy(name)
    first = bedrock.list_custom_model_deployments(maxResults=2)
    assert [item["customModelDeploymentName"] for item in first["modelDeploymentSummaries"]] == ["d", "c"]
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="c")
    deploy("e")
    assert _names(bedrock, maxResults=2, nextToken=first["nextToken"]) == ["b", "a"]


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "WzEsMl0="])
def test_unknown_page_token_is_refused(bedrock: Any, token: str, refused: Callable[..., str]) -> None:
    message = refused("ValidationException", bedrock.list_custom_model_deployments, nextToken=token)
    assert message == "The provided nextToken is not valid."


def test_page_token_of_other_filters_is_refused(
    bedrock: Any, deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    deploy("a")
    deploy("b")
    token = bedrock.list_custom_model_deployments(maxResults=1)["nextToken"]
    message = refused(
        "ValidationException", bedrock.list_custom_model_deployments, nextToken=token, statusEquals="Active"
    )
    assert message == "The provided nextToken was given out for a request with other filters."


def _names(bedrock: Any, **parameters: Any) -> list[str]:
    answer = bedrock.list_custom_model_deployments(**parameters)
    return [summary["customModelDeploymentName"] for summary in answer["modelDeploymentSummaries"]]
