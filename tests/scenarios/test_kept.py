"""What serves is kept: no delete of a run removes what a resource of the program still manages."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.invariant import MARK
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers

pytestmark = pytest.mark.usefixtures("nothing_lost")

CREATE = "CreateCustomModelDeployment"


def importing(arn: str, more: str = "") -> Code:
    """Options that import a deployment."""
    return Code(f"pulumi.ResourceOptions(import_={arn!r}{more})")


def fail_next_create(local: LocalBedrock) -> None:
    """Let the next deployment become `Failed`."""
    local.add_fault(kind="activation", operation=CREATE, message="No capacity.", count=1)


def mark_of(stack: ScenarioStack) -> dict[str, str]:
    """The tag that the stack's one deployment had while it was unfinished."""
    name = stack.resource()["outputs"]["modelDeploymentName"]
    digests = [sha256(text.encode()).hexdigest()[:16] for text in (f"{stack.identity}::{name}", "::support-bot")]
    return {"key": MARK, "value": ":".join(["shop/dev/support-bot", *digests])}


def serving(local: LocalBedrock) -> dict[str, str]:
    """The statuses of all deployments, by ARN."""
    return {item["customModelDeploymentArn"]: item["status"] for item in local.deployments()}


@scenario(
    "Somebody gives a live deployment its mark back, and another resource fails in the run of a forced replacement "
    "(`--target-replace`, `--replace`, `pulumi state taint`)",
    "The deployment still serves. The next `up` keeps it, and the state holds it once.",
)
@pytest.mark.parametrize(
    ("force", "given"),
    [
        pytest.param("--target-replace", {}, id="target-replace"),
        pytest.param("--target-replace", {"client_request_token": "token-1"}, id="with a token"),
        pytest.param("--replace", {}, id="replace"),
        pytest.param("taint", {}, id="taint"),
    ],
)
def test_half_done_forced_replacement_keeps_deployment_whose_mark_was_left(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers, force: str, given: dict[str, Any]
) -> None:
    stack.declare(model_arn=model, **given)
    stack.up()
    (live,) = stack.held
    local.client("bedrock").tag_resource(resourceARN=live, tags=[mark_of(stack)])
    theirs = strangers("taken")

    after = Code("pulumi.ResourceOptions(depends_on=[deployment])")
    sales = deployment("sales", model_arn=model, model_deployment_name="taken", opts=after)
    stack.declare(model_arn=model, **given, more=sales)
    urn = stack.resource()["urn"]
    if force == "taint":
        stack.pulumi("state", "taint", urn, "--yes")
        stack.up(fails=True)
    else:
        stack.up(force, urn, *(["--target", "**sales"] if force == "--target-replace" else []), fails=True)
    assert serving(local)[live] == "Active"

    stack.declare(model_arn=model, **given)
    run = stack.up()

    assert serving(local) == {live: "Active", theirs: "Active"}, run.text
    assert stack.held == [live]


@scenario(
    "Another resource imports a deployment, the program no longer has the old resource, and the run fails before its "
    "deletes",
    "The next `up` removes the old resource from the state, and keeps the deployment.",
)
def test_rename_by_import_in_two_runs_keeps_deployment(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    stack.program(deployment("a", model_arn=model))
    stack.up()
    (live,) = stack.held
    after = Code("pulumi.ResourceOptions(depends_on=[b])")
    b = deployment("b", model_arn=model, opts=importing(live))
    stack.program(f"b = {b}\n{deployment('sales', model_arn=model, opts=after)}")
    fail_next_create(local)
    stack.up(fails=True)
    assert stack.held == [live, live]

    run = stack.up()

    assert serving(local).get(live) == "Active", run.text
    assert "kept, because another resource of this stack manages it" in run.text
    assert stack.resource("b")["id"] == live
    assert stack.held.count(live) == 1
    stack.up("--expect-no-changes")


@scenario(
    "The state holds a deployment twice, once to be deleted, and `up --continue-on-error` fails to replace it",
    "The deployment still serves, and the state still holds it. The next `up` that succeeds leaves it in the state "
    "once, or replaces it.",
)
@pytest.mark.parametrize("then", ["revert", "retry"])
def test_failed_replacement_keeps_deployment_that_state_holds_twice(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, then: str
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    (live,) = stack.held
    stack.rewrite(_pending_delete_of_copy)
    assert stack.held == [live, live]
    stack.declare(model_arn=other_model)
    fail_next_create(local)

    failed = stack.up("--continue-on-error", fails=True)

    assert serving(local) == {live: "Active"}, failed.text
    assert live in stack.held
    kept = [line for line in failed.errors if "kept, because a create of this resource failed in this run" in line]
    assert len(kept) == 1, failed.text

    stack.declare(model_arn=model if then == "revert" else other_model)
    stack.up()
    (held,) = stack.held
    assert (held == live) == (then == "revert")
    assert serving(local) == {held: "Active"}


@scenario(
    "A deployment with `import_` uses an output of a resource that is replaced, the old one deleted first",
    "The imported deployment is never replaced. If the output stays the same, `up` succeeds; if it changes, `up` fails "
    "with ImportPending.",
)
@pytest.mark.parametrize("output", ["model_deployment_name", "description"])
def test_imported_deployment_outlives_replacement_of_its_dependency(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers, output: str
) -> None:
    live = strangers("by-hand", description="before")
    strangers.adopted(live)
    uses = {"model_arn": model, "description": Code(f"base.{output}"), "opts": importing(live)}

    def declare(description: str) -> None:
        # The name is given, so a changed description deletes the old deployment first.
        base = deployment("base", model_arn=model, model_deployment_name="before", description=description)
        stack.program(f"base = {base}\n{deployment('imported', **uses)}")

    declare("before")
    stack.up()
    base = stack.resource("base")["id"]
    declare("after")

    run = stack.up(fails=output == "description")

    assert stack.resource("base")["id"] != base
    assert serving(local).get(live) == "Active", run.text
    assert stack.resource("imported")["id"] == live
    if output == "description":
        assert run.error.startswith("ImportPending: description changed"), run.text


def _pending_delete_of_copy(resources: list[dict[str, Any]]) -> None:
    """Add what an interrupted replacement leaves in the state: the same deployment once more, to be deleted."""
    [live] = [each for each in resources if each["type"] == DEPLOYMENT]
    resources.append({**live, "delete": True})
