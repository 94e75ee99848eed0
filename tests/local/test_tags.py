"""Tags on deployments and custom models: the limit per resource, AWS's own prefix, and what is absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from arns import ARN
from pulumi_bedrock.local import LocalBedrock


@pytest.fixture(params=["deployment", "custom model"])
def arn(request: pytest.FixtureRequest, model_arn: str, deploy: Callable[..., str]) -> str:
    """A resource that can have tags, without any."""
    return deploy() if request.param == "deployment" else model_arn


def test_tags_are_overwritten_and_removed(bedrock: Any, arn: str) -> None:
    assert _tags(bedrock, arn) == {}
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "support"}, {"key": "tier", "value": ""}])
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "sales"}])
    assert _tags(bedrock, arn) == {"team": "sales", "tier": ""}
    bedrock.untag_resource(resourceARN=arn, tagKeys=["team", "never-there"])
    assert _tags(bedrock, arn) == {"tier": ""}


def test_create_stores_tags(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy(tags=[{"key": "team", "value": "support"}])
    assert _tags(bedrock, arn) == {"team": "support"}
    assert local.deployments()[0]["tags"] == {"team": "support"}


def test_resource_holds_at_most_50_tags(bedrock: Any, arn: str, refused: Callable[..., str]) -> None:
    bedrock.tag_resource(resourceARN=arn, tags=_numbered(50))
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "key-0", "value": "changed"}])
    message = refused(
        "TooManyTagsException", bedrock.tag_resource, resourceARN=arn, tags=[{"key": "one-more", "value": ""}]
    )
    assert message == "The number of tags exceeds the limit of 50 tags per resource."
    assert len(_tags(bedrock, arn)) == 50


def test_too_many_tags_error_names_resource(bedrock: Any, arn: str) -> None:
    with pytest.raises(bedrock.exceptions.TooManyTagsException) as caught:
        bedrock.tag_resource(resourceARN=arn, tags=_numbered(51))
    assert caught.value.response["resourceName"] == arn


def test_create_accepts_at_most_50_tags(
    local: LocalBedrock, bedrock: Any, deploy: Callable[..., str], model_arn: str
) -> None:
    deploy("fifty", tags=_numbered(50))
    with pytest.raises(bedrock.exceptions.TooManyTagsException) as caught:
        bedrock.create_custom_model_deployment(modelDeploymentName="too-many", modelArn=model_arn, tags=_numbered(51))
    assert caught.value.response["resourceName"] == "too-many"
    assert [found["modelDeploymentName"] for found in local.deployments()] == ["fifty"]


@pytest.mark.parametrize("key", ["aws:owner", "AWS:owner"])
def test_aws_prefix_is_refused(bedrock: Any, arn: str, key: str, model_arn: str, refused: Callable[..., str]) -> None:
    tags = [{"key": key, "value": "me"}]
    messages = {
        refused("ValidationException", bedrock.tag_resource, resourceARN=arn, tags=tags),
        refused("ValidationException", bedrock.untag_resource, resourceARN=arn, tagKeys=[key]),
        refused(
            "ValidationException",
            bedrock.create_custom_model_deployment,
            modelDeploymentName="other",
            modelArn=model_arn,
            tags=tags,
        ),
    }
    assert messages == {"aws: prefixed tag key names are not allowed for external use."}


def test_key_containing_aws_is_accepted(bedrock: Any, arn: str) -> None:
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "my-aws:owner", "value": "me"}])
    assert _tags(bedrock, arn) == {"my-aws:owner": "me"}


def test_duplicate_key_is_refused(bedrock: Any, arn: str, refused: Callable[..., str]) -> None:
    message = refused(
        "ValidationException",
        bedrock.tag_resource,
        resourceARN=arn,
        tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
    )
    assert message == "Duplicate tag keys found. Tag keys must be unique within a request."


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("tag_resource", {"tags": [{"key": "a", "value": "b"}]}),
        ("untag_resource", {"tagKeys": ["a"]}),
        ("list_tags_for_resource", {}),
    ],
)
def test_missing_resource_has_no_tags(
    bedrock: Any, operation: str, parameters: dict[str, Any], refused: Callable[..., str]
) -> None:
    absent = ARN
    message = refused("ResourceNotFoundException", getattr(bedrock, operation), resourceARN=absent, **parameters)
    assert message == f"Could not find the resource {absent}."


def test_deleted_deployment_has_no_tags(bedrock: Any, deploy: Callable[..., str], refused: Callable[..., str]) -> None:
    arn = deploy(tags=[{"key": "a", "value": "b"}])
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    refused("ResourceNotFoundException", bedrock.list_tags_for_resource, resourceARN=arn)


def test_deleting_deployment_has_tags(local: LocalBedrock, bedrock: Any, deploy: Callable[..., str]) -> None:
    arn = deploy(tags=[{"key": "a", "value": "b"}])
    local.set_deletion(manual=True)
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert _tags(bedrock, arn) == {"a": "b"}


def _numbered(count: int) -> list[dict[str, str]]:
    return [{"key": f"key-{number}", "value": ""} for number in range(count)]


def _tags(bedrock: Any, arn: str) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in bedrock.list_tags_for_resource(resourceARN=arn)["tags"]}
