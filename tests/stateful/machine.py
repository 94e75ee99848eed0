"""Random sequences of what a user, AWS and the rest of the world can do to one stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pulumi_bedrock.lifecycle.unfinished import MARK, Mark
from stateful.stacks import StackInAccount
from stateful.weather import CLEAR, UPDATE, Weather, weathers

__all__ = ["Sequences"]

NAMES = ("bot", "sales")
COPIED = "copied-mark"
"""The name of another person's deployment with a copied mark."""
CHANGES: dict[str, list[Any]] = {
    "modelArn": [0, 1],  # which of the stack's models
    "modelDeploymentName": [None, "fixed-one", "fixed-two"],
    "description": [None, "Answers tickets", "Answers mails"],
    "tags": [None, {"team": "support"}, {"team": "sales", "stage": "dev"}],
    "clientRequestToken": [None, "token-1", "token-2"],
    "updateInPlace": [None, True],
    "timeouts": [{"create": "1m", "delete": "1m"}, {"create": "3m", "delete": "2m"}],
}
DEFAULT_TAGS: list[dict[str, str]] = [{}, {"env": "dev"}, {"env": "prod", "team": "all"}]
names = st.sampled_from(NAMES)
changes = st.sampled_from([(key, value) for key, values in CHANGES.items() for value in values])
arguments = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CHANGES.items()})


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
        kept = {key: value for key, value in self.stack.program[name].items() if key != change[0]}
        return {**kept, **self._declared(dict([change]))}

    def _is_of_other_stack(self, live: dict[str, Any]) -> bool:
        arn = live["customModelDeploymentArn"]
        imported = {given.get("importId") for given in self.other.program.values()}
        return self.stack.is_of_other_stack(arn, live) or bool(imported & {arn, live["modelDeploymentName"]})

    def _declare(self, name: str, given: dict[str, Any]) -> None:
        self.stack.program = {**self.stack.program, name: given}

    # The user's

    @rule(name=names, arguments=arguments, weather=weathers)
    def declare(self, name: str, arguments: dict[str, Any], weather: Weather) -> None:
        """A resource is put into the program, or all its arguments are changed."""
        self._declare(name, self._declared(arguments))
        self.stack.up(weather)

    @precondition(lambda self: self.stack.program)
    @rule(data=st.data(), change=changes, weather=weathers)
    def change(self, data: st.DataObject, change: tuple[str, Any], weather: Weather) -> None:
        """One argument is changed, given or left out."""
        name = data.draw(st.sampled_from(sorted(self.stack.program)))
        self._declare(name, self._changed(name, change))
        self.stack.up(weather)

    @precondition(lambda self: self.stack.program)
    @rule(tags=st.sampled_from(DEFAULT_TAGS), weather=weathers)
    def default_tags(self, tags: dict[str, str], weather: Weather) -> None:
        """`aws:defaultTags` is changed."""
        self.stack.engine.default_tags = tags
        self.stack.up(weather)

    @precondition(lambda self: self.stack.program)
    @rule(weather=weathers)
    def once_more(self, weather: Weather) -> None:
        """The same program is run again."""
        self.stack.up(weather)

    @precondition(lambda self: self.stack.engine.state)
    @rule(data=st.data(), also=st.one_of(st.none(), changes), delete_first=st.booleans(), weather=weathers)
    def force(self, data: st.DataObject, also: tuple[str, Any] | None, delete_first: bool, weather: Weather) -> None:
        """`--target-replace`, with or without the option `delete_before_replace`, and perhaps with a change."""
        name = data.draw(st.sampled_from(sorted(self.stack.engine.state)))
        importing = any("importId" in given for given in self.stack.program.values())
        assume(not (delete_first and importing))  # the program side refuses both together
        if also and name in self.stack.program:
            self._declare(name, self._changed(name, also))
        self.stack.up(weather, force=name, delete_first=delete_first)

    @precondition(lambda self: self.stack.program)
    @rule(data=st.data(), weather=weathers)
    def take_out(self, data: st.DataObject, weather: Weather) -> None:
        """A resource is taken out of the program."""
        del self.stack.program[data.draw(st.sampled_from(sorted(self.stack.program)))]
        self.stack.up(weather)

    @precondition(lambda self: set(NAMES) - self.stack.program.keys() - self.stack.engine.state.keys())
    @rule(data=st.data(), weather=weathers)
    def import_(self, data: st.DataObject, weather: Weather) -> None:
        """A deployment that isn't in the state is imported as it is."""
        found = [live for arn, live in self.stack.live().items() if arn not in self.stack.engine.recorded]
        # Known limits: what another stack has can't be told, and a name that the program gives makes a copied mark
        # look right.
        found = [live for live in found if not self._is_of_other_stack(live)]
        found = [live for live in found if live["modelDeploymentName"] != COPIED]
        assume(found)
        live = data.draw(st.sampled_from(found))
        free = set(NAMES) - self.stack.program.keys() - self.stack.engine.state.keys()
        name = data.draw(st.sampled_from(sorted(free)))
        by = data.draw(st.sampled_from(["customModelDeploymentArn", "modelDeploymentName"]))
        self.stack.program[name] = {
            "importId": live[by],
            "modelArn": live["modelArn"],
            "modelDeploymentName": live["modelDeploymentName"],
            **({"description": live["description"]} if "description" in live else {}),
            "timeouts": CHANGES["timeouts"][0],
        }
        self.stack.up(weather)

    @precondition(lambda self: any("importId" in given for given in self.stack.program.values()))
    @rule(weather=weathers)
    def take_import_out(self, weather: Weather) -> None:
        """`import_` is taken out of the program."""
        for given in self.stack.program.values():
            given.pop("importId", None)
        self.stack.up(weather)

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
        assume(name not in taken)
        self.stack.stranger(name, self.stack.models[model])

    @rule(name=names, model=st.sampled_from([0, 1]))
    def copied_mark(self, name: str, model: int) -> None:
        """Another person has a deployment with a copy of the mark of this stack's resource."""
        if COPIED in {live["modelDeploymentName"] for live in self.stack.live().values()}:
            return  # no `assume`: whether it is there can depend on the random ARNs of earlier draws
        arn = self.stack.stranger(COPIED, self.stack.models[model])
        engine = self.stack.engine
        owner = {"project": "shop", "stack": engine.stack, "logicalName": name}
        mark = Mark.of(owner, engine.identity, "the deployment that has it")
        tags = [{"key": MARK, "value": mark.value}]
        self.stack.local.client("bedrock").tag_resource(resourceARN=arn, tags=tags)

    @precondition(lambda self: self.stack.local.deployments())
    @rule(data=st.data(), how=st.sampled_from(["delete", "update", "updating", "tag", "untag", "fail"]))
    def changed_outside(self, data: st.DataObject, how: str) -> None:
        """Somebody deletes or changes a deployment, or it fails by itself."""
        arn = data.draw(st.sampled_from(list(self.stack.live())))  # by age: an order of random ARNs can't be repeated
        client = self.stack.local.client("bedrock")
        for stack in self.stack.stacks:
            stack.changed_unseen[arn] = None
        if how == "delete":
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
