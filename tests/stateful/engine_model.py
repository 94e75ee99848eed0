"""A small model of the Pulumi engine: one stack's state, and the calls that `up`, `refresh` and `destroy` make.

It keeps what the engine keeps, as measured for the design: a step without changes saves new inputs and keeps old
outputs; a replacement creates first or deletes first as `diff` or the option says; a forced one asks no `diff`; what
fails leaves the state as it was. Each run has a host process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dynamic_host import DynamicHost, HostError, Stored

__all__ = ["IDENTITY", "Engine", "Program", "Resource", "Wanted"]

IDENTITY = "7c0f1f52-a6c5-4f5b-9a86-3ff1b7ab9f3c"

Program = dict[str, dict[str, Any]]
"""The arguments of each resource, by logical name."""

Wanted = tuple[str, dict[str, str]]
"""The model and all tags."""


@dataclass
class Resource:
    """A resource in the state."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Engine:
    """One stack.

    :param start_host: Starts a host process.
    :param serves: Whether the deployment with this ARN is there and Active.
    :param stack: Its name.
    :param identity: What its state holds as its identity.
    """

    start_host: Callable[[], DynamicHost]
    serves: Callable[[str], bool]
    stack: str = "dev"
    identity: str = IDENTITY
    state: dict[str, Resource] = field(default_factory=dict)
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

    @property
    def recorded(self) -> list[str]:
        """Every ARN in the state."""
        return [resource.id for resource in (*self.state.values(), *self.to_be_deleted)]

    def all_tags(self, arguments: dict[str, Any]) -> dict[str, str]:
        """What the program side sends as `tagsAll`."""
        return {**self.default_tags, **(arguments.get("tags") or {})}

    def up(
        self, program: Program, *, force: str | None = None, delete_first: bool = False, trigger: str | None = None
    ) -> bool:
        """`pulumi up`; with `force`, `--target-replace` of one resource. Whether it went well.

        :param trigger: A resource that an option such as `replacement_trigger` replaces, whatever its `diff` says.
        :param delete_first: The option `delete_before_replace` of all resources.
        """

        def steps(host: DynamicHost) -> None:
            for name, arguments in program.items():
                self._step(
                    host, name, arguments, forced=name == force, triggered=name == trigger, delete_first=delete_first
                )
            for resource in list(self.to_be_deleted):
                self._delete(host, resource)
                self.to_be_deleted.remove(resource)
            for name in [name for name in self.state if name not in program]:
                self._delete(host, self.state[name])
                del self.state[name]

        return self._run(steps)

    def refresh(self) -> bool:
        """`pulumi refresh`."""

        def steps(host: DynamicHost) -> None:
            for name, resource in list(self.state.items()):
                found = host.read(resource.id, resource.outputs)
                if found.id:
                    assert found.inputs is not None
                    self.state[name] = Resource(found.id, found.inputs, found.outputs)
                else:
                    del self.state[name]

        return self._run(steps)

    def destroy(self) -> bool:
        """`pulumi destroy`."""
        return self.up({})

    def _run(self, steps: Callable[[DynamicHost], None]) -> bool:
        self.deleting, self.created, self.updating, self.updated = set(), set(), {}, {}
        try:
            steps(self.start_host())
        except HostError as error:
            self.errors.append(str(error).strip())
            return False
        return True

    def _step(
        self,
        host: DynamicHost,
        name: str,
        arguments: dict[str, Any],
        *,
        forced: bool,
        triggered: bool,
        delete_first: bool,
    ) -> None:
        owner = {"project": "shop", "stack": self.stack, "logicalName": name, "identity": self.identity}
        given = {**arguments, "tagsAll": self.all_tags(arguments) or None, "__owner": owner}
        news = {key: value for key, value in given.items() if value is not None}
        old = self.state.get(name)
        inputs = self._checked(host, news, old.inputs if old else None)
        if old is None:
            self._create(host, name, inputs)
            return
        if not forced:
            diff = host.diff(old.outputs, inputs, resource_id=old.id)
            if not diff.changes and not triggered:
                old.inputs = inputs
                return
            if not diff.replaces and not triggered:
                if inputs.get("updateInPlace"):
                    self.updating[old.id] = inputs["modelArn"], self.all_tags(arguments)
                updated = host.update(old.id, old.outputs, inputs)
                self.state[name] = Resource(old.id, inputs, updated.outputs)
                if old.id in self.updating:
                    self.updated[old.id] = self.updating.pop(old.id)
                return
            delete_first = delete_first or diff.delete_before_replace
        inputs = self._checked(host, news, None)
        if delete_first:
            self._delete(host, old)
            del self.state[name]
            self._create(host, name, inputs)
        else:
            served = self.serves(old.id)
            try:
                self._create(host, name, inputs)
            finally:
                assert self.serves(old.id) or not served, f"{old.id} was gone before its replacement was there"
            self.to_be_deleted.append(old)

    def _checked(self, host: DynamicHost, news: dict[str, Any], olds: dict[str, Any] | None) -> dict[str, Any]:
        checked = host.check(news, olds)
        assert checked.failures == []
        return checked.inputs

    def _create(self, host: DynamicHost, name: str, inputs: dict[str, Any]) -> None:
        made: Stored = host.create(inputs)
        self.state[name] = Resource(made.id, inputs, made.outputs)
        self.created.add(name)

    def _delete(self, host: DynamicHost, resource: Resource) -> None:
        self.deleting.add(resource.id)
        host.delete(resource.id, resource.outputs)
