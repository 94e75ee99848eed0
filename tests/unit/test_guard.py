"""Which delete of a run may go through, for the orders in which the engine shows the state."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from arns import ARN, OTHER_ARN
from pulumi_bedrock import errors
from pulumi_bedrock.lifecycle.guard import Guard, Verdict

DELETE, CREATED, HELD, CREATE_FAILED = Verdict.DELETE, Verdict.CREATED, Verdict.HELD, Verdict.CREATE_FAILED
Step = Callable[[Guard], Any]


def props(name: str | None, parent: str = "") -> dict[str, Any]:
    """A resource's properties, as far as the guard reads them."""
    return {} if name is None else {"owner": {"logicalName": name, "parent": parent}}


# The calls of the engine, each about a resource by its logical name


def keeps(name: str | None, arn: str = ARN, parent: str = "") -> Step:
    def check_and_diff(guard: Guard) -> None:
        guard.checked(props(name, parent), will_create=False)
        guard.shown(arn, props(name, parent), keeps=True)

    return check_and_diff


def replaces(name: str | None, arn: str = ARN) -> Step:
    def check_and_diff(guard: Guard) -> None:
        guard.checked(props(name), will_create=False)
        guard.shown(arn, props(name), keeps=False)

    return check_and_diff


def refreshes(name: str | None, arn: str = ARN, *, drifted: bool = False) -> Step:
    """A refresh calls `diff` with what the state holds, before any check."""
    return lambda guard: guard.shown(arn, props(name), keeps=not drifted)


def will_create(name: str | None) -> Step:
    return lambda guard: guard.checked(props(name), will_create=True)


def creates(name: str | None, arn: str = OTHER_ARN) -> Step:
    def create(guard: Guard) -> None:
        with guard.creating(props(name)):
            guard.created(arn)

    return create


def fails(name: str | None, error: type[BaseException] = errors.ServiceQuotaExceeded) -> Step:
    def create(guard: Guard) -> None:
        with suppress(error), guard.creating(props(name)):
            raise error("No.")

    return create


def verdict(steps: list[Step], name: str | None = "bot", arn: str = ARN) -> Verdict:
    guard = Guard()
    for step in steps:
        step(guard)
    return guard.judge(arn, props(name))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([], DELETE, id="nothing was shown: the resource is gone from the program"),
        pytest.param([keeps("bot")], HELD, id="the resource keeps it: a twin pends to be deleted"),
        pytest.param([keeps("other")], HELD, id="another resource keeps it"),
        pytest.param([keeps("other", OTHER_ARN)], DELETE, id="another resource keeps another one"),
        pytest.param([keeps("bot", parent="a:b:C")], HELD, id="a like-named child of a component keeps it"),
        # Replacements
        pytest.param([replaces("bot"), will_create("bot"), creates("bot")], DELETE, id="replaced"),
        pytest.param([replaces("bot")], DELETE, id="deleted first, before the create"),
        pytest.param([replaces("bot"), will_create("bot"), fails("bot")], CREATE_FAILED, id="replacement failed"),
        pytest.param(
            [replaces("bot"), fails("bot"), creates("bot")], DELETE, id="replacement failed, and a retry succeeded"
        ),
        pytest.param([replaces("bot"), creates("bot"), fails("bot")], CREATE_FAILED, id="the newest create failed"),
        pytest.param([replaces("bot"), fails("bot"), fails("bot")], CREATE_FAILED, id="a retry failed too"),
        pytest.param([replaces("bot"), fails("bot", KeyboardInterrupt)], CREATE_FAILED, id="the create was cut off"),
        pytest.param([replaces("bot"), fails("other")], DELETE, id="another resource's create failed"),
        # `--target-replace` and taint call no `diff`
        pytest.param([will_create("bot"), creates("bot")], DELETE, id="forced"),
        pytest.param([will_create("bot"), creates("bot", ARN)], CREATED, id="forced, and it was resumed"),
        pytest.param([will_create("bot"), fails("bot")], CREATE_FAILED, id="forced, and the create failed"),
        pytest.param([keeps("bot"), will_create("bot"), creates("bot")], DELETE, id="--replace after a diff"),
        pytest.param([keeps("bot"), will_create("bot"), fails("bot")], CREATE_FAILED, id="--replace that failed"),
        pytest.param(
            [keeps("bot"), will_create("bot"), creates("bot", ARN)], CREATED, id="--replace, and it was resumed"
        ),
        pytest.param([keeps("bot"), will_create("other")], HELD, id="another resource will be created"),
        pytest.param([keeps("other"), will_create("bot"), creates("bot")], HELD, id="forced, and another keeps it"),
        # A delete-first dependent: its diff has unknowns first, and is repeated with the values
        pytest.param([replaces("bot"), keeps("bot")], HELD, id="may be replaced, then it stays"),
        pytest.param([keeps("bot"), replaces("bot"), will_create("bot")], DELETE, id="stays, then it is replaced"),
        # A refresh comes before any check of the program
        pytest.param([refreshes("bot")], DELETE, id="destroy --refresh"),
        pytest.param([refreshes("bot"), keeps("bot")], HELD, id="up --refresh, stays"),
        pytest.param([refreshes("bot"), keeps("new")], HELD, id="up --refresh with an alias, stays"),
        pytest.param(
            [refreshes("bot"), replaces("new"), will_create("new"), fails("new")],
            CREATE_FAILED,
            id="up --refresh with an alias, create failed",
        ),
        pytest.param(
            [refreshes("bot", drifted=True), fails("bot")], CREATE_FAILED, id="up --refresh, forced, create failed"
        ),
        pytest.param(
            [refreshes("bot", drifted=True), fails("new")], DELETE, id="up --refresh, removed, another create failed"
        ),
        # An import, under another name
        pytest.param([will_create("new"), creates("new", ARN)], CREATED, id="renamed by import_"),
        pytest.param([will_create("new"), fails("new")], DELETE, id="renamed without an alias, and the create failed"),
        pytest.param([keeps("new")], HELD, id="renamed by import_ in an earlier run"),
        # An alias: the state holds the old name, and the program the new one
        pytest.param([replaces("new"), will_create("new"), creates("new")], DELETE, id="alias, replaced"),
        pytest.param([replaces("new"), will_create("new"), fails("new")], CREATE_FAILED, id="alias, create failed"),
        pytest.param([keeps("new")], HELD, id="alias, stays"),
        pytest.param(
            [keeps("new"), will_create("new"), fails("new")],
            DELETE,
            id="alias, forced, and the create failed: nothing tells",
        ),
    ],
)
def test_verdict_follows_from_what_the_run_has_seen(steps: list[Step], expected: Verdict) -> None:
    assert verdict(steps) is expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([fails(None)], DELETE, id="a create without an owner failed"),
        pytest.param([fails("bot")], DELETE, id="another resource's create failed"),
        pytest.param([keeps("bot")], HELD, id="another resource keeps it"),
        pytest.param([keeps(None)], HELD, id="it is kept"),
        pytest.param([replaces("bot"), fails("bot")], CREATE_FAILED, id="the program's resource has an owner now"),
    ],
)
def test_state_without_an_owner_is_judged_by_its_arn(steps: list[Step], expected: Verdict) -> None:
    """A state of an early version."""
    assert verdict(steps, name=None) is expected


def test_two_deletes_of_one_replacement_are_judged_apart() -> None:
    """A twin: the state also holds one that pends to be deleted since an earlier run."""
    steps = [replaces("bot"), will_create("bot"), creates("bot", OTHER_ARN)]

    assert verdict(steps, arn=ARN) is DELETE
    assert verdict(steps, arn=OTHER_ARN) is CREATED


@pytest.mark.parametrize("second", [keeps("other"), keeps("bot", parent="a:b:C")], ids=["name", "parents"])
def test_second_holder_of_a_deployment_is_refused(second: Step) -> None:
    guard = Guard()
    keeps("bot")(guard)
    keeps("bot")(guard)  # the same resource again

    with pytest.raises(errors.ImportMismatch) as failure:
        second(guard)

    assert str(failure.value) == (
        f"two resources of this stack manage {ARN}, and only one can. Remove one of them from the program, which "
        "deletes nothing, since the other one keeps it."
    )
    assert guard.judge(ARN, props("other")) is HELD, "as the message says"


@pytest.mark.parametrize("steps", [[replaces("other"), keeps("bot")], [keeps("bot"), replaces("other")]])
def test_second_holder_is_refused_also_when_one_of_both_is_replaced(steps: list[Step]) -> None:
    """Its old deployment could be deleted before the other one's `diff` is shown."""
    guard = Guard()
    steps[0](guard)

    with pytest.raises(errors.ImportMismatch):
        steps[1](guard)


def test_deployment_that_was_shown_is_recorded() -> None:
    guard = Guard()
    keeps("bot", ARN)(guard)
    replaces("other", OTHER_ARN)(guard)
    refreshes("third", "a third ARN")(guard)

    assert guard.recorded == {ARN, OTHER_ARN, "a third ARN"}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], False),
        ([keeps("bot")], False),
        ([replaces("other")], False),
        ([refreshes("bot", drifted=True)], False),
        ([replaces("bot")], True),
        ([replaces("bot"), will_create("bot")], True),
    ],
)
def test_create_is_known_to_replace_after_a_diff_alone(steps: list[Step], expected: bool) -> None:
    guard = Guard()
    for step in steps:
        step(guard)

    assert guard.is_replacing(props("bot")) is expected


@pytest.mark.parametrize(
    ("steps", "declared"),
    [
        ([], False),
        ([keeps("other", OTHER_ARN)], False),
        ([refreshes("bot")], False),
        ([will_create("bot")], True),
        ([keeps("bot")], True),
        ([replaces("bot")], True),
    ],
)
def test_diff_tells_whether_the_program_declares_the_resource(steps: list[Step], declared: bool) -> None:
    guard = Guard()
    for step in steps:
        step(guard)

    assert guard.shown(ARN, props("bot"), keeps=True) is declared


def test_failed_create_raises_its_error() -> None:
    with pytest.raises(errors.NameTaken, match="No"), Guard().creating(props("bot")):
        raise errors.NameTaken("No.")
