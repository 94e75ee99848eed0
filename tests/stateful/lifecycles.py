"""The lifecycles of a deployment, for kills at every point: each brings a stack to where the run begins that is killed.

The program is then as that run finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stateful.stacks import StackInAccount
from stateful.weather import CLEAR, CREATE, Weather

__all__ = ["LIFECYCLES", "Lifecycle"]

NO_TAGGING = tuple({"operation": name, "error": "AccessDeniedException"} for name in ("TagResource", "UntagResource"))
"""IAM denies the calls that add and remove the mark, though a create may have tags."""

NO_MARK = (
    {"operation": CREATE, "error": "AccessDeniedException", "count": 1},
    {"operation": "TagResource", "error": "AccessDeniedException"},
)
"""IAM denies the mark of a create."""


@dataclass(frozen=True)
class Lifecycle:
    """A run that is killed, and the run that follows.

    :param prepare: Brings the stack to where the run begins.
    :param options: Those of the `up` that is killed.
    :param weather: That of the `up` that is killed.
    :param later: The options of the next `up`.
    :param refreshes: Whether the next `up` is one with `--refresh`.
    :param may_stay: What must be true of a deployment that both leave in the account: `marked`, so that
        `pulumi-bedrock-orphans` finds it, or `named` on the screen. By default they leave none.
    """

    prepare: Callable[[StackInAccount], None]
    options: dict[str, Any] = field(default_factory=dict)
    weather: Weather = CLEAR
    later: dict[str, Any] = field(default_factory=dict)
    may_stay: str = ""
    refreshes: bool = False

    def leaves(self, *, named: bool, marked: bool) -> bool:
        """Whether it may leave a deployment of which this is true."""
        true = {"named": named, "marked": marked}
        return bool(self.may_stay) and all(true[what] for what in self.may_stay.split(" and "))


def _declare(stack: StackInAccount, name: str = "bot", **given: Any) -> None:
    stack.program = {**stack.program, name: {"modelArn": stack.models[0], **given}}


def _change(stack: StackInAccount, **given: Any) -> None:
    stack.program = {"bot": {**stack.program["bot"], **given}}


def _create(**given: Any) -> Callable[[StackInAccount], None]:
    return lambda stack: _declare(stack, **given)


def _created(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """A deployment is in the state, and then the program changes."""

    def prepare(stack: StackInAccount) -> None:
        _declare(stack, **(given or {}))
        assert stack.up()
        _change(stack, **changed)

    return prepare


def _mark_restored(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """Somebody has restored the tags that a deployment had when it was created."""

    def prepare(stack: StackInAccount) -> None:
        _created(given=given, **changed)(stack)
        stack.put_mark_back("bot")

    return prepare


def _mark_restored_and_removed(stack: StackInAccount) -> None:
    _mark_restored()(stack)
    stack.program = {}


def _swapped(stack: StackInAccount) -> None:
    _created(given={"updateInPlace": True, "tags": {"team": "a"}}, tags={"stage": "dev"})(stack)
    _change(stack, modelArn=stack.models[1])


def _left(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """A create was killed while AWS was at work, and then the program changes."""

    def prepare(stack: StackInAccount) -> None:
        _declare(stack, **(given or {}))
        stack.up(Weather(slow=True, killed_after=0.1))
        assert len(stack.live()) == 1 and not stack.engine.recorded
        stack.activate()
        _change(stack, **changed)

    return prepare


def _two_left(stack: StackInAccount) -> None:
    """Two creates were killed with other inputs each, and the program asks for the first one again."""
    _left(description="Answers mails")(stack)
    stack.up(Weather(slow=True, killed_after=0.1))
    stack.activate()
    _change(stack, description=None)
    assert len(stack.live()) == 2 and not stack.engine.recorded


def _left_by_forced(stack: StackInAccount) -> None:
    """A forced replacement was killed while AWS was at work."""
    _created()(stack)
    stack.up(Weather(slow=True, killed_after=0.1), force="bot")
    assert len(stack.live()) == 2 and len(stack.engine.recorded) == 1
    stack.activate()


def _removed(stack: StackInAccount) -> None:
    _created()(stack)
    stack.program = {}


def _one_of_two_removed(stack: StackInAccount) -> None:
    _declare(stack, "sales")
    _declare(stack)
    assert stack.up()
    stack.program = {"bot": stack.program["bot"]}


def _two(stack: StackInAccount) -> None:
    _declare(stack, "sales", modelDeploymentName="fixed-two")
    _declare(stack)


def _two_changed(stack: StackInAccount) -> None:
    _two(stack)
    assert stack.up()
    stack.program = {name: {**given, "description": "Answers mails"} for name, given in stack.program.items()}


def _stranger(stack: StackInAccount) -> None:
    arn = stack.stranger("theirs", stack.models[0])
    _declare(stack, importId=arn, modelDeploymentName="theirs")


def _adopted_unfinished(stack: StackInAccount) -> None:
    _left()(stack)
    [arn] = stack.live()
    _change(stack, importId=arn)


def _renamed_by_import(stack: StackInAccount) -> None:
    _created()(stack)
    [arn] = stack.live()
    stack.program = {}
    _declare(stack, "sales", importId=arn)


FORCE: dict[str, Any] = {"force": "bot"}
DELETE_FIRST: dict[str, Any] = {"delete_first": True}
NAMED = {"modelDeploymentName": "fixed-one"}
TOKEN = {"clientRequestToken": "token-1"}
DENIED = Weather(faults=NO_TAGGING)
UNMARKED = Weather(faults=NO_MARK)
FAILING = Weather(faults=({"operation": CREATE, "kind": "activation", "outcome": "fail", "count": 1},))

LIFECYCLES = {
    "create": Lifecycle(_create(tags={"team": "a"})),
    "create-named": Lifecycle(_create(**NAMED)),
    "create-with-token": Lifecycle(_create(**NAMED, **TOKEN)),
    "create-with-token-and-automatic-name": Lifecycle(_create(**TOKEN)),
    "create-that-fails": Lifecycle(_create(), weather=FAILING),
    "create-whose-mark-stays": Lifecycle(_create(), weather=DENIED),
    "create-without-mark": Lifecycle(_create(), weather=UNMARKED, may_stay="named"),
    "two-creates": Lifecycle(_two),
    "resume": Lifecycle(_left()),
    "resume-named": Lifecycle(_left(NAMED)),
    "resume-with-token": Lifecycle(_left({**NAMED, **TOKEN})),
    "resume-changed": Lifecycle(_left(description="Answers mails")),
    "resume-changed-named": Lifecycle(_left(NAMED, description="Answers mails")),
    "resume-renamed": Lifecycle(_left(NAMED, modelDeploymentName="fixed-two"), may_stay="marked"),
    "resume-now-automatic": Lifecycle(_left(NAMED, modelDeploymentName=None), may_stay="marked"),
    "resume-and-obsolete": Lifecycle(_two_left),
    "resume-of-forced": Lifecycle(_left_by_forced, options=FORCE, later=FORCE),
    "replace": Lifecycle(_created(description="Answers mails")),
    "replace-named": Lifecycle(_created(given=NAMED, description="Answers mails")),
    "replace-renamed": Lifecycle(_created(given=NAMED, modelDeploymentName="fixed-two")),
    "replace-with-new-token": Lifecycle(_created(given=TOKEN, clientRequestToken="token-2")),
    "replace-delete-first": Lifecycle(_created(description="Answers mails"), options=DELETE_FIRST, later=DELETE_FIRST),
    "replace-two": Lifecycle(_two_changed),
    "forced": Lifecycle(_created(), options=FORCE, may_stay="named and marked"),
    "forced-twice": Lifecycle(_created(), options=FORCE, later=FORCE),
    "forced-and-changed": Lifecycle(_created(description="Answers mails"), options=FORCE),
    "forced-delete-first": Lifecycle(_created(), options={**FORCE, **DELETE_FIRST}, later=DELETE_FIRST, refreshes=True),
    "forced-delete-first-named": Lifecycle(
        _created(given=NAMED), options={**FORCE, **DELETE_FIRST}, later=DELETE_FIRST, refreshes=True
    ),
    "update-in-place": Lifecycle(_swapped),
    "delete": Lifecycle(_removed),
    "delete-one-of-two": Lifecycle(_one_of_two_removed),
    "adopt": Lifecycle(_stranger),
    "adopt-unfinished": Lifecycle(_adopted_unfinished),
    "rename-by-import": Lifecycle(_renamed_by_import),
    "mark-restored-same": Lifecycle(_mark_restored()),
    "mark-restored-replace": Lifecycle(_mark_restored(description="Answers mails")),
    "mark-restored-replace-named": Lifecycle(_mark_restored(NAMED, description="Answers mails")),
    "mark-restored-forced": Lifecycle(_mark_restored(), options=FORCE, may_stay="named and marked"),
    "mark-restored-forced-with-token": Lifecycle(_mark_restored({**NAMED, **TOKEN}), options=FORCE),
    "mark-restored-delete": Lifecycle(_mark_restored_and_removed),
}
