"""The lifecycles of a deployment and of a custom model, for kills at every point.

Each brings a stack to where the run begins that is killed. The program is then as that run finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, KINDS, Kind
from stateful.kinds import declared, spelled
from stateful.program import Output
from stateful.stacks import StackInAccount
from stateful.weather import CLEAR, Weather

__all__ = ["LIFECYCLES", "Lifecycle"]

NO_TAGGING = tuple({"operation": name, "error": "AccessDeniedException"} for name in ("TagResource", "UntagResource"))
"""IAM denies the calls that add and remove the mark, though a create may have tags."""

NO_MARK = (
    {"operation": "Create", "error": "AccessDeniedException", "count": 1},
    {"operation": "TagResource", "error": "AccessDeniedException"},
)
"""IAM denies the mark of a create."""


@dataclass(frozen=True)
class Lifecycle:
    """A run that is killed, and the run that follows.

    :param prepare: Brings the stack to where the run begins.
    :param options: Those of the `up` that is killed.
    :param weather: That of the `up` that is killed. The operation `Create` is that of the kind.
    :param later: The options of the next `up`.
    :param refreshes: Whether the next `up` is one with `--refresh`.
    :param kinds: What it is a lifecycle of. `changed` is a changed description of a deployment, and another S3 URI of a
        model; `name` is either's name.
    :param may_stay: What must be true of one that both leave in the account: `marked`, so that
        `pulumi-bedrock-orphans` finds it, or `named` on the screen. By default they leave none.
    """

    prepare: Callable[[StackInAccount], None]
    options: dict[str, Any] = field(default_factory=dict)
    weather: Weather = CLEAR
    later: dict[str, Any] = field(default_factory=dict)
    may_stay: str = ""
    refreshes: bool = False
    kinds: tuple[Kind, ...] = KINDS

    def leaves(self, *, named: bool, marked: bool) -> bool:
        """Whether it may leave one of which this is true."""
        true = {"named": named, "marked": marked}
        return bool(self.may_stay) and all(true[what] for what in self.may_stay.split(" and "))


def _declare(stack: StackInAccount, logical_name: str = "bot", **given: Any) -> None:
    stack.program = {**stack.program, logical_name: declared(stack.kind, stack.models, given)}


def _change(stack: StackInAccount, **given: Any) -> None:
    stack.program = {**stack.program, "bot": {**stack.program["bot"], **spelled(stack.kind, given)}}


def _create(**given: Any) -> Callable[[StackInAccount], None]:
    return lambda stack: _declare(stack, **given)


def _created(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """It is in the state, and then the program changes."""

    def prepare(stack: StackInAccount) -> None:
        _declare(stack, **(given or {}))
        assert stack.up()
        _change(stack, **changed)

    return prepare


def _mark_restored(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """Somebody has restored the tags that it had when it was created."""

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


def _tags_swapped(stack: StackInAccount) -> None:
    _created(given={"updateInPlace": True, "tags": {"team": "a"}}, tags={"stage": "dev"})(stack)


def _deployed(given: dict[str, Any] | None = None, **changed: Any) -> Callable[[StackInAccount], None]:
    """A model and a deployment that uses it are in the state, and then the program changes the model."""

    def prepare(stack: StackInAccount) -> None:
        stack.program["sales"] = {"modelArn": Output("bot")}
        _created(given, **changed)(stack)

    return prepare


def _deployed_and_removed(stack: StackInAccount) -> None:
    _deployed()(stack)
    stack.program = {}


def _deployed_by_others(**changed: Any) -> Callable[[StackInAccount], None]:
    """Somebody else uses a model, for a while."""

    def prepare(stack: StackInAccount) -> None:
        _created()(stack)
        stack.stranger("theirs", stack.engine.state["bot"].id)
        _change(stack, **changed)

    return prepare


def _deployed_by_others_and_removed(stack: StackInAccount) -> None:
    _deployed_by_others()(stack)
    stack.program = {}


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
    _left(changed=True)(stack)
    stack.up(Weather(slow=True, killed_after=0.1))
    stack.activate()
    _change(stack, changed=False)
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
    _declare(stack, "sales", name="fixed-two")
    _declare(stack)


def _two_changed(stack: StackInAccount) -> None:
    _two(stack)
    assert stack.up()
    stack.program = {name: {**given, **spelled(stack.kind, {"changed": True})} for name, given in stack.program.items()}


def _stranger(stack: StackInAccount) -> None:
    arn = stack.stranger_of_kind("theirs")
    _declare(stack, importId=arn, name="theirs")


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
NAMED = {"name": "fixed-one"}
TOKEN = {"clientRequestToken": "token-1"}
DENIED = Weather(faults=NO_TAGGING)
UNMARKED = Weather(faults=NO_MARK)
IN_USE = Weather(in_use_for=40)
FAILING = Weather(faults=({"operation": "Create", "kind": "activation", "outcome": "fail", "count": 1},))

DEPLOYMENTS, MODELS = (DEPLOYMENT,), (CUSTOM_MODEL,)

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
    "resume-changed": Lifecycle(_left(changed=True)),
    "resume-changed-named": Lifecycle(_left(NAMED, changed=True)),
    "resume-renamed": Lifecycle(_left(NAMED, name="fixed-two"), may_stay="marked"),
    "resume-now-automatic": Lifecycle(_left(NAMED, name=None), may_stay="marked"),
    "resume-and-obsolete": Lifecycle(_two_left),
    "resume-of-forced": Lifecycle(_left_by_forced, options=FORCE, later=FORCE),
    "replace": Lifecycle(_created(changed=True)),
    "replace-named": Lifecycle(_created(given=NAMED, changed=True)),
    "replace-renamed": Lifecycle(_created(given=NAMED, name="fixed-two")),
    "replace-with-new-token": Lifecycle(_created(given=TOKEN, clientRequestToken="token-2")),
    "replace-delete-first": Lifecycle(_created(changed=True), options=DELETE_FIRST, later=DELETE_FIRST),
    "replace-two": Lifecycle(_two_changed),
    "forced": Lifecycle(_created(), options=FORCE, may_stay="named and marked"),
    "forced-twice": Lifecycle(_created(), options=FORCE, later=FORCE),
    "forced-and-changed": Lifecycle(_created(changed=True), options=FORCE),
    "forced-delete-first": Lifecycle(_created(), options={**FORCE, **DELETE_FIRST}, later=DELETE_FIRST, refreshes=True),
    "forced-delete-first-named": Lifecycle(
        _created(given=NAMED), options={**FORCE, **DELETE_FIRST}, later=DELETE_FIRST, refreshes=True
    ),
    "replace-with-its-deployment": Lifecycle(_deployed(changed=True), kinds=MODELS),
    "replace-named-with-its-deployment": Lifecycle(_deployed(NAMED, changed=True), kinds=MODELS),
    "replace-in-use": Lifecycle(_deployed_by_others(changed=True), weather=IN_USE, kinds=MODELS),
    "update-in-place": Lifecycle(_swapped, kinds=DEPLOYMENTS),
    "update-tags-in-place": Lifecycle(_tags_swapped),
    "delete": Lifecycle(_removed),
    "delete-with-its-deployment": Lifecycle(_deployed_and_removed, kinds=MODELS),
    "delete-in-use": Lifecycle(_deployed_by_others_and_removed, weather=IN_USE, kinds=MODELS),
    "delete-one-of-two": Lifecycle(_one_of_two_removed),
    "adopt": Lifecycle(_stranger),
    "adopt-unfinished": Lifecycle(_adopted_unfinished),
    "rename-by-import": Lifecycle(_renamed_by_import),
    "mark-restored-same": Lifecycle(_mark_restored()),
    "mark-restored-replace": Lifecycle(_mark_restored(changed=True)),
    "mark-restored-replace-named": Lifecycle(_mark_restored(NAMED, changed=True)),
    "mark-restored-forced": Lifecycle(_mark_restored(), options=FORCE, may_stay="named and marked"),
    "mark-restored-forced-with-token": Lifecycle(_mark_restored({**NAMED, **TOKEN}), options=FORCE),
    "mark-restored-delete": Lifecycle(_mark_restored_and_removed),
}
