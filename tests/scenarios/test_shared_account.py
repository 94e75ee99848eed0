"""An account that others use: their deployments and custom models, their marks and their permissions."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from engine.stack import DEPLOYMENT, Code, deployment
from pulumi_bedrock.local import LocalBedrock
from scenarios.live import MARK
from scenarios.orphans import orphans
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack, Stacks
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both, both_with

pytestmark = pytest.mark.usefixtures("nothing_lost")

TAGS = "ListTagsForResource"
HANGS = 120


def interrupted(stack: ScenarioStack, subject: Subject) -> str:
    """Kill the host of a create that waits, and return the ARN."""
    subject.set_creation(manual=True)
    before = subject.arns()
    stack.kill_host_of_up()
    (made,) = subject.arns() - before
    subject.set_creation(seconds=0)
    return made


def interrupted_dev_and_live_prod(
    dev: ScenarioStack, prod: ScenarioStack, subject: Subject, *, older: str = "dev"
) -> tuple[str, str]:
    """Interrupt a create of `dev`, and copy its mark to what `prod` has finished; return both ARNs."""
    for stack in (dev, prod):
        subject.declare(stack)
    if older == "prod":
        prod.up()
    unfinished = interrupted(dev, subject)
    if older == "dev":
        prod.up()
    (live,) = prod.held
    (mark,) = (each.tags[MARK] for each in subject.live() if each.arn == unfinished)
    subject.local.client("bedrock").tag_resource(resourceARN=live, tags=[{"key": MARK, "value": mark}])
    return unfinished, live


def copy_is_untouched(subject: Subject, arn: str) -> bool:
    """Return whether one with a copy of a mark is still Active, and still has the copy."""
    return [(each.status, each.is_marked) for each in subject.live() if each.arn == arn] == [("Active", True)]


@scenario(
    "Two stacks give one name and one `client_request_token`, and the first create is interrupted",
    "AWS answers the second create with the first stack's deployment. The second `up` fails and changes nothing; the "
    "first stack's next `up` resumes.",
)
@both
def test_second_stack_with_same_token_refuses_what_first_stack_made(stacks: Stacks, subject: Subject) -> None:
    one, two = stacks("one"), stacks("two")
    for stack in (one, two):
        subject.declare(stack, name="fixed", client_request_token="token-1")
    arn = interrupted(one, subject)

    failed = two.up(fails=True)

    assert failed.error == (
        f"TokenReplayed: {subject.named('fixed')}: AWS answered with {arn}, which another create has started, marked "
        "as engine-test/dev/support-bot, because client_request_token was used before. Nothing was created or changed. "
        "Use a new token, or leave it out."
    )
    one.up()
    assert one.recorded == {arn}


@scenario(
    "A live deployment of another stage of the same program, and so with a like name, has a copy of the mark",
    "The mark is valid only on the deployment that it was made for: the copy is neither adopted nor deleted by `up` or "
    "`pulumi-bedrock-orphans --delete`, nor does `destroy` name it. The interrupted create resumes.",
)
@both_with("older", ["dev", "prod"], models=["dev"])
def test_copied_mark_on_like_named_one_proves_nothing_to_up(stacks: Stacks, subject: Subject, older: str) -> None:
    dev, prod = stacks("dev"), stacks("prod")
    unfinished, live = interrupted_dev_and_live_prod(dev, prod, subject, older=older)

    run = dev.up()

    assert dev.held == [unfinished], run.text
    assert copy_is_untouched(subject, live)
    assert prod.held == [live]
    prod.up("--refresh", "--expect-no-changes")


def test_copied_mark_on_like_named_one_proves_nothing_to_orphans(stacks: Stacks, subject: Subject) -> None:
    dev, prod = stacks("dev"), stacks("prod")
    unfinished, live = interrupted_dev_and_live_prod(dev, prod, subject)

    deleted = orphans(dev, "--delete", "--yes")

    assert unfinished not in subject.arns(), deleted.stdout
    assert copy_is_untouched(subject, live)


def test_copied_mark_on_like_named_one_proves_nothing_to_destroy(stacks: Stacks, subject: Subject) -> None:
    dev, prod = stacks("dev"), stacks("prod")
    unfinished, live = interrupted_dev_and_live_prod(dev, prod, subject)

    run = dev.destroy()

    assert subject.deletes(unfinished) in run.text
    assert live not in run.text
    assert copy_is_untouched(subject, live)


@scenario(
    "A create times out, and an `ErrorHook` of the program retries it in the same run",
    "The retry resumes the same deployment.",
)
@both
def test_error_hook_retry_resumes_same_create(stack: ScenarioStack, subject: Subject, local: LocalBedrock) -> None:
    subject.never_end_next_create()
    options = (
        "pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='3s'), "
        "hooks=pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook('retry', retry)]))"
    )
    stack.program(
        "def retry(args):\n"
        "    activate()\n"
        "    return True\n"
        "def activate():\n"
        "    from pulumi_bedrock.local import LocalBedrock\n"
        f"    local = LocalBedrock({local.endpoint_url!r})\n"
        "    found = [*local.deployments(), *local.custom_models()]\n"
        f"    (left,) = [each for each in found if each.get({subject.kind.status!r}) == 'Creating']\n"
        f"    local.set_status(left[{subject.kind.arn!r}], 'Active')\n"
        + subject.declared("support-bot", opts=Code(options))
    )

    run = stack.up()

    only = subject.only()
    assert stack.recorded == {only.arn}, run.text
    assert only.tags == {}
    assert subject.creates() == 1


@scenario(
    "The account has many deployments of others, and the stack is new",
    "`up` doesn't search for unfinished deployments: no earlier run can have left one.",
)
@both
def test_first_run_of_stack_reads_no_tags(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers
) -> None:
    for number in range(3):
        strangers(f"theirs-{number}")
    subject.declare(stack)
    local.clear_requests()

    stack.up()

    assert TAGS not in local.counts()


@scenario(
    "`import_` names a deployment that another resource of the stack manages",
    "`up` fails, and changes nothing.",
)
@both
def test_import_of_managed_one_fails(stack: ScenarioStack, subject: Subject) -> None:
    managed = subject.declared("managed", name="fixed")
    stack.program(managed)
    stack.up()
    (arn,) = stack.recorded
    options = Code(f"pulumi.ResourceOptions(import_={arn!r}, depends_on=[managed])")
    stack.program(f"managed = {managed}\n{subject.declared('importer', name='fixed', opts=options)}")

    failed = stack.up(fails=True)

    assert failed.error == (
        f"ImportMismatch: import_: another resource of this stack manages {arn}. Only one resource can manage a "
        f"{subject.kind.noun}. Nothing was changed."
    )
    assert stack.held == [arn]


@scenario(
    "AWS takes a second to list deployments, and twelve are created at once",
    "All are created at the same time, and their waits share each list.",
)
@pytest.mark.usefixtures("no_quotas")
def test_twelve_deployments_are_created_concurrently_and_share_slow_lists(
    stack: ScenarioStack, local: LocalBedrock, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an SDK changes the shape of its host: then four run at a time."""
    local.set_activation(manual=True)
    local.add_fault(operation="ListCustomModelDeployments", kind="delay", seconds=1)
    assert local._server is not None  # the one in this process
    started: set[str] = set()
    all_started = threading.Event()

    def count(entry: dict[str, Any]) -> None:
        if entry["operation"] == "CreateCustomModelDeployment" and not entry["error"]:
            started.add(entry["resource"])
            if len(started) == 12:
                all_started.set()

    monkeypatch.setattr(local._server.application.log, "on_record", count)
    stack.program(
        f"for number in range(12):\n    bedrock.CustomModelDeployment(f'bot-{{number:02}}', model_arn={model!r})\n"
    )
    running = stack.start("up", "--yes", "--skip-preview", "--parallel", "16")
    in_time = all_started.wait(HANGS)
    waiting = [found["status"] for found in local.deployments()]
    local.clear_requests()
    local.set_activation(seconds=0)  # also after a failure, so that the CLI ends
    run = running.finish()

    assert in_time, (
        f"only {len(waiting)} deployments wait at once: widen_thread_pool doesn't know this SDK's host\n{run.text}"
    )
    assert waiting == ["Creating"] * 12
    assert run.code == 0, run.text
    assert len(stack.resources()) == 12
    # One may have been under way, the next shows some as Active, and one more the last: not one list for each wait.
    assert local.counts()["ListCustomModelDeployments"] <= 5


@scenario(
    "AWS throttles the search for unfinished deployments until the create's timeout",
    "`up` shows the search in the deployment's row, fails within `custom_timeouts` create, and creates nothing. The "
    "next `up` creates it.",
)
def test_search_that_is_throttled_ends_with_timeout_of_create(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    strangers("bystander")
    stack.declare("first", model_arn=model)
    stack.up()
    throttled = local.add_fault(operation="ListCustomModelDeployments", error="ThrottlingException")
    short = Code("pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create='3s'))")
    second = deployment("second", model_arn=model, opts=short)
    stack.declare("first", model_arn=model, more=second)

    failed = stack.up(fails=True)

    assert re.match(
        r'WaitTimeout: deployment "second-[0-9a-f]{7}": the search for unfinished deployments of earlier runs did not '
        r"end within 3 s\. Nothing was created\. Run `pulumi up` again, with a longer custom_timeouts create\.",
        failed.error,
    ), failed.error
    assert f"{DEPLOYMENT} second creating" in failed.text
    assert len(local.deployments()) == 2
    local.clear_faults(throttled)
    stack.up()
    assert len(stack.recorded) == 2
