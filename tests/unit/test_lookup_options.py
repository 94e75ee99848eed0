"""Pulumi's options of all lookups, and what their `_output` forms wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_bedrock as bedrock
import pytest
from pulumi_bedrock import errors
from pulumi_bedrock.local import LocalBedrock
from unit.mocked_program import run_program

pytestmark = pytest.mark.usefixtures("local_bedrock_in_environment")

Lookup = Callable[..., Any]
LOOKUPS: dict[str, Lookup] = {
    "get_custom_model": lambda opts: bedrock.get_custom_model("tickets", opts=opts),
    "get_custom_model_output": lambda opts: bedrock.get_custom_model_output("tickets", opts=opts),
    "get_custom_model_deployment": lambda opts: bedrock.get_custom_model_deployment("bot", opts=opts),
    "get_custom_model_deployment_output": lambda opts: bedrock.get_custom_model_deployment_output("bot", opts=opts),
    "list_custom_model_deployments": lambda opts: bedrock.list_custom_model_deployments(opts=opts),
    "list_custom_model_deployments_output": lambda opts: bedrock.list_custom_model_deployments_output(opts=opts),
}


class Provider(pulumi.ProviderResource):
    """A provider as generated SDKs have them."""

    def __init__(self, package: str) -> None:
        super().__init__(package, "elsewhere", {})


class Team(pulumi.ComponentResource):
    """A component with a bucket."""

    def __init__(self, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Team", "support", None, opts)
        Bucket("in-a-component", pulumi.ResourceOptions(parent=self))


class Bucket(pulumi.CustomResource):
    """A resource of another package, with a name that is known in a preview."""

    name: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Bucket", name, {"name": "tickets"}, opts)


@pytest.fixture(autouse=True)
def arn(local_bedrock: LocalBedrock) -> str:
    """A custom model `tickets` with a deployment `bot`; the model's ARN."""
    arn = local_bedrock.create_custom_model("tickets")
    local_bedrock.client("bedrock").create_custom_model_deployment(modelDeploymentName="bot", modelArn=arn)
    local_bedrock.clear_requests()
    return arn


@pytest.mark.parametrize("look", LOOKUPS.values(), ids=LOOKUPS)
def test_lookup_accepts_parent_and_provider_of_other_package(look: Lookup, arn: str) -> None:
    seen: list[Any] = []

    def program() -> Any:
        opts = pulumi.InvokeOptions(parent=Team(), provider=Provider("random"))
        return pulumi.Output.from_input(look(opts)).apply(seen.append)

    run_program(program)

    [found] = seen
    assert (found[0] if isinstance(found, list) else found).model_arn == arn


def by_its_name() -> pulumi.Output[Any]:
    return bedrock.get_custom_model_output(Bucket("new").name)


def depending_on_it() -> pulumi.Output[Any]:
    opts = pulumi.InvokeOutputOptions(depends_on=Bucket("new"))
    return bedrock.get_custom_model_output("tickets", opts=opts)


def depending_on_component() -> pulumi.Output[Any]:
    opts = pulumi.InvokeOutputOptions(depends_on=[pulumi.Output.from_input(Team())])
    return bedrock.get_custom_model_output("tickets", opts=opts)


@pytest.mark.parametrize("look", [by_its_name, depending_on_it, depending_on_component])
def test_output_form_is_unknown_where_preview_would_create_a_dependency(
    local_bedrock: LocalBedrock, monkeypatch: pytest.MonkeyPatch, look: Callable[[], pulumi.Output[Any]]
) -> None:
    seen: list[tuple[bool, list[str]]] = []

    async def note(found: pulumi.Output[Any]) -> None:
        seen.append((await found.is_known(), [type(each).__name__ for each in await found.resources()]))

    def program() -> Any:
        return pulumi.Output.from_input(note(look()))

    run_program(program)
    assert seen == [(True, ["Bucket"])]
    assert local_bedrock.counts() == {"GetCustomModel": 1}

    create_nothing(monkeypatch)
    run_program(program, preview=True)
    assert seen[1:] == [(False, ["Bucket"])]
    assert local_bedrock.counts() == {"GetCustomModel": 1}


def create_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the mocks answer without an ID, as the engine does in a preview that would create the resource."""
    monkeypatch.setattr("unit.mocked_program._Echo.new_resource", lambda _self, args: (None, dict(args.inputs)))


def test_output_form_of_failed_input_fails_once() -> None:
    def program() -> Any:
        def fail(_: str) -> str:
            raise errors.ConfigurationError("no name is set")

        return bedrock.get_custom_model_output(pulumi.Output.from_input("a").apply(fail))

    with pytest.raises(errors.ConfigurationError, match="no name is set"):
        run_program(program)
