"""A custom model whose role was made a moment ago: AWS may refuse it at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_host import DynamicHost, HostError
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

from .conftest import OWNER

CREATE = "CreateCustomModel"
ROLE = "Could not assume provided IAM role. Please ensure that it exists."
INPUTS: dict[str, Any] = {
    "modelSourceConfig": {"s3DataSource": {"s3Uri": "s3://escrow/job-1/"}},
    "roleArn": "arn:aws:iam::123456789012:role/bedrock",
    "region": "us-east-1",
    "__owner": OWNER,
}


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """The host of a custom model."""
    return start_host(make=serialized.custom_model)


def test_role_that_aws_accepts_a_little_later_delays_the_create(host: DynamicHost, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation=CREATE, error="ValidationException", message=ROLE, count=3)

    made = host.create(INPUTS)

    assert [found["modelArn"] for found in local_bedrock.custom_models()] == [made.id]
    assert local_bedrock.counts()[CREATE] == 4
    assert local_bedrock.counts()["UntagResource"] == 1, "it had the mark, so a killed run would have left it findable"


def test_role_that_aws_keeps_refusing_is_an_error_after_half_a_minute(
    host: DynamicHost, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.add_fault(operation=CREATE, error="ValidationException", message=ROLE)
    began = clock.time

    with pytest.raises(HostError) as failure:
        host.create(INPUTS)

    said = str(failure.value).strip()
    assert said.startswith('ValidationFailed: custom model "support-bot-') and f"AWS said: {ROLE}" in said
    assert said.endswith("role_arn must be a role that Bedrock may assume and that may read them.")
    assert 30 <= clock.time - began < 40
    assert local_bedrock.custom_models() == []


def test_model_package_needs_no_role_so_a_refusal_is_final(host: DynamicHost, local_bedrock: LocalBedrock) -> None:
    package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/support-bot/1"
    local_bedrock.add_fault(operation=CREATE, error="ValidationException", message="No such package.")

    with pytest.raises(HostError, match="No such package"):
        host.create(
            {
                "customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": package}},
                "region": "us-east-1",
                "__owner": OWNER,
            }
        )

    assert local_bedrock.counts()[CREATE] == 2, "with the mark, and without"
