"""The stack's `aws:` configuration, which is pulumi_aws's own, and the environment behind it."""

from __future__ import annotations

from pathlib import Path

from engine.stack import Stack
from listener import Listener
from moto.core import DEFAULT_ACCOUNT_ID
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.models import bedrock_backends


def test_region_argument_overrides_configured_region(stack: Stack, local: LocalBedrock) -> None:
    west = local.create_custom_model("tickets-v1", region="us-west-2")
    stack.config["aws:region"] = "us-east-1"
    stack.declare(model_arn=west, region="us-west-2")
    stack.up()
    assert [item["region"] for item in local.deployments()] == ["us-west-2"]
    assert stack.outputs()["region"] == "us-west-2"

    # The argument wins: another region in the configuration changes nothing, and what is there is found.
    stack.config["aws:region"] = "eu-west-1"
    stack.up("--refresh", "--expect-no-changes")
    stack.destroy()
    assert local.deployments() == []


def test_changed_configured_region_replaces_deployment(stack: Stack, local: LocalBedrock, model: str) -> None:
    west = local.create_custom_model("tickets-v1", region="us-west-2")
    stack.config["aws:region"] = "us-east-1"
    stack.declare(model_arn=model)
    stack.up()
    assert stack.resource()["inputs"]["region"] == "us-east-1"

    stack.config["aws:region"] = "us-west-2"
    stack.declare(model_arn=west)
    step = stack.steps()["support-bot"]
    assert (step["op"], sorted(step["replaceReasons"])) == ("replace", ["modelArn", "region"])
    stack.up()
    assert [item["region"] for item in local.deployments()] == ["us-west-2"], "the old one is gone from us-east-1"
    assert ":us-west-2:" in stack.resource()["id"]


def test_configured_endpoint_and_credentials_are_used(stack: Stack, local: LocalBedrock, model: str) -> None:
    for name in [name for name in stack.environment if name.startswith("AWS_")]:
        del stack.environment[name]
    stack.config = {
        "aws:region": "us-east-1",
        "aws:accessKey": "testing",
        "aws:secretKey": "testing",
        "aws:endpoints": [{"bedrock": local.endpoint_url, "bedrockruntime": local.endpoint_url}],
    }
    stack.declare(
        model_arn=model,
        more='bedrock.ModelInvocation("ask", model_id=deployment.custom_model_deployment_arn, prompt="Hi")',
    )
    stack.up()
    assert [item["modelArn"] for item in local.deployments()] == [model]
    assert local.counts()["Converse"] == 1


def test_configured_role_is_assumed(stack: Stack, local: LocalBedrock, model: str) -> None:
    role = "arn:aws:iam::210987654321:role/deployer"
    stack.config["aws:assumeRoles"] = [{"roleArn": role, "sessionName": "engine-test"}]
    stack.declare(model_arn=model)
    error = stack.up(fails=True).error
    assert error.startswith("ResourceNotFound: "), "the role's account is another, and has no such model"
    assert local.deployments() == []


def test_invalid_configuration_fails_with_one_line(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.config["aws:endpoints"] = "nonsense"
    stack.declare(model_arn=model)
    assert stack.up(fails=True).error == "ConfigurationError: aws:endpoints is not JSON."
    stack.config = {"aws:assumeRole": {"roleArn": "arn:aws:iam::210987654321:role/deployer"}}
    assert stack.up(fails=True).error == (
        "ConfigurationError: aws:assumeRole is not supported by pulumi_bedrock: pulumi_aws 7 spells it aws:assumeRoles."
    )
    assert local.counts() == {}


def test_resource_tags_override_default_tags(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.config["aws:defaultTags"] = {"tags": {"team": "platform", "owner": "ml"}}
    stack.declare(model_arn=model, tags={"team": "support"})
    stack.up()
    (live,) = local.deployments()
    assert live["tags"] == {"team": "support", "owner": "ml"} == stack.outputs()["tagsAll"]
    assert stack.outputs()["tags"] == {"team": "support"}, "tags alone holds no defaults"
    stack.up("--refresh", "--expect-no-changes")

    stack.config["aws:defaultTags"] = {"tags": {"team": "platform", "owner": "data"}}
    step = stack.steps()["support-bot"]
    assert (step["op"], step["replaceReasons"]) == ("replace", ["tagsAll"])
    stack.up()
    (live,) = local.deployments()
    assert live["tags"] == {"team": "support", "owner": "data"}


def test_refresh_ignores_ignored_tags_and_aws_tags(stack: Stack, local: LocalBedrock, model: str) -> None:
    stack.config["aws:ignoreTags"] = {"keys": ["cost-centre"], "keyPrefixes": ["auto:"]}
    stack.declare(model_arn=model, tags={"team": "support"})
    stack.up()
    arn = stack.resource()["id"]
    _tag(local, arn, {"cost-centre": "42", "auto:scanned": "yes"})
    # What only AWS can set.
    account = bedrock_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    account.tagger.tag_resource(arn, [{"Key": "aws:cloudformation:stack-name", "Value": "ml"}])
    stack.up("--refresh", "--expect-no-changes")
    _tag(local, arn, {"other": "x"})
    stack.refresh()
    assert stack.outputs()["tagsAll"] == {"team": "support", "other": "x"}
    assert stack.steps()["support-bot"]["op"] == "replace"


def test_endpoint_of_service_in_environment_is_used(stack: Stack, local: LocalBedrock, model: str) -> None:
    """All other tests use AWS_ENDPOINT_URL."""
    del stack.environment["AWS_ENDPOINT_URL"]
    stack.environment["AWS_ENDPOINT_URL_BEDROCK"] = local.endpoint_url
    stack.declare(model_arn=model)
    stack.up()
    assert [item["modelArn"] for item in local.deployments()] == [model]


PROGRAM = """
deployment = bedrock.CustomModelDeployment("support-bot", model_arn={model!r})
bedrock.ModelInvocation("smoke-test", model_id=deployment.custom_model_deployment_arn, prompt="Hello")
pulumi.export("shared", bedrock.get_custom_model_deployment("shared").status)
"""


def test_bedrock_api_key_of_another_account_calls_nothing(
    stack: Stack, local: LocalBedrock, model: str, tmp_path: Path
) -> None:
    local.client("bedrock").create_custom_model_deployment(modelDeploymentName="shared", modelArn=model)
    stack.config.update({"aws:accessKey": "stack-key", "aws:secretKey": "stack-secret"})
    stack.program(PROGRAM.format(model=model))
    with Listener(local, tmp_path) as listener:
        stack.environment.update(listener.environment(), AWS_BEARER_TOKEN_BEDROCK="of-another-account")
        for command in (stack.up, stack.refresh, stack.destroy):
            listener.calls.clear()
            command()
            assert listener.calls and listener.signers == {"stack-key"}
    assert [item["modelDeploymentName"] for item in local.deployments()] == ["shared"]
    assert local.counts()["Converse"] == 1


def _tag(local: LocalBedrock, arn: str, tags: dict[str, str]) -> None:
    local.client("bedrock").tag_resource(
        resourceARN=arn, tags=[{"key": key, "value": value} for key, value in tags.items()]
    )
