"""What `check` refuses the local Bedrock refuses over HTTP too, and it takes what `check` takes: a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_bedrock.lifecycle import validation
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import DEPLOYMENT
from unit.service_model import near

SAMPLE = settings(max_examples=40)


@pytest.fixture
def is_taken(local_bedrock: LocalBedrock) -> Iterator[Callable[..., bool]]:
    """Whether the local Bedrock takes a create with these arguments, over those of a valid one."""
    model_arn = local_bedrock.create_custom_model("support")
    # botocore itself refuses some of what is too short: here it is to be AWS that answers.
    bedrock = local_bedrock.client("bedrock", config=Config(parameter_validation=False))

    def take(**arguments: Any) -> bool:
        request = {"modelDeploymentName": "support-bot", "modelArn": model_arn, **arguments}
        try:
            arn = bedrock.create_custom_model_deployment(**request)["customModelDeploymentArn"]
        except ClientError as error:
            # A model that isn't there is refused for that, after its ARN was found valid.
            return error.response["Error"]["Code"] == "ResourceNotFoundException"
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
        return True

    yield take
    bedrock.close()


def passes_check(local_bedrock: LocalBedrock, **props: Any) -> bool:
    [model] = local_bedrock.custom_models()
    found = validation.validate(DEPLOYMENT, {"modelArn": model["modelArn"], "region": "us-east-1", **props})
    # Random ARNs name other Regions than the deployment's; the local Bedrock doesn't find such models.
    return all(reason.startswith("modelArn: the custom model is in ") for reason in found)


@pytest.mark.parametrize("what", ["modelDeploymentName", "modelArn", "description", "clientRequestToken"])
def test_property_agrees_with_local_bedrock(
    what: str, is_taken: Callable[..., bool], local_bedrock: LocalBedrock
) -> None:
    @SAMPLE
    @given(near(what))
    def both_agree(text: str) -> None:
        assert is_taken(**{what: text}) == passes_check(local_bedrock, **{what: text})

    both_agree()


@SAMPLE
@given(key=near("tag key"), value=st.just("v") | near("tag value"))
def test_tag_agrees_with_local_bedrock(
    key: str, value: str, is_taken: Callable[..., bool], local_bedrock: LocalBedrock
) -> None:
    taken = is_taken(tags=[{"key": key, "value": value}])

    assert taken == passes_check(local_bedrock, tags={key: value}, tagsAll={key: value})
