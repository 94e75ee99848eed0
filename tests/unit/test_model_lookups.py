"""`get_custom_model`: a custom model by its name or ARN."""

from __future__ import annotations

import pulumi
import pulumi_bedrock as bedrock
import pytest
from pulumi_bedrock import errors
from pulumi_bedrock.local import LocalBedrock

pytestmark = pytest.mark.usefixtures("local_bedrock_in_environment")


@pytest.fixture
def arn(local_bedrock: LocalBedrock) -> str:
    """A custom model `tickets`; its ARN."""
    return local_bedrock.create_custom_model("tickets")


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_model_lookup_returns_all_properties(arn: str, local_bedrock: LocalBedrock, by: str) -> None:
    found = bedrock.get_custom_model(arn if by == "ARN" else "tickets")

    live = local_bedrock.client("bedrock").get_custom_model(modelIdentifier=arn)
    assert found == bedrock.GetCustomModelResult(
        model_arn=arn,
        model_name="tickets",
        model_status="Active",
        base_model_arn=live["baseModelArn"],
        created_at=live["creationTime"].isoformat(),
        failure_message=None,
        region="us-east-1",
    )
    assert found.created_at.endswith("+00:00")


def test_model_lookup_returns_failed_model_with_reason(arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.set_status(arn, "Failed", failure_message="Invalid weights")

    found = bedrock.get_custom_model("tickets")

    assert (found.model_status, found.failure_message) == ("Failed", "Invalid weights")


def test_model_lookup_prefers_arn_region_then_region_argument(arn: str) -> None:
    assert bedrock.get_custom_model(arn, region="ap-south-1").region == "us-east-1"
    assert bedrock.get_custom_model("tickets", region="us-east-1").model_arn == arn
    with pytest.raises(errors.ResourceNotFound, match="not found in ap-south-1"):
        bedrock.get_custom_model("tickets", region="ap-south-1")


def test_model_lookup_by_id_says_that_the_whole_arn_is_needed(arn: str) -> None:
    id_ = arn.rpartition("/")[2]

    with pytest.raises(errors.ResourceNotFound) as failure:
        bedrock.get_custom_model(id_)

    assert isinstance(failure.value, pulumi.RunError)
    assert str(failure.value) == (
        f'custom model "{id_}": not found in us-east-1. Give its name or its whole ARN, and check the Region.'
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("my tickets", "must be an ARN, or letters and digits, each followed by at most one '-' or '_'"),
        ("", "must be 1 to 2048 characters long, and this is 0"),
    ],
)
def test_model_lookup_refuses_what_is_no_name_without_a_call(
    local_bedrock: LocalBedrock, name: str, problem: str
) -> None:
    with pytest.raises(errors.ValidationFailed) as failure:
        bedrock.get_custom_model(name)

    assert str(failure.value) == f"get_custom_model: name_or_arn: {problem}"
    assert local_bedrock.counts() == {}


def test_model_lookup_without_permission_names_the_action(arn: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(operation="GetCustomModel", error="AccessDeniedException")

    with pytest.raises(errors.AccessDenied, match=r'^custom model "tickets": .* Allow bedrock:GetCustomModel to '):
        bedrock.get_custom_model("tickets")
