"""Two components of different types have one name, and their children's children too: only URNs tell these apart."""

from __future__ import annotations

from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Stack, deployment
from pulumi_bedrock.local import LocalBedrock

CREATE = "CreateCustomModelDeployment"
COMPONENTS = """
class Component(pulumi.ComponentResource):
    def __init__(self, kind, name, parent=None):
        super().__init__(f"shop:index:{kind}", name, None, pulumi.ResourceOptions(parent=parent))


def serving(kind):
    parent = Component("Serving", "serving", Component(kind, "site"))
    return pulumi.ResourceOptions(parent=parent, custom_timeouts=pulumi.CustomTimeouts(create=TIMEOUT))


"""


def declare(stack: Stack, model: str, *, named: bool, timeout: str = "1h") -> None:
    """Write a program with a deployment below each of `Blue` and `Green`."""
    source = f"TIMEOUT = {timeout!r}\n{COMPONENTS}"
    for kind in ("Blue", "Green"):
        arguments: dict[str, Any] = {"model_deployment_name": f"{kind}-given"} if named else {}
        expression = deployment("d", model_arn=model, description=kind, **arguments)
        source += f"{expression[:-1]}, opts=serving({kind!r}))\n"
    stack.program(source)


def live(local: LocalBedrock) -> dict[str, str]:
    """The ARN of each deployment in the account, by its description."""
    found = {item["description"]: item["customModelDeploymentArn"] for item in local.deployments()}
    assert len(found) == len(local.deployments())
    return found


def held(stack: Stack) -> dict[str, str]:
    """The ARN that the state holds for each resource, by the description that the program gives it."""
    return {kind: item["id"] for item in stack.resources() for kind in ("Blue", "Green") if f":{kind}$" in item["urn"]}


@pytest.mark.parametrize("named", [True, False], ids=["given names", "automatic names"])
@pytest.mark.parametrize(
    ("flags", "time_out"), [((), 2), (("--parallel", "1"), 1)], ids=["both time out", "the first times out"]
)
def test_creates_below_like_named_parents_resume_their_own(
    stack: Stack, local: LocalBedrock, model: str, flags: tuple[str, ...], time_out: int, named: bool
) -> None:
    local.add_fault(kind="activation", operation=CREATE, outcome="never", count=time_out)
    declare(stack, model, named=named, timeout="2s")
    stack.up("--continue-on-error", *flags, fails=True)
    made = live(local)
    assert sorted(made) == ["Blue", "Green"], "the second create left the deployment of the first in place"
    assert len(held(stack)) == 2 - time_out
    for arn in made.values():
        local.set_status(arn, "Active")

    declare(stack, model, named=named)
    stack.up()

    assert held(stack) == live(local) == made
    assert local.counts()[CREATE] == 2


def test_plan_holds_for_deployments_below_component_and_custom_resource(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    outer = deployment("outer", model_arn=model)
    inner = deployment("inner", model_arn=model)
    stack.program(
        f"TIMEOUT = '1h'\n{COMPONENTS}"
        f"outer = {outer[:-1]}, opts=serving('Blue'))\n{inner[:-1]}, opts=pulumi.ResourceOptions(parent=outer))\n"
    )
    plan = str(stack.folder / "plan.json")
    stack.preview("--save-plan", plan)
    stack.up("--plan", plan)
    stack.up("--expect-no-changes")

    components = "shop:index:Blue$shop:index:Serving"
    parents = {name: stack.resource(name)["inputs"]["__owner"]["parent"] for name in ("outer", "inner")}
    assert parents == {"outer": components, "inner": f"{components}${DEPLOYMENT}"}
    assert len(local.deployments()) == 2
    stack.up("--target", stack.resource("inner")["urn"])
