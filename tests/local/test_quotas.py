"""The quotas of deployments: those in progress and all that exist, as in an AWS account unless set otherwise.

Custom models have none unless a test sets them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local.command import ONE_ATTEMPT, serve
from pulumi_bedrock.local import LocalBedrock

EXCEEDED = "ServiceQuotaExceededException"
IN_PROGRESS = (
    "You have exceeded the quota (Model customization) In-progress custom model deployments, which is {} for your "
    "account in this Region. Request an increase in the Service Quotas console."
)
TOTAL = IN_PROGRESS.replace("In-progress", "Total number of")


@pytest.fixture
def refusal(deploy: Callable[..., str], refused: Callable[..., str]) -> Callable[..., str]:
    """Creates a deployment, expects it to exceed a quota, and returns the message."""
    return lambda name="refused", **parameters: refused(EXCEEDED, deploy, name=name, **parameters)


def test_third_create_in_progress_is_refused_by_default(
    local: LocalBedrock, deploy: Callable[..., str], refusal: Callable[..., str]
) -> None:
    local.set_activation(manual=True)
    first, second = deploy("a"), deploy("b")
    assert refusal() == IN_PROGRESS.format(2)
    assert [found["customModelDeploymentArn"] for found in local.deployments()] == [first, second]
    local.set_status(first, "Active")
    deploy("c")
    assert refusal() == IN_PROGRESS.format(2)


def test_eleventh_deployment_is_refused_by_default(
    local: LocalBedrock, deploy: Callable[..., str], refusal: Callable[..., str]
) -> None:
    for number in range(10):
        deploy(f"d{number}")
    assert refusal() == TOTAL.format(10)
    assert len(local.deployments()) == 10


@pytest.mark.parametrize("status", ["Active", "Failed", "Deleting"])
def test_deployment_that_is_not_creating_counts_towards_total_only(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], refusal: Callable[..., str], status: str
) -> None:
    local.set_deletion(manual=True)
    local.set_quota_in_progress(1)
    arn = deploy("a")
    if status == "Deleting":
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    else:
        local.set_status(arn, status)
    deploy("b")
    local.set_quota(2)
    assert refusal() == TOTAL.format(2)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="b")
    assert refusal() == TOTAL.format(2)
    local.set_deletion(seconds=0)
    deploy("c")


def test_update_does_not_count_as_in_progress(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str
) -> None:
    local.set_quota_in_progress(1)
    arn = deploy("a")
    local.set_activation(manual=True)
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=model_arn)
    deploy("b")


def test_create_over_quota_does_not_use_token(
    local: LocalBedrock, deploy: Callable[..., str], refusal: Callable[..., str]
) -> None:
    local.set_quota(0)
    assert refusal("a", clientRequestToken="token-1") == TOTAL.format(0)
    local.set_quota(None)
    assert [found["customModelDeploymentArn"] for found in local.deployments()] == []
    arn = deploy("a", clientRequestToken="token-1")
    assert [found["customModelDeploymentArn"] for found in local.deployments()] == [arn]
    local.set_quota(1)
    assert deploy("a", clientRequestToken="token-1") == arn, "a repeated token creates nothing, so it needs no room"


def test_quotas_are_those_of_each_region(
    local: LocalBedrock, client: Callable[..., Any], deploy: Callable[..., str], refusal: Callable[..., str]
) -> None:
    local.set_quota(1)
    deploy("a")
    assert refusal() == TOTAL.format(1)
    there = local.create_custom_model("support-bot-v1", region="us-west-2")
    client(region="us-west-2").create_custom_model_deployment(modelDeploymentName="a", modelArn=there)


def test_lifted_quotas_allow_more(local: LocalBedrock, deploy: Callable[..., str]) -> None:
    local.set_activation(manual=True)
    local.set_quota_in_progress(None)
    local.set_quota(None)
    for number in range(11):
        deploy(f"d{number}")
    assert {found["status"] for found in local.deployments()} == {"Creating"}


def test_quotas_of_command_count_until_changed_and_again_after_reset() -> None:
    with serve("--quota-in-progress", "none", "--quota", "3") as served:
        assert "Quotas of deployments: in progress unlimited, in all 3." in served.printed
        local = LocalBedrock(served.endpoint_url)
        bedrock = local.client("bedrock", config=ONE_ATTEMPT)
        local.set_quota(1)
        for names in ("a", "abc"):
            model_arn = local.create_custom_model("bot-v1")
            for name in names:
                bedrock.create_custom_model_deployment(modelDeploymentName=name, modelArn=model_arn)
            with pytest.raises(bedrock.exceptions.ServiceQuotaExceededException):
                bedrock.create_custom_model_deployment(modelDeploymentName="more", modelArn=model_arn)
            assert [found["modelDeploymentName"] for found in local.deployments()] == [*names]
            local.reset()
        bedrock.close()


@pytest.mark.parametrize("quota", ["-1", "many", "1.5"])
def test_quota_that_is_no_number_ends_command(quota: str, capfd: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(AssertionError, match=f"argument --quota: {quota} is neither a number nor none"),
        serve(f"--quota={quota}"),
    ):
        pass


def test_quotas_of_custom_models_are_none_until_set(
    local: LocalBedrock, import_model: Callable[..., str], refused: Callable[..., str]
) -> None:
    local.set_model_creation(manual=True)
    arns = [import_model(f"m{number}") for number in range(3)]
    for set_quota, message in (
        (local.set_model_quota_in_progress, IN_PROGRESS.replace("model deployments", "models")),
        (local.set_model_quota, TOTAL.replace("model deployments", "models")),
    ):
        set_quota(3)
        assert refused(EXCEEDED, import_model, name="refused") == message.format(3)
        for arn in arns:
            local.set_status(arn, "Active")
    local.reset()
    assert [import_model(f"m{number}") for number in range(4)][:3] == arns
