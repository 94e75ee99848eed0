"""What must be true of the stacks of an account, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_bedrock.aws import custom_models
from pulumi_bedrock.aws.deployments import ACTIONS, IN_PLACE_ACTIONS
from pulumi_bedrock.lifecycle.unfinished import MARK
from pulumi_bedrock.values.kinds import DEPLOYMENT, KINDS
from stateful.engine_state import Resource
from stateful.program import Output, Program

if TYPE_CHECKING:
    from stateful.stacks import StackInAccount

__all__ = ["CHANGING", "IN_PLACE", "Before", "check_program", "check_stacks"]

Live = dict[str, dict[str, Any]]
"""What is in the account, by ARN."""

IN_PLACE = ("UntagResource", "TagResource", "UpdateCustomModelDeployment")
CHANGING = frozenset({*(kind.create for kind in KINDS), *(kind.delete for kind in KINDS), *IN_PLACE})


def check_stacks(stacks: Sequence[StackInAccount], live: Live) -> None:
    """Nothing is lost, nothing is in the states twice, and AWS holds what the states say."""
    twice = set[str]().union(*(_held_twice(stack) - stack.renamed for stack in stacks))
    assert not twice, f"in a state twice: {twice}"
    everything = [arn for stack in stacks for arn in set(stack.engine.recorded)]
    assert len(everything) == len(set(everything)), f"in two states: {everything}"
    lost = [arn for arn, found in live.items() if not any(stack.knows(arn, found) for stack in stacks)]
    assert lost == [], f"nobody knows of {lost}; on the screens: {[stack.screen for stack in stacks]}"
    for stack in stacks:
        _check_state(stack, live)
        for line in stack.engine.errors:
            assert "\n" not in line, line
            assert not line.startswith(("InternalError", "Exception calling")), line


def _held_twice(stack: StackInAccount) -> set[str]:
    """The ARNs that two resources of the program have.

    A resource and its replaced self may have one deployment, until the engine asks to delete the latter; and so may one
    that is to be removed, and the one that imported its deployment.
    """
    held = Counter(resource.id for name, resource in stack.engine.state.items() if name in stack.program)
    return {arn for arn, resources in held.items() if resources > 1}


def _check_state(stack: StackInAccount, live: Live) -> None:
    """What was made, and its tags, are those of the state, unless something changed that no refresh has seen."""
    for resource in stack.engine.state.values():
        if resource.id in live and resource.id not in stack.changed_unseen:
            found, outputs = live[resource.id], resource.outputs
            made_of, wanted = _made_of(stack, found, updated=True), _wanted(resource, outputs)
            assert made_of == wanted, f"{resource.id} is of {made_of}; state: {outputs}"
            assert _tags(found) == (outputs.get("tagsAll") or {}), f"{resource.id} has {_tags(found)}; state: {outputs}"


def check_program(stack: StackInAccount, program: Program) -> None:
    """After an `up` that went well, state and AWS are as these resources of the program."""
    live, held = stack.live(), [stack.engine.state[name].id for name in program]
    assert len(held) == len(set(held)), f"in the state twice: {held}"
    for name, arguments in program.items():
        resource, in_place = stack.engine.state[name], arguments.get("updateInPlace")
        assert resource.id in live or resource.id in stack.may_be_gone, f"in the state, and gone: {resource.id}"
        if resource.id in live and resource.id not in stack.changed_unseen:
            wanted = _wanted(resource, _known(stack, arguments))
            assert _wanted(resource, resource.outputs) == wanted, resource
            assert _made_of(stack, live[resource.id]) == wanted or (resource.kind is DEPLOYMENT and not in_place)
            assert (resource.outputs.get("tagsAll") or {}) == stack.engine.all_tags(arguments), resource
            assert resource.outputs.get("tags") == arguments.get("tags"), resource
            assert "updateStatus" not in resource.outputs or not in_place


def _made_of(stack: StackInAccount, live: dict[str, Any], *, updated: bool = False) -> dict[str, Any]:
    """What AWS made it of.

    :param updated: Whether the model of a running update counts.
    """
    if live["kind"] is not DEPLOYMENT:
        return {key: stack.made_of[live["modelArn"]].get(key) for key in _MADE_OF}
    updating = updated and live.get("updateDetails", {}).get("updateStatus") == "Updating"
    return {"modelArn": live["updateDetails"]["modelArn"] if updating else live["modelArn"]}


_MADE_OF = ("modelSourceConfig", "customModelDataSource", "roleArn")


def _wanted(resource: Resource, props: dict[str, Any]) -> dict[str, Any]:
    """What inputs or outputs have it made of."""
    return {key: props.get(key) for key in (["modelArn"] if resource.kind is DEPLOYMENT else _MADE_OF)}


def _known(stack: StackInAccount, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments, with the ARNs that outputs stand for."""
    state = stack.engine.state
    return {key: state[value.of].id if isinstance(value, Output) else value for key, value in arguments.items()}


@dataclass(frozen=True)
class Before:
    """What was there before a run.

    :param recorded: What the state had.
    :param serving: What of that was Active.
    :param of_others: What another stack had recorded, or had begun to create.
    """

    live: Live
    recorded: set[str]
    serving: set[str]
    of_others: set[str]

    @classmethod
    def of(cls, stack: StackInAccount) -> Before:
        """Note what is there now."""
        live, recorded = stack.live(), set(stack.engine.recorded)
        serving = {arn for arn in recorded & live.keys() if live[arn]["status"] == "Active"}
        return cls(live, recorded, serving, {arn for arn, found in live.items() if stack.is_of_other_stack(arn, found)})

    def check_run(self, stack: StackInAccount, *, done: bool, elsewhere: bool) -> None:
        """A run deletes what the engine told it to, records what is its own, and leaves the rest alone.

        :param done: Whether it went well.
        :param elsewhere: Whether it had the credentials of another account.
        """
        engine, live, recorded = stack.engine, stack.live(), set(stack.engine.recorded)
        theirs = self.of_others | stack.strangers & self.live.keys()
        gone = {arn for arn in theirs | self.serving if arn not in live or live[arn]["status"] == "Deleting"}
        asked_for = {f"bedrock:{operation}" for operation in stack.local.counts()}
        assert asked_for <= {*ACTIONS, *IN_PLACE_ACTIONS, *custom_models.ACTIONS}, (
            "more than the documented policy allows"
        )
        if done:
            kept = {resource.id for resource in engine.state.values()}
            twice = (gone & kept) - stack.renamed
            assert not twice, f"in the state, and deleted by this very run: {twice}"
        assert gone <= engine.deleting, f"deleted, though no step was to: {gone - engine.deleting}"
        taken = self.of_others & (gone | recorded)
        assert not taken, f"of another stack, and deleted or recorded by this one: {taken}"
        imports = {arguments.get("importId") for arguments in stack.program.values()}
        for arn in stack.strangers & (recorded - self.recorded):
            assert imports & {arn, self.live[arn]["name"]}, f"somebody else's, and no import: {arn}"
        for arn in theirs - self.recorded - gone:
            assert _tags(self.live[arn]) == _tags(live[arn]), f"somebody else's, and has other tags: {arn}"
        if elsewhere:
            assert recorded == self.recorded, "changed, with the credentials of another account"
            answered = {entry["operation"] for entry in stack.local.requests() if entry["status"] in (200, 202)}
            assert answered.isdisjoint(CHANGING), f"called with the credentials of another account: {answered}"


def _tags(live: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in live["tags"].items() if key != MARK}
