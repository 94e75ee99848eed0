"""Lookups from a user's program: boto3 with the stack's own configuration."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from pulumi.runtime.settings import set_root_resource
from pulumi_bedrock import errors
from pulumi_bedrock.aws import poller
from pulumi_bedrock.local import LocalBedrock
from unit.mocked_program import run_program
from unit.sent_requests import record

TAGS = {"team": "support", "env": "dev", "cost-center": "7"}


pytestmark = pytest.mark.usefixtures("local_bedrock_in_environment")


@pytest.fixture(autouse=True)
def no_program() -> Iterator[None]:
    """Neither the stack of another test, which has its clients, nor a configuration."""
    set_root_resource(None)
    yield
    pulumi.runtime.set_all_config({})


@pytest.fixture
def arn(local_bedrock: LocalBedrock) -> str:
    """A deployment `support-bot`; its ARN."""
    answer = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="support-bot",
        modelArn=local_bedrock.create_custom_model("support"),
        description="Answers tickets",
        tags=[{"key": key, "value": value} for key, value in TAGS.items()],
    )
    return str(answer["customModelDeploymentArn"])


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_lookup_returns_all_properties(arn: str, local_bedrock: LocalBedrock, by: str) -> None:
    found = bedrock.get_custom_model_deployment(arn if by == "ARN" else "support-bot")

    [live] = local_bedrock.deployments()
    assert found == bedrock.GetCustomModelDeploymentResult(
        custom_model_deployment_arn=arn,
        model_deployment_name="support-bot",
        model_arn=live["modelArn"],
        region="us-east-1",
        status="Active",
        created_at=found.created_at,
        description="Answers tickets",
        failure_message=None,
        tags=TAGS,
    )
    assert found.created_at.endswith("+00:00")


def test_lookup_returns_failed_deployment_with_reason(arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(arn, "Failed", failure_message="No capacity")

    found = bedrock.get_custom_model_deployment(arn)

    assert (found.status, found.failure_message) == ("Failed", "No capacity")


def test_lookup_leaves_out_ignored_tags(arn: str) -> None:
    pulumi.runtime.set_all_config({"aws:ignoreTags": '{"keyPrefixes": ["cost-"]}'})

    assert bedrock.get_custom_model_deployment(arn).tags == {"team": "support", "env": "dev"}


def test_lookup_uses_region_of_stack(arn: str) -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-west-1"})

    with pytest.raises(errors.ResourceNotFound) as failure:
        bedrock.get_custom_model_deployment("support-bot")

    assert str(failure.value) == ('deployment "support-bot": not found in eu-west-1. Check the name and the Region.')


def test_lookup_by_id_says_that_the_whole_arn_is_needed(arn: str) -> None:
    id_ = arn.rpartition("/")[2]

    with pytest.raises(errors.ResourceNotFound) as failure:
        bedrock.get_custom_model_deployment(id_)

    assert str(failure.value) == (
        f'deployment "{id_}": not found in us-east-1. Check the name and the Region. AWS finds a deployment by its '
        f"name or its whole ARN, not by its ID: arn:aws:bedrock:us-east-1:<account>:custom-model-deployment/{id_}"
    )


def test_lookup_prefers_arn_region_then_region_argument(arn: str) -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-west-1"})

    assert bedrock.get_custom_model_deployment("support-bot", region="us-east-1").custom_model_deployment_arn == arn
    assert bedrock.get_custom_model_deployment(arn, region="ap-south-1").region == "us-east-1"


def test_lookup_without_region_says_where_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    with pytest.raises(errors.RegionMissing, match="no AWS Region is set"):
        bedrock.get_custom_model_deployment("support-bot")


def test_lookup_without_endpoint_is_one_line() -> None:
    """Pulumi shows a RunError as one line."""
    with socket.socket() as bound:  # and nothing listens
        bound.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{bound.getsockname()[1]}"
        pulumi.runtime.set_all_config({"aws:maxRetries": "0", "aws:endpoints": f'[{{"bedrock": "{endpoint}"}}]'})
        with pytest.raises(errors.EndpointUnreachable) as failure:
            bedrock.get_custom_model_deployment("support-bot")

    assert isinstance(failure.value, pulumi.RunError)
    assert str(failure.value) == (
        'deployment "support-bot": no answer to bedrock:GetCustomModelDeployment: Could not connect to the endpoint '
        f'URL: "{endpoint}/model-customization/custom-model-deployments/support-bot". Check the network, '
        "aws:endpoints and AWS_ENDPOINT_URL."
    )


@pytest.mark.parametrize(
    ("operation", "error", "kind"),
    [
        ("GetCustomModelDeployment", "AccessDeniedException", errors.AccessDenied),
        ("ListTagsForResource", "AccessDeniedException", errors.AccessDenied),
        ("GetCustomModelDeployment", "ExpiredTokenException", errors.CredentialsExpired),
        ("GetCustomModelDeployment", "ValidationException", errors.ValidationFailed),
    ],
)
def test_lookup_maps_every_error(
    arn: str, local_bedrock: LocalBedrock, operation: str, error: str, kind: type[Exception]
) -> None:
    local_bedrock.add_fault(operation=operation, error=error)

    with pytest.raises(kind):
        bedrock.get_custom_model_deployment(arn)


def test_lookup_accepts_output_of_other_resource(arn: str) -> None:
    seen: list[Any] = []

    def program() -> Any:
        found = bedrock.get_custom_model_deployment_output(
            pulumi.Output.from_input("support-bot"), region=pulumi.Output.from_input("us-east-1")
        )
        return found.custom_model_deployment_arn.apply(seen.append)

    run_program(program)

    assert seen == [arn]


def test_lookups_of_one_run_request_the_account_once(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = record(monkeypatch)

    def program() -> None:
        bedrock.get_custom_model_deployment(arn)
        bedrock.get_custom_model_deployment("support-bot", region="us-east-1")

    for _ in range(2):
        sent.clear()
        run_program(program, config={"aws:allowedAccountIds": '["123456789012"]'})

        assert [request.service for request in sent].count("sts") == 1


def test_lookup_can_be_patched_in_user_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/testing.md shows: nothing of AWS is touched."""
    answer = bedrock.GetCustomModelDeploymentResult(
        custom_model_deployment_arn="arn",
        model_deployment_name="support-bot",
        model_arn="model",
        region="us-east-1",
        status="Active",
        created_at="2026-11-23T12:00:00+00:00",
        description=None,
        failure_message=None,
        tags={},
    )
    monkeypatch.setattr(bedrock, "get_custom_model_deployment", lambda *_, **__: answer)

    assert sys.modules["pulumi_bedrock"].get_custom_model_deployment("support-bot") is answer


def test_list_returns_all_properties(arn: str, local_bedrock: LocalBedrock) -> None:
    [listed] = bedrock.list_custom_model_deployments()

    [live] = local_bedrock.deployments()
    assert listed == bedrock.CustomModelDeploymentSummary(
        custom_model_deployment_arn=arn,
        model_deployment_name="support-bot",
        model_arn=live["modelArn"],
        status="Active",
        created_at=listed.created_at,
        last_updated_at=listed.last_updated_at,
        failure_message=None,
    )
    assert listed.created_at.endswith("+00:00")
    assert (listed.last_updated_at or "").endswith("+00:00")


@pytest.fixture
def several(local_bedrock: LocalBedrock) -> dict[str, str]:
    """Three deployments: `sales-bot` and the newer `support-bot` of one model, and the newest, `tickets`, of another.

    The ARNs of the two models.
    """
    models = {name: local_bedrock.create_custom_model(name) for name in ("old", "new")}
    for name, model in (("sales-bot", "old"), ("support-bot", "old"), ("tickets", "new")):
        local_bedrock.client("bedrock").create_custom_model_deployment(modelDeploymentName=name, modelArn=models[model])
    failed = next(each for each in local_bedrock.deployments() if each["modelDeploymentName"] == "support-bot")
    local_bedrock.set_status(failed["customModelDeploymentArn"], "Failed", failure_message="No capacity")
    return models


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["tickets", "support-bot", "sales-bot"]),
        ({"model_arn": "old"}, ["support-bot", "sales-bot"]),
        ({"status": "Active"}, ["tickets", "sales-bot"]),
        ({"name_contains": "bot"}, ["support-bot", "sales-bot"]),
        ({"model_arn": "old", "status": "Active", "name_contains": "bot"}, ["sales-bot"]),
        ({"model_arn": "new", "status": "Failed"}, []),
    ],
    ids=str,
)
def test_list_returns_what_matches_all_filters_newest_first(
    several: dict[str, str], filters: dict[str, str], names: list[str]
) -> None:
    given = {**filters, "model_arn": several.get(filters.get("model_arn", ""))}

    assert [found.model_deployment_name for found in bedrock.list_custom_model_deployments(**given)] == names


def test_list_reads_all_pages(several: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "LARGEST_PAGE", 1)

    assert [found.failure_message for found in bedrock.list_custom_model_deployments()] == [None, "No capacity", None]


def test_list_prefers_region_of_model_arn(several: dict[str, str]) -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-west-1"})

    assert bedrock.list_custom_model_deployments() == []
    assert len(bedrock.list_custom_model_deployments(region="us-east-1")) == 3
    assert len(bedrock.list_custom_model_deployments(model_arn=several["old"])) == 2


def test_list_names_every_filter_that_is_invalid(local_bedrock: LocalBedrock) -> None:
    with pytest.raises(errors.ValidationFailed) as failure:
        bedrock.list_custom_model_deployments(status="Deleting", name_contains="")

    assert str(failure.value) == (
        "list_custom_model_deployments: status: must be one of Creating, Active, Failed; name_contains: must be 1 to "
        "63 characters long, and this is 0"
    )
    assert local_bedrock.counts() == {}


def test_list_that_fails_names_the_lookup(local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="ListCustomModelDeployments", error="AccessDeniedException")

    with pytest.raises(errors.AccessDenied, match=r"^list_custom_model_deployments: AWS said: ") as failure:
        bedrock.list_custom_model_deployments()

    assert isinstance(failure.value, pulumi.RunError)
