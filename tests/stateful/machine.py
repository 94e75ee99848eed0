"""Random sequences of what a user, AWS and the rest of the world can do to two stacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.values.kinds import DEPLOYMENT
from stateful.declarations import (
    CHANGES,
    DEFAULT_TAGS,
    MODEL,
    NAMES,
    TUNED,
    UNKNOWN_AT_FIRST,
    changes,
    declared,
    flags,
    without,
)
from stateful.program import Output, dependencies_of, kind_of, options_of
from stateful.weather import Weather, weathers
from stateful.world import World

__all__ = ["Sequences"]


class Sequences(World):
    """One sequence: what the user does."""

    def _declared(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            key: self.stack.models[value] if key == "modelArn" and isinstance(value, int) else value
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
        if given.get("modelArn") == Output(TUNED):
            program.setdefault(TUNED, MODEL)
        names = [each for each in NAMES if each in program]
        self.stack.program = {
            each: self._without(program[each], {*NAMES} - {*names[: names.index(each)]}) for each in names
        }

    def _remove(self, name: str) -> None:
        program = {each: self._without(given, {name}) for each, given in self.stack.program.items() if each != name}
        self.stack.program = program

    def _without(self, given: dict[str, Any], names: set[str]) -> dict[str, Any]:
        left = without(given, names)
        return {"modelArn": self.stack.models[0], **left} if kind_of(given) is DEPLOYMENT else left

    def _free(self) -> list[str]:
        """The names of deployments that aren't used."""
        return [name for name in NAMES if name not in {TUNED, *self.stack.program, *self.stack.engine.state}]

    def _note_forced(self, name: str) -> None:
        """Another resource may import what this one has: with no `diff` of it, nothing shows that it has it."""
        held = self.stack.engine.state[name].id
        if {given.get("importId") for given in self.stack.program.values()} & {held, self.stack.name_of(held)}:
            self.stack.renamed.add(held)

    def _is_of_other_stack(self, live: dict[str, Any]) -> bool:
        arn = live[live["kind"].arn]
        imported = {given.get("importId") for given in self.other.program.values()}
        return self.stack.is_of_other_stack(arn, live) or bool(imported & {arn, live["name"]})

    # The user's

    @rule(declared=declared, flags=flags, weather=weathers)
    def declare(self, declared: tuple[str, dict[str, Any]], flags: dict[str, Any], weather: Weather) -> None:
        """A resource is put into the program, or all its arguments are changed."""
        self._declare(declared[0], self._declared(declared[1]))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program)
    @rule(data=st.data(), flags=flags, weather=weathers)
    def change(self, data: st.DataObject, flags: dict[str, Any], weather: Weather) -> None:
        """One argument is changed, given or left out."""
        name = data.draw(st.sampled_from(list(self.stack.program)))
        self._declare(name, self._changed(name, data.draw(changes(name))))
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
    @rule(data=st.data(), also=st.booleans(), alone=st.booleans(), flags=flags, weather=weathers)
    def force(self, data: st.DataObject, also: bool, alone: bool, flags: dict[str, Any], weather: Weather) -> None:
        """`--target-replace`, or `--replace` beside everything else, perhaps with a change."""
        name = data.draw(st.sampled_from([name for name in NAMES if name in self.stack.engine.state]))
        self._note_forced(name)
        if also and name in self.stack.program:
            self._declare(name, self._changed(name, data.draw(changes(name))))
        alone = alone and dependencies_of(self.stack.program.get(name, {})) <= self.stack.engine.state.keys()
        self.stack.up(weather, force=name, target=[name] if alone else [], **flags)

    @precondition(lambda self: self.stack.engine.state)
    @rule(data=st.data(), flags=flags, weather=weathers)
    def taint(self, data: st.DataObject, flags: dict[str, Any], weather: Weather) -> None:
        """`pulumi state taint`, then `up`."""
        name = data.draw(st.sampled_from([name for name in NAMES if name in self.stack.engine.state]))
        self._note_forced(name)
        self.stack.engine.taint(name)
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
        found = [live for arn, live in self.stack.deployments().items() if arn not in self.stack.engine.recorded]
        # A known limit: what another stack has can't be told.
        found = [live for live in found if not self._is_of_other_stack(live)]
        assume(found)
        self._import(data, data.draw(st.sampled_from(found)))
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program and self._free())
    @rule(data=st.data(), fails=st.booleans(), flags=flags, weather=weathers)
    def rename_by_import(self, data: st.DataObject, fails: bool, flags: dict[str, Any], weather: Weather) -> None:
        """A resource is taken out, and another one imports its deployment. Perhaps a third one fails in this run."""
        live = self.stack.deployments()
        known = {name: each.id for name, each in self.stack.engine.state.items() if name in self.stack.program}
        known = {name: arn for name, arn in known.items() if arn in live}
        assume(known)
        old = data.draw(st.sampled_from(list(known)))
        self._import(data, live[known[old]])
        self.stack.renamed.add(known[old])
        self._remove(old)
        if fails and (free := self._free()):
            taken = next(iter(live.values()))["name"]
            self._declare(free[0], {"modelArn": self.stack.models[0], "modelDeploymentName": taken})
        self.stack.up(weather, **flags)

    @precondition(lambda self: self.stack.program and self._free())
    @rule(data=st.data(), alias=st.booleans(), flags=flags, weather=weathers)
    def rename(self, data: st.DataObject, alias: bool, flags: dict[str, Any], weather: Weather) -> None:
        """A resource gets another name, with or without an alias."""
        deployments = [name for name in self.stack.program if name != TUNED]
        assume(deployments)
        old, new = data.draw(st.sampled_from(deployments)), self._free()[0]
        given = self.stack.program[old]
        self._remove(old)
        self._declare(new, {**given, **({"opts": replace(options_of(given), aliases=(old,))} if alias else {})})
        self.stack.up(weather, **flags)

    def _import(self, data: st.DataObject, live: dict[str, Any]) -> None:
        by = data.draw(st.sampled_from(["customModelDeploymentArn", "modelDeploymentName"]))
        given = {
            "importId": live[by],
            "modelArn": live["modelArn"],
            "modelDeploymentName": live["name"],
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
