"""A small model of the Pulumi engine: one stack's state, and the calls that its commands make.

`tests/recordings` holds what the real engine does, and `test_engine_model` compares the model with it. Each run
(`engine_run`) has a host process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from dynamic_host import DynamicHost
from pulumi_bedrock.host.process import Process
from pulumi_bedrock.values.kinds import Kind
from stateful.engine_run import Run
from stateful.engine_state import Flags, Resource
from stateful.executor import Key
from stateful.program import Options, Output, Program

__all__ = ["IDENTITY", "Engine", "Options", "Output", "Program", "Resource", "Wanted"]

IDENTITY = "7c0f1f52-a6c5-4f5b-9a86-3ff1b7ab9f3c"

Wanted = tuple[str | None, dict[str, str]]
"""The model behind a deployment, and all tags."""


@dataclass
class Engine:
    """One stack.

    :param start_host: Starts a host for a kind, in the process of another host of the run if there is one.
    :param serves: Whether the resource with this ARN is there and Active.
    :param stack: Its name.
    :param identity: What its state holds as its identity.
    """

    start_host: Callable[[Kind, Process | None], DynamicHost]
    serves: Callable[[str], bool]
    stack: str = "dev"
    identity: str = IDENTITY
    state: dict[str, Resource] = field(default_factory=dict)
    """The resources by their names, each after those that it depends on."""
    to_be_deleted: list[Resource] = field(default_factory=list)
    """Replaced, and still in the state until their deletion."""
    errors: list[str] = field(default_factory=list)
    deleting: set[str] = field(default_factory=set)
    """What the steps of the last run set out to delete."""
    created: set[str] = field(default_factory=set)
    """The resources for which the last run had a create that went well."""
    default_tags: dict[str, str] = field(default_factory=dict)
    """`aws:defaultTags`."""
    updating: dict[str, Wanted] = field(default_factory=dict)
    """What the last run set out to update in place, and did not complete: by ARN, what the program wants."""
    updated: dict[str, Wanted] = field(default_factory=dict)
    """What it did complete."""
    on_hold: Callable[[Key], None] = lambda _key: None
    """Hears of each call that could be executed now, before it is: calls are executed one at a time."""

    @property
    def resources(self) -> list[Resource]:
        """Every resource in the state. What was deleted before its replacement is there isn't one of them."""
        return [*(each for each in self.state.values() if not each.awaits_replacement), *self.to_be_deleted]

    @property
    def recorded(self) -> list[str]:
        """Their ARNs."""
        return [resource.id for resource in self.resources]

    def owner(self, name: str) -> dict[str, str]:
        """What the program side sends as `__owner`; `Blue/bot` is the resource `bot` in a component of type `Blue`."""
        parent, _, logical = name.rpartition("/")
        owner = {"project": "shop", "stack": self.stack, "logicalName": logical, "identity": self.identity}
        return {**owner, "parent": parent} if parent else owner

    def all_tags(self, arguments: dict[str, Any]) -> dict[str, str]:
        """What the program side sends as `tagsAll`."""
        return {**self.default_tags, **(arguments.get("tags") or {})}

    def up(
        self,
        program: Program,
        *,
        force: str | None = None,
        delete_first: bool = False,
        trigger: str | None = None,
        target: Collection[str] = (),
        exclude: Collection[str] = (),
        refresh: bool = False,
        continue_on_error: bool = False,
        parallel: int | None = None,
        in_turn: bool = False,
    ) -> bool:
        """`pulumi up`. Whether it went well.

        :param force: `--replace` of one resource; with the same `target`, it is `--target-replace`.
        :param delete_first: The option `delete_before_replace` of all resources.
        :param trigger: A resource whose `replacement_trigger` has changed.
        :param target: `--target`; without it, everything.
        :param parallel: `--parallel`: None or 1.
        :param in_turn: The program is so slow that it registers a resource only when the one before is done. Otherwise
            it registers all whose dependencies are done before a call is executed.
        """
        flags = Flags(
            force=force,
            delete_first=delete_first,
            trigger=trigger,
            target=target,
            exclude=exclude,
            refresh=refresh,
            continue_on_error=continue_on_error,
            parallel=parallel,
            in_turn=in_turn,
        )
        return self._run(lambda run: run.up(program), flags)

    def preview(self, program: Program, unknown: Collection[str]) -> bool:
        """`pulumi preview`, in which these inputs aren't known yet."""
        return self._run(lambda run: run.preview(program, unknown), Flags())

    def refresh(self) -> bool:
        """`pulumi refresh`."""
        return self._run(Run.refresh, Flags())

    def destroy(
        self,
        *,
        target: Collection[str] = (),
        dependents: bool = False,
        exclude_protected: bool = False,
        continue_on_error: bool = False,
    ) -> bool:
        """`pulumi destroy`.

        :param dependents: Also what depends on the targets.
        """
        flags = Flags(
            target=target,
            dependents=dependents,
            exclude_protected=exclude_protected,
            continue_on_error=continue_on_error,
        )
        return self._run(Run.destroy, flags)

    # `pulumi state`

    def taint(self, name: str) -> None:
        """Have a resource replaced by the next `up`."""
        self.state[name].tainted = True

    def rename(self, old: str, new: str) -> None:
        """Give a resource another name."""
        self.state = {new if name == old else name: resource for name, resource in self.state.items()}
        self.state[new] = replace(self.state[new], name=new)

    def twin(self, name: str) -> None:
        """Put a resource into the state a second time, as one that is still to be deleted."""
        self.to_be_deleted.append(replace(self.state[name]))

    def _run(self, steps: Callable[[Run], None], flags: Flags) -> bool:
        self.deleting, self.created, self.updating, self.updated = set(), set(), {}, {}
        run = Run(self, flags)
        steps(run)
        self.errors += run.errors
        return not run.errors
