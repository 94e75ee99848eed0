"""What a program makes of an `aws.Provider`: one host that is configured as it is, for all that are given it."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from arns import ARN, MODEL
from pulumi_bedrock.errors import ConfigurationError
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.configuration import KEYS, AwsConfiguration
from unit.mocked_program import UNKNOWN, Registered, run_program

HOST = "pulumi:providers:pulumi-python"
SETTINGS = {
    "region": "us-west-2",
    "accessKey": "AKIAEXAMPLE",
    "secretKey": "a-key",
    "assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::210987654321:role/deployer"}]),
    "defaultTags": json.dumps({"tags": {"team": "support"}}),
    "skipCredentialsValidation": "true",
}
SENT = {f"aws:{key}": value for key, value in SETTINGS.items() if key in KEYS}


class AwsProvider(pulumi.ProviderResource):
    """As pulumi_aws's own, whose structured inputs are sent as JSON."""

    def __init__(self, name: str = "elsewhere", **settings: Any) -> None:
        super().__init__("aws", name, {**SETTINGS, **settings})


class Other(pulumi.ProviderResource):
    """A provider of another package."""

    def __init__(self) -> None:
        super().__init__("random", "other", {})


class Component(pulumi.ComponentResource):
    """A component, as a parent."""

    def __init__(self, opts: pulumi.ResourceOptions) -> None:
        super().__init__("shop:index:Shop", "front", None, opts)


PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/support-bot/1"

MAKES: dict[str, Any] = {
    "deployment": lambda opts: bedrock.CustomModelDeployment("bot", opts, model_arn=MODEL),
    "invocation": lambda opts: bedrock.ModelInvocation("bot", opts, model_id=ARN, prompt="Hello"),
    "trained model": lambda opts: bedrock.TrainedModel("bot", opts, job_identifier="job"),
    "custom model": lambda opts: bedrock.CustomModel("bot", opts, model_package_arn=PACKAGE),
    "get": lambda opts: bedrock.CustomModelDeployment.get("bot", "support-bot", opts),
}
GIVEN: dict[str, Any] = {
    "provider": lambda: pulumi.ResourceOptions(provider=AwsProvider()),
    "providers, a list": lambda: pulumi.ResourceOptions(providers=[Other(), AwsProvider()]),
    "providers, a mapping": lambda: pulumi.ResourceOptions(providers={"aws": AwsProvider()}),
    "a parent's": lambda: pulumi.ResourceOptions(parent=Component(pulumi.ResourceOptions(providers=[AwsProvider()]))),
    "a grandparent's": lambda: pulumi.ResourceOptions(
        parent=pulumi.ComponentResource(
            "shop:index:Inner",
            "inner",
            None,
            pulumi.ResourceOptions(parent=Component(pulumi.ResourceOptions(providers=[AwsProvider()]))),
        )
    ),
}


def provider_of(resource: Registered) -> str:
    """The name of the provider that a resource is sent with."""
    return str(resource.request.provider.partition("::")[2].split("::")[2]) if resource.request.provider else ""


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("kind", MAKES)
def test_aws_provider_is_used_through_a_host_of_its_own(given: Any, kind: str) -> None:
    registered = run_program(lambda: MAKES[kind](given()))

    host = registered["elsewhere-bedrock"]
    assert (host.type, host.inputs) == (HOST, SENT)
    assert provider_of(registered["bot"]) == "elsewhere-bedrock"


def test_own_provider_comes_before_that_of_the_parent() -> None:
    def program() -> None:
        component = Component(pulumi.ResourceOptions(providers=[AwsProvider("theirs")]))
        MAKES["deployment"](pulumi.ResourceOptions(parent=component, provider=AwsProvider("own")))

    registered = run_program(program)

    assert provider_of(registered["bot"]) == "own-bedrock"
    assert "theirs-bedrock" not in registered


@pytest.mark.parametrize(
    "options",
    [
        lambda: None,
        lambda: pulumi.ResourceOptions(provider=Other()),
        lambda: pulumi.ResourceOptions(parent=Component(pulumi.ResourceOptions(providers=[Other()]))),
    ],
    ids=["none", "of another package", "a parent's of another package"],
)
def test_without_an_aws_provider_the_configuration_of_the_stack_counts(options: Any) -> None:
    registered = run_program(lambda: MAKES["deployment"](options()))

    assert not any(each.type == HOST for each in registered.values())
    assert registered["bot"].inputs["__owner"]["identity"] == "pulumi-bedrock-id"


def test_deployments_of_one_provider_share_host_and_identity() -> None:
    def program() -> None:
        first, second = AwsProvider("first"), AwsProvider("second")
        for name, provider in (("a", first), ("b", first), ("c", second)):
            bedrock.CustomModelDeployment(name, pulumi.ResourceOptions(provider=provider), model_arn=MODEL)
        bedrock.CustomModelDeployment("d", model_arn=MODEL)

    registered = run_program(program)

    assert sorted(name for name, each in registered.items() if each.type == HOST) == ["first-bedrock", "second-bedrock"]
    identities = {name: registered[name].inputs["__owner"]["identity"] for name in "abcd"}
    assert identities == {
        "a": "first-id",
        "b": "first-id",
        "c": "second-id",
        "d": "pulumi-bedrock-id",
    }


@pytest.mark.parametrize(("given", "sent"), [(None, "us-west-2"), ("eu-west-1", "eu-west-1")])
def test_region_of_a_deployment_is_its_own_or_the_provider_s(given: str | None, sent: str) -> None:
    registered = run_program(
        lambda: bedrock.CustomModelDeployment(
            "bot", pulumi.ResourceOptions(provider=AwsProvider()), model_arn=MODEL, region=given
        )
    )
    assert registered["bot"].inputs["region"] == sent


def test_default_tags_are_those_of_the_provider() -> None:
    registered = run_program(
        lambda: bedrock.CustomModelDeployment(
            "bot", pulumi.ResourceOptions(provider=AwsProvider()), model_arn=MODEL, tags={"stage": "dev"}
        ),
        config={"aws:defaultTags": json.dumps({"tags": {"of": "the stack"}})},
    )
    assert registered["bot"].inputs["tagsAll"] == {"team": "support", "stage": "dev"}


def test_default_tags_of_a_wrong_form_are_an_error() -> None:
    wrong = json.dumps({"tags": ["team"]})

    with pytest.raises(ConfigurationError, match="aws:defaultTags must hold a mapping"):
        run_program(
            lambda: MAKES["deployment"](pulumi.ResourceOptions(provider=AwsProvider(defaultTags=wrong))),
        )


def unknown() -> pulumi.Output[Any]:
    """An output of a resource that isn't made yet."""

    class Role(pulumi.CustomResource):
        arn: pulumi.Output[str]

        def __init__(self) -> None:
            super().__init__("aws:iam/role:Role", "role", {"arn": None})

    return Role().arn


def test_unknown_setting_stays_unknown_and_others_known() -> None:
    registered = run_program(
        lambda: MAKES["deployment"](pulumi.ResourceOptions(provider=AwsProvider(assumeRoles=unknown()))), preview=True
    )

    assert registered["elsewhere-bedrock"].inputs == {**SENT, "aws:assumeRoles": UNKNOWN}
    assert registered["bot"].inputs["region"] == "us-west-2"


def test_keys_are_what_the_configuration_reads() -> None:
    asked = set()
    AwsConfiguration.read(lambda key: asked.add(key))
    assert asked == {*KEYS}
    assert sorted(KEYS) == sorted({*KEYS})


# Lookups

LOOKUPS: dict[str, Any] = {
    "get_custom_model": lambda opts: bedrock.get_custom_model("tickets", opts=opts),
    "get_custom_model_deployment": lambda opts: bedrock.get_custom_model_deployment("bot", opts=opts),
    "list_custom_model_deployments": lambda opts: bedrock.list_custom_model_deployments(opts=opts)[0],
}
LATER: dict[str, Any] = {
    "get_custom_model": lambda opts: bedrock.get_custom_model_output("tickets", opts=opts),
    "get_custom_model_deployment": lambda opts: bedrock.get_custom_model_deployment_output("bot", opts=opts),
    "list_custom_model_deployments": lambda opts: bedrock.list_custom_model_deployments_output(opts=opts)[0],
}


def reaching(local: LocalBedrock, **settings: Any) -> AwsProvider:
    """A provider of us-west-2 that reaches a local Bedrock, which the environment doesn't name."""
    endpoints = json.dumps([{"bedrock": local.endpoint_url, "sts": local.endpoint_url}])
    return AwsProvider(**{"endpoints": endpoints, "assumeRoles": None, **settings})


@pytest.fixture
def model(local_bedrock: LocalBedrock) -> str:
    """A custom model `tickets` with a deployment `bot`, both in us-west-2; the model's ARN."""
    arn = local_bedrock.create_custom_model("tickets", region="us-west-2")
    bedrock_west = local_bedrock.client("bedrock", region="us-west-2")
    bedrock_west.create_custom_model_deployment(modelDeploymentName="bot", modelArn=arn)
    local_bedrock.clear_requests()
    return arn


@pytest.mark.parametrize("inherited", [False, True])
@pytest.mark.parametrize("looks", [LOOKUPS, LATER], ids=["plain", "output"])
@pytest.mark.parametrize("name", LOOKUPS)
def test_lookup_uses_the_provider(
    local_bedrock: LocalBedrock, model: str, name: str, looks: dict[str, Any], inherited: bool
) -> None:
    seen: list[Any] = []

    def program() -> Any:
        provider = reaching(local_bedrock)
        opts = pulumi.InvokeOptions(
            provider=None if inherited else provider,
            parent=Component(pulumi.ResourceOptions(providers=[provider])) if inherited else None,
        )
        return pulumi.Output.from_input(looks[name](opts)).apply(seen.append)

    registered = run_program(program)

    assert [found.model_arn for found in seen] == [model]
    assert {(call["accessKeyId"], call["region"]) for call in local_bedrock.requests()} == {
        ("AKIAEXAMPLE", "us-west-2")
    }
    assert "elsewhere-bedrock" not in registered, "a lookup needs no host"


@pytest.mark.parametrize("name", LOOKUPS)
def test_plain_lookup_with_unknown_provider_is_an_error(local_bedrock: LocalBedrock, name: str) -> None:
    def program() -> None:
        LOOKUPS[name](pulumi.InvokeOptions(provider=reaching(local_bedrock, assumeRoles=unknown())))

    with pytest.raises(pulumi.RunError) as failure:
        run_program(program, preview=True)

    assert str(failure.value) == (
        f"{name}: a setting of the aws.Provider isn't known yet in this preview. Use {name}_output, which waits for it."
    )
    assert local_bedrock.counts() == {}


@pytest.mark.parametrize("name", LATER)
def test_output_lookup_with_unknown_provider_is_unknown(local_bedrock: LocalBedrock, name: str) -> None:
    seen: list[Any] = []

    def program() -> Any:
        opts = pulumi.InvokeOptions(provider=reaching(local_bedrock, assumeRoles=unknown()))
        return LATER[name](opts).apply(seen.append)

    run_program(program, preview=True)

    assert (seen, local_bedrock.counts()) == ([], {})
