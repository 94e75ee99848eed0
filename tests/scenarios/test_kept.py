"""What serves is kept: no delete of a run removes what a resource of the program still manages."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from engine.stack import Code, deployment
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import CUSTOM_MODEL
from scenarios.live import MARK
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both, both_with

pytestmark = pytest.mark.usefixtures("nothing_lost")


def importing(arn: str, more: str = "") -> Code:
    """Options that import a live resource."""
    return Code(f"pulumi.ResourceOptions(import_={arn!r}{more})")


def mark_of(stack: ScenarioStack, subject: Subject) -> dict[str, str]:
    """The tag that the stack's one resource had while it was unfinished."""
    outputs = stack.outputs()
    proof = f"{stack.identity}::{outputs[subject.kind.name]}"
    digested = [proof, "::support-bot"]
    if subject.kind is CUSTOM_MODEL:
        source = {key: outputs[key] for key in ("modelSourceConfig", "roleArn")}
        digested.append(f"{proof}::{json.dumps(source, sort_keys=True)}")
    digests = [sha256(text.encode()).hexdigest()[:16] for text in digested]
    return {"key": MARK, "value": ":".join(["shop/dev/support-bot", *digests])}


@scenario(
    "Somebody gives a live deployment its mark back, and another resource fails in the run of a forced replacement "
    "(`--target-replace`, `--replace`, `pulumi state taint`)",
    "The deployment still serves. The next `up` keeps it, and the state holds it once.",
)
@both_with(
    "force, token",
    [("--target-replace", None), ("--target-replace", "token-1"), ("--replace", None), ("taint", None)],
    models=[("--target-replace", None)],
)
def test_half_done_forced_replacement_keeps_one_whose_mark_was_left(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers, force: str, token: str | None
) -> None:
    given = {} if token is None else {"client_request_token": token}
    subject.declare(stack, **given)
    stack.up()
    (live,) = stack.held
    local.client("bedrock").tag_resource(resourceARN=live, tags=[mark_of(stack, subject)])
    theirs = strangers("taken")

    after = Code("pulumi.ResourceOptions(depends_on=[resource])")
    subject.declare(stack, **given, more=subject.declared("sales", name="taken", opts=after))
    urn = stack.resource()["urn"]
    if force == "taint":
        stack.pulumi("state", "taint", urn, "--yes")
        stack.up(fails=True)
    else:
        stack.up(force, urn, *(["--target", "**sales"] if force == "--target-replace" else []), fails=True)
    assert subject.statuses()[live] == "Active"

    subject.declare(stack, **given)
    run = stack.up()

    assert subject.statuses() == {live: "Active", theirs: "Active"}, run.text
    assert stack.held == [live]


@scenario(
    "Another resource imports a deployment, the program no longer has the old resource, and the run fails before its "
    "deletes",
    "The next `up` removes the old resource from the state, and keeps the deployment.",
)
@both
def test_rename_by_import_in_two_runs_keeps_it(stack: ScenarioStack, subject: Subject) -> None:
    stack.program(subject.declared("a"))
    stack.up()
    (live,) = stack.held
    after = Code("pulumi.ResourceOptions(depends_on=[b])")
    b = subject.declared("b", opts=importing(live))
    stack.program(f"b = {b}\n{subject.declared('sales', opts=after)}")
    subject.fail_next_create()
    stack.up(fails=True)
    assert stack.held == [live, live]

    run = stack.up()

    assert subject.statuses().get(live) == "Active", run.text
    assert "kept, because another resource of this stack manages it" in run.text
    assert stack.resource("b")["id"] == live
    assert stack.held.count(live) == 1
    stack.up("--expect-no-changes")


@scenario(
    "The state holds a deployment twice, once to be deleted, and `up --continue-on-error` fails to replace it",
    "The deployment still serves, and the state still holds it. The next `up` that succeeds leaves it in the state "
    "once, or replaces it.",
)
@both_with("then", ["revert", "retry"], models=["retry"])
def test_failed_replacement_keeps_what_state_holds_twice(stack: ScenarioStack, subject: Subject, then: str) -> None:
    subject.declare(stack)
    stack.up()
    (live,) = stack.held
    stack.rewrite(lambda resources: _pending_delete_of_copy(resources, subject.type))
    assert stack.held == [live, live]
    subject.declare(stack, other=True)
    subject.fail_next_create()

    failed = stack.up("--continue-on-error", fails=True)

    assert subject.statuses() == {live: "Active"}, failed.text
    assert live in stack.held
    kept = [line for line in failed.errors if "kept, because a create of this resource failed in this run" in line]
    assert len(kept) == 1, failed.text

    subject.declare(stack, other=then == "retry")
    stack.up()
    (held,) = stack.held
    assert (held == live) == (then == "revert")
    assert subject.statuses() == {held: "Active"}


@scenario(
    "A deployment with `import_` uses an output of a resource that is replaced, the old one deleted first",
    "The imported deployment is never replaced. If the output stays the same, `up` succeeds; if it changes, `up` fails "
    "with ImportPending.",
)
@pytest.mark.parametrize("output", ["model_deployment_name", "description"])
def test_imported_deployment_outlives_replacement_of_its_dependency(
    stack: ScenarioStack, subject: Subject, model: str, strangers: Strangers, output: str
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
    assert subject.statuses().get(live) == "Active", run.text
    assert stack.resource("imported")["id"] == live
    if output == "description":
        assert run.error.startswith("ImportPending: description changed"), run.text


def _pending_delete_of_copy(resources: list[dict[str, Any]], resource_type: str) -> None:
    """Add what an interrupted replacement leaves in the state: the same resource once more, to be deleted."""
    [live] = [each for each in resources if each["type"] == resource_type]
    resources.append({**live, "delete": True})
