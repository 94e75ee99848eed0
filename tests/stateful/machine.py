"""Random sequences of what a user, AWS and the rest of the world can do to one stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from pulumi_bedrock.local.quotas import QUOTA
from stateful.program import Options, Output, options_of
from stateful.stacks import StackInAccount
from stateful.weather import CLEAR, UPDATE, Weather, weathers

__all__ = ["Sequences"]

NAMES = ("bot", "sales", "Blue/bot")
"""The last two can depend on those before them. `Blue/bot` is a `bot` in a component."""
CHANGES: dict[str, list[Any]] = {
    "modelArn": [0, 1],  # which of the stack's models
    "modelDeploymentName": [None, "fixed-one", "fixed-two", Output("bot")],
    "description": [None, "Answers tickets", "Answers mails", Output("bot"), Output("sales")],
    "tags": [None, {"team": "support"}, {"team": "sales", "stage": "dev"}],
    "clientRequestToken": [None, "token-1", "token-2"],
    "updateInPlace": [None, True],
    "timeouts": [{"create": "1m", "delete": "1m"}, {"create": "3m", "delete": "2m"}],
    "opts": [
        Options(),
        Options(delete_before_replace=True),
        Options(protect=True),
        Options(depends_on=("bot",)),
        Options(retries=1),
    ],
}
UNKNOWN_AT_FIRST = [key for key in CHANGES if key not in ("opts", "timeouts")]
DEFAULT_TAGS: list[dict[str, str]] = [{}, {"env": "dev"}, {"env": "prod", "team": "all"}]
names = st.sampled_from(NAMES)
flags = st.sampled_from([{}, {}, {}, {"continue_on_error": True}, {"in_turn": True}, {"parallel": 1}])
changes = st.sampled_from([(key, value) for key, values in CHANGES.items() for value in values])
arguments = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CHANGES.items()})


def _without(given: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A resource that depends on none of these."""
    options = options_of(given)
    left = {key: value for key, value in given.items() if not (isinstance(value, Output) and value.of in names)}
    return {
        **left,
        "opts": replace(options, depends_on=tuple(each for each in options.depends_on if each not in names)),
    }


class Sequences(RuleBasedStateMachine):
    """One sequence."""

    make_stack: Callable[[], StackInAccount]

    def __init__(self) -> None:
        super().__init__()
        self.stack = type(self).make_stack()
        self.other = self.stack.neighbour("prod")

    def _declared(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            key: self.stack.models[value] if key == "modelArn" else value
            for key, value in arguments.items()
            if value is not None
        }

    def _changed(self, name: str, change: tuple[str, Any]) -> dict[str, Any]:
        # The program side refuses `import_` together with `delete_before_replace`.
        assume(not (change[0] == "opts" and "importId" in self.stack.program[name]))
        kept = {key: value for key, value in self.stack.program[name].items() if key != change[0]}
        return {**kept, **self._declared(dict([change]))}

    def _declare(self, name: str, given: dict[str, Any]) -> None:
        """Put a resource into the program; what can't depend on others, or has lost them, does no longer."""
        program = {**self.stack.program, name: given}
        names = [each for each in NAMES if each in program]
        self.stack.program = {each: _without(program[each], {*NAMES} - {*names[: names.index(each)]}) for each in names}

    def _remove(self, name: str) -> None:
        program = {each: _without(given, {name}) for each, given in self.stack.program.items() if each != name}
        self.stack.program = program

    def _free(self) -> list[str]:
        return [name for name in NAMES if name not in {*self.stack.program, *self.stack.engine.state}]

    def _is_of_other_stack(self, live: dict[str, Any]) -> bool:
        arn = live["customModelDeploymentArn"]
        imported = {given.get("importId") for given in self.other.program.values()}
        return self.stack.is_of_other_stack(arn, live) or bool(imported & {arn, live["modelDeploymentName"]})

    # The user's

    @rule(name=names, arguments=arguments, flags=flags, weather=weathers)
    def declare(self, name: str, arguments: dict[str, Any], flags: dict[str, Any], weather: Weather) -> None:
        """A resource is put into the program, or all its arguments are changed."""
        self._declare(name, self._declared(arguments))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program)
    @rule(data=st.data(), change=changes, flags=flags, weather=weathers)
    def change(self, data: st.DataObject, change: tuple[str, Any], flags: dict[str, Any], weather: Weather) -> None:
        """One argument is changed, given or left out."""
        name = data.draw(st.sampled_from(list(self.stack.program)))
        self._declare(name, self._changed(name, change))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program)
    @rule(tags=st.sampled_from(DEFAULT_TAGS), weather=weathers)
    def default_tags(self, tags: dict[str, str], weather: Weather) -> None:
        """`aws:defaultTags` is changed."""
        self.stack.engine.default_tags = tags
        self.stack.up(weather)

    @precondition(lambda self: self.stack.program)
    @rule(flags=flags, weather=weathers)
    def once_more(self, flags: dict[str, Any], weather: Weather) -> None:
        """The same program is run again."""
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.engine.state)
    @rule(data=st.data(), also=st.one_of(st.none(), changes), alone=st.booleans(), flags=flags, weather=weathers)
    def force(
        self, data: st.DataObject, also: tuple[str, Any] | None, alone: bool, flags: dict[str, Any], weather: Weather
    ) -> None:
        """`--target-replace`, or `--replace` beside everything else, perhaps with a change."""
        name = data.draw(st.sampled_from([name for name in NAMES if name in self.stack.engine.state]))
        if also and name in self.stack.program:
            self._declare(name, self._changed(name, also))
        self.stack.up(weather, force=name, target=[name] if alone else [], **flags)

    @precondition(lambda self: self.stack.engine.state)
    @rule(data=st.data(), flags=flags, weather=weathers)
    def taint(self, data: st.DataObject, flags: dict[str, Any], weather: Weather) -> None:
        """`pulumi state taint`, then `up`."""
        self.stack.engine.taint(data.draw(st.sampled_from([name for name in NAMES if name in self.stack.engine.state])))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program)
    @rule(data=st.data(), flags=flags, weather=weathers)
    def take_out(self, data: st.DataObject, flags: dict[str, Any], weather: Weather) -> None:
        """A resource is taken out of the program."""
        self._remove(data.draw(st.sampled_from(list(self.stack.program))))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self._free())
    @rule(data=st.data(), flags=flags, weather=weathers)
    def import_(self, data: st.DataObject, flags: dict[str, Any], weather: Weather) -> None:
        """A deployment that isn't in the state is imported as it is."""
        found = [live for arn, live in self.stack.live().items() if arn not in self.stack.engine.recorded]
        # A known limit: what another stack has can't be told.
        found = [live for live in found if not self._is_of_other_stack(live)]
        assume(found)
        self._import(data, data.draw(st.sampled_from(found)))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program and self._free())
    @rule(data=st.data(), fails=st.booleans(), flags=flags, weather=weathers)
    def rename_by_import(self, data: st.DataObject, fails: bool, flags: dict[str, Any], weather: Weather) -> None:
        """A resource is taken out, and another one imports its deployment. Perhaps a third one fails in this run."""
        live = self.stack.live()
        known = {name: each.id for name, each in self.stack.engine.state.items() if name in self.stack.program}
        known = {name: arn for name, arn in known.items() if arn in live}
        assume(known)
        old = data.draw(st.sampled_from(list(known)))
        self._import(data, live[known[old]])
        self._remove(old)
        if fails and (free := self._free()):
            taken = next(iter(live.values()))["modelDeploymentName"]
            self._declare(free[0], {"modelArn": self.stack.models[0], "modelDeploymentName": taken})
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program and self._free())
    @rule(data=st.data(), alias=st.booleans(), flags=flags, weather=weathers)
    def rename(self, data: st.DataObject, alias: bool, flags: dict[str, Any], weather: Weather) -> None:
        """A resource gets another name, with or without an alias."""
        old, new = data.draw(st.sampled_from(list(self.stack.program))), self._free()[0]
        given = self.stack.program[old]
        self._remove(old)
        self._declare(new, {**given, **({"opts": replace(options_of(given), aliases=(old,))} if alias else {})})
        self.stack.up(weather, **flags)

    def _import(self, data: st.DataObject, live: dict[str, Any]) -> None:
        by = data.draw(st.sampled_from(["customModelDeploymentArn", "modelDeploymentName"]))
        given = {
            "importId": live[by],
            "modelArn": live["modelArn"],
            "modelDeploymentName": live["modelDeploymentName"],
            "timeouts": CHANGES["timeouts"][0],
            **({"description": live["description"]} if "description" in live else {}),
            **({"tags": tags} if (tags := {k: v for k, v in live["tags"].items() if k != MARK}) else {}),
        }
        self._declare(data.draw(st.sampled_from(self._free())), given)

    @precondition(lambda self: self.stack.engine.state)
    @rule(weather=weathers)
    def refresh(self, weather: Weather) -> None:
        """The state is refreshed."""
        self.stack.refresh(weather)

    @precondition(lambda self: self.stack.engine.state)
    @rule(weather=weathers)
    def destroy(self, weather: Weather) -> None:
        """Everything is destroyed."""
        self.stack.destroy(weather)

    @precondition(lambda self: self.stack.engine.state)
    @rule(weather=weathers)
    def destroy_all_but_protected(self, weather: Weather) -> None:
        """`pulumi destroy --exclude-protected`: the stack lives on, with another identity."""
        self.stack.destroy(weather, exclude_protected=True)

    @precondition(lambda self: self.stack.program)
    @rule(unknown=st.sets(st.sampled_from(UNKNOWN_AT_FIRST), min_size=1, max_size=2))
    def preview(self, unknown: set[str]) -> None:
        """A preview in which some values aren't known yet."""
        self.stack.preview(unknown)

    @precondition(lambda self: self.stack.engine.state)
    @rule(weather=weathers)
    def up_with_refresh(self, weather: Weather) -> None:
        """`pulumi up --refresh`: also puts right what an interrupted update in place left."""
        if self.stack.refresh(weather):
            self.stack.up(weather)

    @rule()
    def other_stack(self) -> None:
        """From now on, the user works on the other stack."""
        self.stack, self.other = self.other, self.stack

    @rule(weather=weathers)
    def same_program(self, weather: Weather) -> None:
        """The other stack gets the same program, with the same names and tokens."""
        self.other_stack()
        program = {name: dict(given) for name, given in self.other.program.items() if "importId" not in given}
        self.stack.program = program
        self.stack.up(weather)

    # The world's

    @rule(name=st.sampled_from(["fixed-one", "fixed-two", "theirs"]), model=st.sampled_from([0, 1]))
    def stranger(self, name: str, model: int) -> None:
        """Somebody else makes a deployment, perhaps of a name that this stack wants."""
        taken = {live["modelDeploymentName"] for live in self.stack.live().values()}
        assume(name not in taken and self.stack.has_room)
        self.stack.stranger(name, self.stack.models[model])

    @rule(room=st.sampled_from([0, 1]))
    def full_account(self, room: int) -> None:
        """Deployments of others take all places of the account, or all but one."""
        while self.stack.has_room and len(self.stack.live()) < QUOTA - room:
            self.stack.stranger(f"many-{len(self.stack.strangers)}", self.stack.models[0])

    @precondition(lambda self: self._marks())
    @rule(data=st.data())
    def copied_mark(self, data: st.DataObject) -> None:
        """The mark of an unfinished deployment of any stack is copied to another deployment, as tags are."""
        mark = data.draw(st.sampled_from(list(self._marks().values())))
        free = [arn for arn in self.stack.live() if arn not in self._marks()]
        assume(free)
        self._tag(data.draw(st.sampled_from(free)), mark)

    @rule(name=names)
    def like_named(self, name: str) -> None:
        """Somebody else has a deployment with a name like an automatic one, and with a copied mark."""
        engine, like = self.stack.engine, f"{name.rpartition('/')[2]}-1234567"
        taken = {live["modelDeploymentName"] for live in self.stack.live().values()}
        if like not in taken and self.stack.has_room:
            arn = self.stack.stranger(like, self.stack.models[0])
            self._tag(arn, Mark.of(engine.owner(name), engine.identity, "the deployment that has it").value)

    def _marks(self) -> dict[str, str]:
        return {arn: live["tags"][MARK] for arn, live in self.stack.live().items() if MARK in live["tags"]}

    def _tag(self, arn: str, mark: str) -> None:
        self.stack.local.client("bedrock").tag_resource(resourceARN=arn, tags=[{"key": MARK, "value": mark}])

    @precondition(lambda self: self.stack.local.deployments())
    @rule(data=st.data(), how=st.sampled_from(["delete", "update", "updating", "tag", "untag", "fail"]))
    def changed_outside(self, data: st.DataObject, how: str) -> None:
        """Somebody deletes or changes a deployment, or it fails by itself."""
        arn = data.draw(st.sampled_from(list(self.stack.live())))  # by age: an order of random ARNs can't be repeated
        client = self.stack.local.client("bedrock")
        for stack in self.stack.stacks:
            stack.changed_unseen[arn] = None
        if how == "delete":
            self.stack.may_be_gone.add(arn)
            client.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
        elif how in ("update", "updating"):
            live = self.stack.live()[arn]
            updating = live.get("updateDetails", {}).get("updateStatus") == "Updating"
            assume(live["status"] == "Active" and not updating)
            if how == "updating":
                self.stack.local.add_fault(operation=UPDATE, kind="activation", outcome="never", count=1)
            other = next(model for model in self.stack.models if model != self.stack.live()[arn]["modelArn"])
            client.update_custom_model_deployment(customModelDeploymentIdentifier=arn, modelArn=other)
        elif how == "tag":
            client.tag_resource(resourceARN=arn, tags=[{"key": "team", "value": "changed"}])
        elif how == "untag":
            client.untag_resource(resourceARN=arn, tagKeys=["team"])
        else:
            self.stack.local.set_status(arn, "Failed", failure_message="The hardware broke.")

    @rule()
    def time_passes(self) -> None:
        """What was being created is Active."""
        self.stack.activate()

    # What must be true

    @invariant()
    def nothing_is_lost(self) -> None:
        """After each rule."""
        self.stack.look()

    def teardown(self) -> None:
        """In good weather, a last `up` takes up or removes what is left of whatever it creates."""
        self.stack.activate()
        self._last_up()
        self.other_stack()
        self._last_up()

    def _last_up(self) -> None:
        before = len(self.stack.screen)
        if self.stack.up(CLEAR):
            for arn, live in self.stack.live().items():
                reported = any(f"-identifier {arn}" in line for line in self.stack.screen[before:])
                if arn not in self.stack.engine.recorded and not reported:
                    # An import adopts one deployment, and searches for no other.
                    # One whose given name has changed since has another name than this resource gives now.
                    given = {name: self.stack.program[name] for name in self.stack.engine.created}
                    wanted = (None, live["modelDeploymentName"])
                    created = {
                        name
                        for name, arguments in given.items()
                        if "importId" not in arguments and arguments.get("modelDeploymentName") in wanted
                    }
                    left = [name for name in created if self.stack.is_marked(live, name)]
                    assert not left, f"{arn} is left though {left} was created: {self.stack.screen[before:]}"
        self.stack.look()
