"""AWS's quotas: creates that it refuses wait for a slot in the order in which they came, or fail when nothing helps."""

from __future__ import annotations

import re

import pytest
from engine.stack import Code
from pulumi_bedrock.local import LocalBedrock
from scenarios.condition import eventually
from scenarios.invariant import MARK
from scenarios.outcomes import scenario
from scenarios.processes import alive
from scenarios.stacks import ScenarioStack
from scenarios.strangers import Strangers

pytestmark = pytest.mark.usefixtures("nothing_lost")

CREATE, LIST = "CreateCustomModelDeployment", "ListCustomModelDeployments"
PARALLEL = ("up", "--yes", "--skip-preview", "--parallel", "32")


def several(stack: ScenarioStack, number: int, model: str, options: str = "") -> None:
    """Declare so many deployments."""
    stack.program(
        f"for number in range({number}):\n"
        f"    options = pulumi.ResourceOptions({options})\n"
        f"    bedrock.CustomModelDeployment(f'bot-{{number:02}}', model_arn={model!r}, opts=options)\n"
    )


def statuses(local: LocalBedrock) -> dict[str, str]:
    """The statuses of all deployments, by ARN."""
    return {item["customModelDeploymentArn"]: item["status"] for item in local.deployments()}


def answers(local: LocalBedrock) -> tuple[int, int]:
    """How many creates AWS accepted, and how many it refused."""
    all_ = [entry["status"] for entry in local.requests() if entry["operation"] == CREATE]
    return all_.count(202), len(all_) - all_.count(202)


@scenario(
    "A program has more new deployments than AWS allows in progress",
    "Those that AWS refuses wait for a slot, in the order in which they came, and `up` succeeds. Each row shows how "
    "many come first. One create asks for all that wait: AWS refuses at most two for each that it accepts.",
)
@pytest.mark.parametrize(("number", "quota"), [(3, 1), (3, 2), (5, 2), (20, 2)])
def test_creates_beyond_quota_wait_for_their_slot(
    stack: ScenarioStack, local: LocalBedrock, model: str, number: int, quota: int
) -> None:
    local.set_quota_in_progress(quota)
    local.set_quota(number)
    local.set_activation(manual=True)
    several(stack, number, model)
    running = stack.start(*PARALLEL)
    last = number - quota - 1
    running.says(
        f"waiting for a slot (AWS allows {quota} at a time{f', {last} before this one' if last else ''}): bot-"
    )
    lists_before = local.counts()[LIST]
    local.set_activation(seconds=1)

    run = running.finish()

    assert run.code == 0, run.text
    assert statuses(local) == dict.fromkeys(stack.recorded, "Active")
    accepted, refused = answers(local)
    assert accepted == number == len(stack.recorded)
    assert refused <= 2 * number
    # A wait of a second has three lists by itself, however many wait with it.
    assert local.counts()[LIST] - lists_before <= 6 * number


@scenario(
    "Others' deployments take all slots, and a create timeout is shorter than the queue of this run",
    "The create waits for their slot, and says that AWS allows two at a time. Only the wait for others counts against "
    "the timeout, not the time in which a deployment of this run is in progress.",
)
def test_queue_waits_for_others_and_does_not_use_up_timeout(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    local.set_activation(manual=True)
    theirs = [strangers(name) for name in ("theirs", "theirs-too")]
    local.set_status(theirs[1], "Creating")  # for ever
    strangers.changed(theirs[1])
    # Three follow each other, each for 3 s: more than the timeout.
    several(stack, 3, model, "custom_timeouts=pulumi.CustomTimeouts(create='8s')")
    running = stack.start()
    running.says("waiting for a slot (AWS allows 2 at a time, 2 before this one): bot-")
    assert answers(local)[0] == 2  # theirs
    local.set_activation(seconds=3)
    local.set_status(theirs[0], "Active")
    strangers.changed(theirs[0])

    run = running.finish()

    assert run.code == 0, run.text
    assert statuses(local) == {theirs[0]: "Active", theirs[1]: "Creating", **dict.fromkeys(stack.recorded, "Active")}
    assert len(stack.recorded) == 3


@scenario(
    "Others' deployments take all slots until the end of the create timeout",
    "`up` fails, names AWS's quota, and creates nothing. The next `up` creates the deployment.",
)
def test_wait_for_others_ends_with_timeout(
    stack: ScenarioStack, local: LocalBedrock, model: str, strangers: Strangers
) -> None:
    local.set_quota_in_progress(1)
    local.set_activation(manual=True)
    theirs = strangers("theirs")
    several(stack, 2, model, "custom_timeouts=pulumi.CustomTimeouts(create='3s')")

    errors = stack.up(fails=True).errors

    assert len(errors) == 2
    assert all(
        re.match(r'WaitTimeout: deployment "bot-0\d-\w{7}": no slot was free within 3 s: other deployments of ', error)
        and '"(Model customization) In-progress custom model deployments" (L-430C95DD). Nothing was created.' in error
        for error in errors
    ), errors
    assert list(statuses(local)) == [theirs]
    local.set_activation(seconds=0)
    local.set_status(theirs, "Active")
    strangers.changed(theirs)
    stack.up()
    assert statuses(local) == {theirs: "Active", **dict.fromkeys(stack.recorded, "Active")}


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
def test_replacement_at_full_total_fails_and_works_with_delete_before_replace(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, strangers: Strangers
) -> None:
    theirs = [strangers(name) for name in ("theirs", "theirs-too")]
    local.set_quota(3)
    stack.declare(model_arn=model)
    stack.up()
    (old,) = stack.recorded
    local.clear_requests()

    stack.declare(model_arn=other_model)
    error = stack.up(fails=True).error

    assert re.match(r'ServiceQuotaExceeded: deployment "support-bot-\w{7}": AWS said: You have exceeded ', error)
    assert "There are 3 custom model deployments in us-east-1, and none is being created. So the quota " in error
    total = '"(Model customization) Total number of custom model deployments" (L-1EF80F3E) is full, and not '
    in_progress = '"(Model customization) In-progress custom model deployments" (L-430C95DD). Nothing was created.'
    assert total + in_progress in error
    assert "Delete a deployment that isn't needed, or raise the quota in the Service Quotas console" in error
    assert "works with delete_before_replace=True in the options: then nothing serves until" in error
    assert answers(local) == (0, 3)
    assert local.counts()[LIST] <= 20
    assert statuses(local) == dict.fromkeys([*theirs, old], "Active")
    assert stack.recorded == {old}

    stack.declare(model_arn=other_model, opts=Code("pulumi.ResourceOptions(delete_before_replace=True)"))
    stack.up()

    (new,) = stack.recorded
    assert new != old
    assert statuses(local) == dict.fromkeys([*theirs, new], "Active")


@scenario(
    "Several replacements that delete first, with `--parallel` as the number that AWS allows in progress",
    "Each deployment serves until a slot is free for its replacement. With a larger `--parallel`, all are deleted at "
    "once, and those in the queue don't serve until their turn.",
)
@pytest.mark.parametrize(("parallel", "serve"), [(2, 1), (8, 0)])
def test_parallel_limits_outages_of_replacements_that_delete_first(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, parallel: int, serve: int
) -> None:
    several(stack, 3, model, "delete_before_replace=True")
    stack.up()
    local.set_activation(manual=True)
    several(stack, 3, other_model, "delete_before_replace=True")
    running = stack.start("up", "--yes", "--skip-preview", "--parallel", str(parallel))
    eventually(lambda: list(statuses(local).values()).count("Creating") == 2, "two creates")
    if not serve:
        running.says("waiting for a slot")
    assert list(statuses(local).values()).count("Active") == serve
    local.set_activation(seconds=0)

    run = running.finish()

    assert run.code == 0, run.text
    assert statuses(local) == dict.fromkeys(stack.recorded, "Active")
    assert {item["modelArn"] for item in local.deployments()} == {other_model}


@scenario(
    "The Pulumi CLI is killed (`kill -9`) while creates wait for a slot",
    "Of those that waited, nothing exists. After `pulumi cancel`, the next `up` resumes those that were in progress, "
    "and creates the others.",
)
def test_killed_cli_leaves_nothing_of_creates_in_queue(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.set_activation(manual=True)
    several(stack, 5, model)
    running = stack.start(*PARALLEL)
    running.says("waiting for a slot (AWS allows 2 at a time, 2 before this one): bot-")
    first = list(statuses(local))
    assert len(first) == 2
    host = running.kill()
    eventually(lambda: not alive(host), "the end of the host")
    local.set_activation(seconds=0)
    assert [MARK in item["tags"] for item in local.deployments()] == [True, True]
    assert list(statuses(local)) == first

    stack.pulumi("cancel", "--yes")
    run = stack.up()

    assert run.text.count("resuming the create that an earlier run started") >= 2
    assert answers(local)[0] == 5
    assert set(first) < stack.recorded
    assert statuses(local) == dict.fromkeys(stack.recorded, "Active")
    assert not any(MARK in item["tags"] for item in local.deployments())


@scenario(
    "Ctrl-C, once, while creates wait for a slot",
    "The engine waits until all of them are done and records them. Nothing needs repair.",
)
def test_one_ctrl_c_finishes_creates_in_queue(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.set_quota_in_progress(1)
    local.set_activation(manual=True)
    several(stack, 3, model)
    running = stack.start(*PARALLEL)
    running.says("waiting for a slot (AWS allows 1 at a time, 1 before this one): bot-")
    running.interrupt()
    running.says("^C received")
    local.set_activation(seconds=0)

    assert running.finish().code != 0

    assert len(stack.recorded) == 3
    assert statuses(local) == dict.fromkeys(stack.recorded, "Active")


@scenario(
    "One of the creates in progress fails, and an `ErrorHook` of Pulumi repeats it",
    "The next of the queue takes its slot. The repeated create goes to the end of the queue.",
)
def test_failed_create_gives_its_place_on(stack: ScenarioStack, local: LocalBedrock, model: str) -> None:
    local.set_quota_in_progress(1)
    local.set_activation(seconds=1)
    local.add_fault(kind="activation", operation=CREATE, message="No capacity.", count=1)
    stack.program(
        "again = pulumi.ErrorHook('again', lambda args: len(args.errors) <= 1)\n"
        "options = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[again]))\n"
        "for number in range(3):\n"
        f"    bedrock.CustomModelDeployment(f'bot-{{number:02}}', model_arn={model!r}, opts=options)\n"
    )

    stack.pulumi(*PARALLEL)

    assert len(stack.recorded) == 3
    assert answers(local)[0] == 4
    assert statuses(local) == dict.fromkeys(stack.recorded, "Active")
