"""What the report has of quotas and times, from answers in AWS's shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from arns import ARN, OTHER_ARN
from botocore.stub import Stubber

from acceptance.creates import Creates
from acceptance.quotas import Quota, read_quotas
from acceptance.report import report

BEGAN = datetime(2026, 7, 28, 13, 45, 3, 814000, tzinfo=timezone.utc)
IN_PROGRESS = "(Model customization) In-progress custom model deployments"
TOTAL = "(Model customization) Total number of custom model deployments"


@pytest.fixture
def client() -> Any:
    return boto3.client("service-quotas", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def aws(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def listed(name: str, code: str, value: float, *, adjustable: bool) -> dict[str, Any]:
    return {"QuotaName": name, "QuotaCode": code, "Value": value, "Adjustable": adjustable}


def text_of(**changed: Any) -> str:
    return report([], [], {}, **{"quotas": [], "creates": [], "region": "us-east-1", "local": False, **changed})


def test_quotas_of_custom_model_deployments_are_reported_from_every_page(client: Any, aws: Stubber) -> None:
    others = listed("On-demand InvokeModel tokens per minute for a model", "L-00000000", 1, adjustable=False)
    pages = (
        {"Quotas": [others, listed(TOTAL, "L-1EF80F3E", 10, adjustable=True)], "NextToken": "2"},
        {"Quotas": [listed(IN_PROGRESS, "L-430C95DD", 2, adjustable=False)]},
    )
    aws.add_response("list_service_quotas", pages[0], {"ServiceCode": "bedrock"})
    aws.add_response("list_service_quotas", pages[1], {"ServiceCode": "bedrock", "NextToken": "2"})

    found = read_quotas(client)

    assert found == [Quota(IN_PROGRESS, "L-430C95DD", 2, False), Quota(TOTAL, "L-1EF80F3E", 10, True)]
    assert f"| {IN_PROGRESS} | L-430C95DD | 2 | no |\n| {TOTAL} | L-1EF80F3E | 10 | yes |\n" in text_of(quotas=found)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ServiceException"])
def test_quotas_that_cannot_be_read_are_one_line_of_the_report(client: Any, aws: Stubber, code: str) -> None:
    aws.add_client_error("list_service_quotas", code, "No.")

    found = read_quotas(client)

    assert (
        found
        == f"The quotas could not be read: An error occurred ({code}) when calling the ListServiceQuotas operation: No."
    )
    assert found in text_of(quotas=found)


def test_service_without_such_quotas_is_one_line_of_the_report(client: Any, aws: Stubber) -> None:
    aws.add_response("list_service_quotas", {"Quotas": []})

    assert read_quotas(client) == "Service Quotas lists none of custom models."


def shown(arn: str, status: str, seconds: float) -> dict[str, Any]:
    return {
        "customModelDeploymentArn": arn,
        "modelDeploymentName": f"bot-{arn[-2:]}",
        "createdAt": BEGAN,
        "lastUpdatedAt": BEGAN + timedelta(seconds=seconds),
        "status": status,
    }


def test_time_of_each_create_is_from_created_at_to_the_first_active_answer() -> None:
    creates = Creates()
    for arn, status, seconds in [
        (ARN, "Creating", 0.0),
        (ARN, "Active", 441.4),
        (ARN, "Active", 900.0),  # updated since
        (OTHER_ARN, "Failed", 60.0),
    ]:
        creates.note(shown(arn, status, seconds))

    assert creates.rows() == [("bot-12", BEGAN, 441.4)]
    assert "| bot-12 | 2026-07-28T13:45:03+00:00 | 441.4 s |" in text_of(creates=creates.rows())
    assert "No deployment was seen as Active." in text_of()
    assert "custom model |" not in text_of()


def test_time_of_custom_model_has_a_table_of_its_own() -> None:
    said = text_of(models=[("acceptance-model", BEGAN, 612.3)])
    assert "| custom model | created at | from then to Get showing it as Active |" in said
    assert "| acceptance-model | 2026-07-28T13:45:03+00:00 | 612.3 s |" in said
