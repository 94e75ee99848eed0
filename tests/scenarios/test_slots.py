"""AWS's quotas: creates that it refuses wait for a slot in the order in which they came, or fail when nothing helps."""

from __future__ import annotations

import re

import pytest
from engine.stack import Code
from pulumi_bedrock.aws.slot_wait import QUOTAS
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers
from scenarios.subject import Subject, both, both_with

pytestmark = pytest.mark.usefixtures("nothing_lost")

PARALLEL = ("up", "--yes", "--skip-preview", "--parallel", "32")


def several(stack: ScenarioStack, number: int, subject: Subject, options: str = "", *, other: bool = False) -> None:
    """Declare so many."""
    opts = Code(f"pulumi.ResourceOptions({options})")
    declared = subject.declared(Code("f'bot-{number:02}'"), other=other, opts=opts)
    stack.program(f"for number in range({number}):\n    {declared}\n")


def answers(subject: Subject) -> tuple[int, int]:
    """How many creates AWS accepted, and how many it refused."""
    all_ = [entry["status"] for entry in subject.local.requests() if entry["operation"] == subject.kind.create]
    return all_.count(202), len(all_) - all_.count(202)


@scenario(
    "A program has more new deployments than AWS allows in progress",
    "Those that AWS refuses wait for a slot, in the order in which they came, and `up` succeeds. Each row shows how "
    "many come first. One create asks for all that wait: AWS refuses at most two for each that it accepts.",
)
@both_with("number, quota", [(3, 1), (3, 2), (5, 2), (20, 2)], models=[(3, 1)])
def test_creates_beyond_quota_wait_for_their_slot(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, number: int, quota: int
) -> None:
    subject.set_quota_in_progress(quota)
    local.set_quota(number)
    subject.set_creation(manual=True)
    several(stack, number, subject)
    running = stack.start(*PARALLEL)
    last = number - quota - 1
    running.says(
        f"waiting for a slot (AWS allows {quota} at a time{f', {last} before this one' if last else ''}): bot-"
    )
    lists_before = local.counts()[subject.kind.list]
    subject.set_creation(seconds=1)

    run = running.finish()

    assert run.code == 0, run.text
    assert subject.statuses() == dict.fromkeys(stack.recorded, "Active")
    accepted, refused = answers(subject)
    assert accepted == number == len(stack.recorded)
    assert refused <= 2 * number
    # A wait of a second has three lists by itself, however many wait with it.
    assert local.counts()[subject.kind.list] - lists_before <= 6 * number


@scenario(
    "Others' deployments take all slots, and a create timeout is shorter than the queue of this run",
    "The create waits for their slot, and says that AWS allows two at a time. Only the wait for others counts against "
    "the timeout, not the time in which a deployment of this run is in progress.",
)
def test_queue_waits_for_others_and_does_not_use_up_timeout(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers
) -> None:
    subject.set_creation(manual=True)
    theirs = [strangers(name) for name in ("theirs", "theirs-too")]
    local.set_status(theirs[1], "Creating")  # for ever
    strangers.changed(theirs[1])
    # Three follow each other, each for 6 s: more than the timeout.
    several(stack, 3, subject, "custom_timeouts=pulumi.CustomTimeouts(create='15s')")
    running = stack.start()
    running.says("waiting for a slot (AWS allows 2 at a time, 2 before this one): bot-")
    assert answers(subject)[0] == 2  # theirs
    subject.set_creation(seconds=6)
    local.set_status(theirs[0], "Active")
    strangers.changed(theirs[0])

    run = running.finish()

    assert run.code == 0, run.text
    assert subject.statuses() == {theirs[0]: "Active", theirs[1]: "Creating", **dict.fromkeys(stack.recorded, "Active")}
    assert len(stack.recorded) == 3


@scenario(
    "Others' deployments take all slots until the end of the create timeout",
    "`up` fails, names AWS's quota, and creates nothing. The next `up` creates the deployment.",
)
@both
def test_wait_for_others_ends_with_timeout(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers
) -> None:
    subject.set_quota_in_progress(1)
    subject.set_creation(manual=True)
    theirs = strangers("theirs")
    several(stack, 2, subject, "custom_timeouts=pulumi.CustomTimeouts(create='3s')")

    errors = stack.up(fails=True).errors

    noun = subject.kind.noun
    assert len(errors) == 2
    assert all(
        re.match(rf'WaitTimeout: {noun} "bot-0\d-\w{{7}}": no slot was free within 3 s: other {noun}s of ', error)
        and f"{QUOTAS[subject.kind].in_progress}. Nothing was created." in error
        for error in errors
    ), errors
    assert subject.arns() == {theirs}
    subject.set_creation(seconds=0)
    local.set_status(theirs, "Active")
    strangers.changed(theirs)
    stack.up()
    assert subject.statuses() == {theirs: "Active", **dict.fromkeys(stack.recorded, "Active")}


@scenario(
    "The account has as many deployments as AWS allows in all, and none is being created or deleted",
    "`up` fails within seconds and creates nothing. The error says that it is the total that is full, counts the "
    "deployments, names both quotas and what helps.",
)
@scenario(
    "A replacement, when the account has as many deployments as AWS allows in all",
    "`up` fails, and the old deployment still serves. With `delete_before_replace=True` the replacement works, and "
    "nothing serves until the new deployment is `Active`.",
)
@both
def test_replacement_at_full_total_fails_and_works_with_delete_before_replace(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, strangers: Strangers
) -> None:
    theirs = [strangers(name) for name in ("theirs", "theirs-too")]
    subject.declare(stack)
    stack.up()
    (old,) = stack.recorded
    total = subject.total()
    subject.set_quota(total)
    local.clear_requests()

    subject.declare(stack, other=True)
    error = stack.up(fails=True).error

    noun, quotas = subject.kind.noun, QUOTAS[subject.kind]
    assert re.match(rf'ServiceQuotaExceeded: {noun} "support-bot-\w{{7}}": AWS said: You have exceeded ', error)
    assert f"There are {total} {quotas.counted} in us-east-1, and none is being created. So the quota " in error
    assert f"{quotas.total} is full, and not {quotas.in_progress}. Nothing was created." in error
    assert f"Delete a {noun} that isn't needed, or raise the quota in the Service Quotas console" in error
    assert f"works with delete_before_replace=True in the options: then {quotas.gap}." in error
    assert answers(subject) == (0, 3)
    assert local.counts()[subject.kind.list] <= 20
    assert subject.statuses() == dict.fromkeys([*theirs, old], "Active")
    assert stack.recorded == {old}

    subject.declare(stack, other=True, opts=Code("pulumi.ResourceOptions(delete_before_replace=True)"))
    stack.up()

    (new,) = stack.recorded
    assert new != old
    assert subject.statuses() == dict.fromkeys([*theirs, new], "Active")


@scenario(
    "Several replacements that delete first, with `--parallel` as the number that AWS allows in progress",
    "Each deployment serves until a slot is free for its replacement. With a larger `--parallel`, all are deleted at "
    "once, and those in the queue don't serve until their turn.",
)
@pytest.mark.parametrize(("parallel", "serve"), [(2, 1), (8, 0)])
def test_parallel_limits_outages_of_replacements_that_delete_first(
    stack: ScenarioStack, subject: Subject, parallel: int, serve: int
) -> None:
    several(stack, 3, subject, "delete_before_replace=True")
    stack.up()
    subject.set_creation(manual=True)
    several(stack, 3, subject, "delete_before_replace=True", other=True)
    running = stack.start("up", "--yes", "--skip-preview", "--parallel", str(parallel))
    eventually(lambda: list(subject.statuses().values()).count("Creating") == 2, "two creates")
    if not serve:
        running.says("waiting for a slot")
    assert list(subject.statuses().values()).count("Active") == serve
    subject.set_creation(seconds=0)

    run = running.finish()

    assert run.code == 0, run.text
    assert subject.statuses() == dict.fromkeys(stack.recorded, "Active")
    assert all(subject.is_of(each, other=True) for each in subject.live())


@scenario(
    "The Pulumi CLI is killed (`kill -9`) while creates wait for a slot",
    "Of those that waited, nothing exists. After `pulumi cancel`, the next `up` resumes those that were in progress, "
    "and creates the others.",
)
def test_killed_cli_leaves_nothing_of_creates_in_queue(stack: ScenarioStack, subject: Subject) -> None:
    subject.set_creation(manual=True)
    several(stack, 5, subject)
    running = stack.start(*PARALLEL)
    running.says("waiting for a slot (AWS allows 2 at a time, 2 before this one): bot-")
    first = list(subject.statuses())
    assert len(first) == 2
    host = running.kill()
    eventually(lambda: not alive(host), "the end of the host")
    subject.set_creation(seconds=0)
    assert [each.is_marked for each in subject.live()] == [True, True]
    assert list(subject.statuses()) == first

    stack.pulumi("cancel", "--yes")
    run = stack.up()

    assert run.text.count("resuming the create that an earlier run started") >= 2
    assert answers(subject)[0] == 5
    assert set(first) < stack.recorded
    assert subject.statuses() == dict.fromkeys(stack.recorded, "Active")
    assert not any(each.is_marked for each in subject.live())


@scenario(
    "Ctrl-C, once, while creates wait for a slot",
    "The engine waits until all of them are done and records them. Nothing needs repair.",
)
def test_one_ctrl_c_finishes_creates_in_queue(stack: ScenarioStack, subject: Subject) -> None:
    subject.set_quota_in_progress(1)
    subject.set_creation(manual=True)
    several(stack, 3, subject)
    running = stack.start(*PARALLEL)
    running.says("waiting for a slot (AWS allows 1 at a time, 1 before this one): bot-")
    running.interrupt()
    running.says("^C received")
    subject.set_creation(seconds=0)

    assert running.finish().code != 0

    assert len(stack.recorded) == 3
    assert subject.statuses() == dict.fromkeys(stack.recorded, "Active")


@scenario(
    "One of the creates in progress fails, and an `ErrorHook` of Pulumi repeats it",
    "The next of the queue takes its slot. The repeated create goes to the end of the queue.",
)
def test_failed_create_gives_its_place_on(stack: ScenarioStack, subject: Subject, model: str) -> None:
    subject.set_quota_in_progress(1)
    subject.set_creation(seconds=1)
    subject.fail_next_create()
    stack.program(
        "again = pulumi.ErrorHook('again', lambda args: len(args.errors) <= 1)\n"
        "options = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[again]))\n"
        "for number in range(3):\n"
        f"    bedrock.CustomModelDeployment(f'bot-{{number:02}}', model_arn={model!r}, opts=options)\n"
    )

    stack.pulumi(*PARALLEL)

    assert len(stack.recorded) == 3
    assert answers(subject)[0] == 4
    assert subject.statuses() == dict.fromkeys(stack.recorded, "Active")
