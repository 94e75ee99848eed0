"""IAM denies the calls that resuming needs: creates go on without it, which is reported once."""

from __future__ import annotations

import pytest
from engine.stack import Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.live import MARK
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")


def deny(local: LocalBedrock, operation: str, count: int | None = None) -> None:
    """Let IAM deny an action, `count` times or always."""
    local.add_fault(
        operation=operation,
        error="AccessDeniedException",
        message=f"User is not authorized to perform: bedrock:{operation}",
        count=count,
    )


def deny_marking(subject: Subject) -> None:
    """Without bedrock:TagResource, AWS refuses a create that carries tags, the mark among them."""
    deny(subject.local, "TagResource")
    subject.local.add_fault(
        operation=subject.kind.create,
        error="AccessDeniedException",
        message="User is not authorized to perform: bedrock:TagResource",
        count=1,
    )


@scenario(
    "`bedrock:TagResource` is denied",
    "A deployment without tags is created without the mark, and `up` reports once that an interrupted create can't "
    "resume. It names the deployment before it creates it. If the create is interrupted, `up` prints how to adopt or "
    "delete the deployment. (A deployment with tags "
    "needs this action anyway.)",
)
@both
def test_create_with_denied_tag_resource_is_unmarked_and_can_be_adopted(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    deny_marking(subject)
    subject.never_end_next_create()
    timeout = "custom_timeouts=pulumi.CustomTimeouts(create='2s')"
    subject.declare(stack, name="fixed", opts=Code(f"pulumi.ResourceOptions({timeout})"))
    failed = stack.up(fails=True)
    line = f"an interrupted create can't resume, because the {subject.kind.noun} could not be marked"
    assert failed.text.count(line) == 2  # live, and in the summary
    assert "bedrock:TagResource" in failed.text
    left = subject.only()
    assert left.tags == {}
    assert f'To adopt it, run again with import_="{left.arn}"' in failed.error
    assert subject.deletes(left.arn) in failed.error

    local.set_status(left.arn, "Active")
    subject.declare(stack, name="fixed", opts=Code(f"pulumi.ResourceOptions(import_={left.arn!r}, {timeout})"))
    stack.up()
    assert stack.recorded == {left.arn}


@scenario("`bedrock:UntagResource` is denied", "The mark is overwritten instead of removed. Nothing else changes.")
def test_denied_untag_resource_overwrites_mark(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str
) -> None:
    deny(local, "UntagResource")
    stack.declare(model_arn=model)
    stack.up()
    (only,) = local.deployments()
    assert only["tags"] == {MARK: "no"}
    stack.up("--refresh", "--expect-no-changes")
    stack.declare(model_arn=other_model)
    stack.up()
    (new,) = local.deployments()
    assert new["modelArn"] == other_model


@scenario(
    "Both are denied after the deployment is created",
    "`up` fails and names the missing actions. The deployment is not in the state and keeps its mark, so the next `up` "
    "that may remove it resumes the create.",
)
@both
def test_one_whose_mark_cannot_be_removed_is_not_recorded(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock
) -> None:
    for operation in ("UntagResource", "TagResource"):
        deny(local, operation)
    subject.declare(stack)
    failed = stack.up(fails=True)
    left = subject.only()
    assert failed.error.startswith("AccessDenied: ") and "Allow bedrock:TagResource" in failed.error
    assert f'Without bedrock:UntagResource, its tag "{MARK}" can\'t be removed.' in failed.error
    assert "The next `pulumi up` of this stack resumes it." in failed.error
    assert (stack.recorded, left.status, [*left.tags]) == (set(), "Active", [MARK])

    local.clear_faults()
    stack.up()

    assert stack.recorded == {left.arn}
    assert [(each.arn, each.tags) for each in subject.live()] == [(left.arn, {})]


@scenario(
    "`bedrock:ListTagsForResource` or `bedrock:ListCustomModelDeployments` is denied",
    "Deployments are created. Without the second, `up` reports once that it can't search for unfinished ones.",
)
def test_denied_list_still_deploys(stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers) -> None:
    strangers("bystander")
    stack.declare("one", model_arn=model)
    stack.up()  # a stack's first run needs no search
    names = ["one"]
    for operation, reports in (("ListTagsForResource", 0), ("ListCustomModelDeployments", 1)):
        local.clear_faults()
        deny(local, operation)
        names += [f"two-{operation}", f"three-{operation}"]
        stack.program("\n".join(deployment(name, model_arn=model) for name in names))
        run = stack.up()
        said = "can't search for unfinished deployments of earlier runs"
        assert run.text.partition("\nDiagnostics:\n")[2].count(said) == reports, run.text
        assert (f"bedrock:{operation}" in run.text) == bool(reports)
        assert len(stack.recorded) == len(names)
        assert {item["status"] for item in local.deployments()} == {"Active"}


def test_interrupted_create_with_denied_list_is_not_resumed(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    strangers("bystander")
    for operation in ("ListTagsForResource", "ListCustomModelDeployments"):
        deny(local, operation)
    subject.never_end_next_create()
    timeout = "custom_timeouts=pulumi.CustomTimeouts(create='2s')"
    stack.declare(model_arn=model, opts=Code(f"pulumi.ResourceOptions({timeout})"))
    failed = stack.up(fails=True)
    (left,) = (item for item in local.deployments() if item["status"] == "Creating")
    assert f'run again with import_="{left["customModelDeploymentArn"]}"' in failed.error
    # The permission is given, and the next `up` resumes after all.
    local.clear_faults()
    local.set_status(left["customModelDeploymentArn"], "Active")
    stack.up()
    assert stack.recorded == {left["customModelDeploymentArn"]}
