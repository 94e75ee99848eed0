"""One run of the engine model: which calls it makes, in which order, and what it then keeps.

A step is a generator that yields before each call that the engine executes in parallel with others. `Check` and `Diff`
it makes one after another. So at any time some calls are on hold, and one of them is executed next, by its name.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dynamic_host import UNKNOWN, DynamicHost, HostError
from stateful.program import Options, Output, Program

if TYPE_CHECKING:
    from stateful.engine_model import Engine

__all__ = ["Flags", "Key", "Resource", "Run"]

Key = tuple[str, str, str]
"""The name of the resource, the method and the ID."""

Steps = Generator[Key, None, None]
_URN = "urn:pulumi:{}::shop::pulumi-python:dynamic/bedrock:CustomModelDeployment::{}"


@dataclass
class Resource:
    """A resource in the state."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    name: str = ""
    options: Options = field(default_factory=Options)
    uses: dict[str, str] = field(default_factory=dict)
    """The resource whose ARN an input holds, by the input's name."""
    awaits_replacement: bool = False
    """It was deleted, and what replaces it isn't there yet."""
    tainted: bool = False
    read_only: bool = False
    """It came from `get`."""

    @property
    def depends_on(self) -> set[str]:
        """The resources that it depends on, by their names."""
        return {*self.options.depends_on, *self.uses.values()}


@dataclass(frozen=True)
class Flags:
    """See `Engine.up` and `Engine.destroy`."""

    force: str | None = None
    delete_first: bool = False
    trigger: str | None = None
    target: Collection[str] = ()
    exclude: Collection[str] = ()
    refresh: bool = False
    continue_on_error: bool = False
    parallel: int | None = None
    in_turn: bool = False
    dependents: bool = False
    exclude_protected: bool = False


class Run:
    """One run, with a host process of its own."""

    def __init__(self, engine: Engine, host: DynamicHost, flags: Flags) -> None:
        self.engine, self.flags = engine, flags
        self.errors: list[str] = []
        self._host = host
        self._on_hold: list[tuple[Key, str, Steps]] = []
        self._blocked: list[tuple[Key, str, Steps]] = []
        self._done: set[str] = set()
        self._saved: list[str] = []
        self._cascading: set[str] = set()

    # The commands

    def up(self, program: Program) -> None:
        """`pulumi up`."""
        if self.flags.refresh:
            self.refresh()
        self._register(program)
        if not self._stopped:
            registered = {*program, *(name for given in program.values() for name in _options(given).aliases)}
            removed = [resource for name, resource in self.engine.state.items() if name not in registered]
            self._delete_all([*self.engine.to_be_deleted, *removed])

    def refresh(self) -> None:
        """`pulumi refresh`."""
        there = [*self.engine.to_be_deleted, *self.engine.state.values()]
        there = [resource for resource in there if self._targets(resource.name) and not resource.awaits_replacement]
        self._together((resource.name, self._read(resource)) for resource in there)

    def destroy(self) -> None:
        """`pulumi destroy`."""
        targets = {*self.flags.target} or {*self.engine.state}
        for name, resource in self.engine.state.items():
            if self.flags.dependents and resource.depends_on & targets:
                targets.add(name)
        kept = {
            name for name, each in self.engine.state.items() if each.options.protect and self.flags.exclude_protected
        }
        there = [*self.engine.to_be_deleted, *self.engine.state.values()]
        self._delete_all([resource for resource in there if resource.name in targets - kept])

    # How calls are executed

    @property
    def _stopped(self) -> bool:
        return bool(self.errors) and not self.flags.continue_on_error

    def _targets(self, name: str) -> bool:
        return name not in self.flags.exclude and (not self.flags.target or name in self.flags.target)

    def _at(self, resource: Resource) -> DynamicHost:
        self._host.urn = _URN.format(self.engine.stack, resource.name)
        return self._host

    def _advance(self, name: str, steps: Steps) -> None:
        """Go on with a step, up to its next call."""
        try:
            key = next(steps)
        except StopIteration:
            self._done.add(name)
        except HostError as error:
            self.errors.append(str(error).strip())
        else:
            if self._stopped:
                steps.close()
            elif self.flags.parallel == 1 and self._on_hold:
                self._blocked = [(key, name, steps)]
            else:
                self._hold(key, name, steps)

    def _hold(self, key: Key, name: str, steps: Steps) -> None:
        self._on_hold.append((key, name, steps))
        self.engine.on_hold(key)

    def _execute_one(self) -> bool:
        """Execute a call that is on hold. Whether there was one."""
        if not self._on_hold:
            return False
        first = min(self._on_hold, key=lambda held: held[0][:2])
        self._on_hold.remove(first)
        self._advance(*first[1:])
        if self._blocked and not self._on_hold:
            self._hold(*self._blocked.pop())
        return True

    def _together(self, several: Iterable[tuple[str, Steps]]) -> None:
        for name, steps in several:
            self._advance(name, steps)
        while self._execute_one():
            pass

    # Create, update, replace

    def _register(self, program: Program) -> None:
        """Check and diff each resource when what it depends on is done, and execute its steps."""
        waiting = dict(program)
        while True:
            ready = [name for name, given in waiting.items() if self._is_ready(given)]
            if ready and not self._stopped and not self._blocked and not (self.flags.in_turn and self._on_hold):
                self._advance(ready[0], self._step(ready[0], waiting.pop(ready[0])))
            elif not self._execute_one():
                return

    def _is_ready(self, given: dict[str, Any]) -> bool:
        return {*_uses(given).values(), *_options(given).depends_on} <= self._done

    def _step(self, name: str, given: dict[str, Any]) -> Steps:
        if not self._targets(name):
            return
        new = Resource("", {}, {}, name, _options(given), _uses(given))
        if "get" in given:
            yield name, "Read", given["get"]
            found = self._at(new).read(given["get"])
            new = replace(new, id=found.id, outputs=found.outputs, inputs=found.inputs or {}, read_only=True)
            self._save(new)
            return
        old = self._old(new)
        forced = old is not None and (old.tainted or name == self.flags.force or name in self._cascading)
        news = self._inputs(new, given, old)
        new.inputs = self._check(new, news, None if forced else old)
        if old is None:
            yield from self._create(new)
            return
        triggered = name == self.flags.trigger or new.options.replacement_trigger != old.options.replacement_trigger
        delete_first = self.flags.delete_first or new.options.delete_before_replace
        if not forced and not triggered:
            diff = self._at(new).diff(old.outputs, new.inputs, resource_id=old.id)
            delete_first = delete_first or diff.delete_before_replace
            if not diff.replaces and not old.awaits_replacement:
                if diff.changes:
                    yield from self._update(old, new)
                else:
                    self._save(replace(new, id=old.id, outputs=old.outputs), old)
                return
        if not forced:
            new.inputs = self._check(new, news, None)
        if name in self._cascading:
            yield from self._create(new, old)
        elif delete_first:
            for each in reversed([*([] if old.awaits_replacement else [old]), *self._replaced_with(old)]):
                yield from self._delete(each)
                each.awaits_replacement = True
            yield from self._create(new, old)
        else:
            yield from self._create_first(new, old)

    def _old(self, new: Resource) -> Resource | None:
        for name in (new.name, *new.options.aliases):
            if name in self.engine.state:
                return self.engine.state[name]
        return None

    def _inputs(self, new: Resource, given: dict[str, Any], old: Resource | None) -> dict[str, Any]:
        engine = self.engine
        owner = {"project": "shop", "stack": engine.stack, "logicalName": new.name, "identity": engine.identity}
        news = {key: value for key, value in given.items() if key != "opts" and value is not None}
        news |= {key: self.engine.state[used].id for key, used in new.uses.items()}
        if new.options.delete_before_replace:
            news["__deleteBeforeReplace"] = True
        if tags := engine.all_tags(given):
            news["tagsAll"] = tags
        ignored = {key: old.inputs[key] for key in new.options.ignore_changes} if old else {}
        return {**news, "__owner": owner, **ignored}

    def _check(self, new: Resource, news: dict[str, Any], old: Resource | None) -> dict[str, Any]:
        checked = self._at(new).check(news, old.inputs if old else None)
        assert checked.failures == []
        return checked.inputs

    def _create(self, new: Resource, old: Resource | None = None) -> Steps:
        tries = 1 + new.options.retries
        while True:
            yield new.name, "Create", ""
            try:
                made = self._at(new).create(new.inputs)
                break
            except HostError:
                tries -= 1
                if tries == 0:
                    raise
        self._save(replace(new, id=made.id, outputs=made.outputs), old)
        self.engine.created.add(new.name)

    def _create_first(self, new: Resource, old: Resource) -> Steps:
        served = self.engine.serves(old.id)
        try:
            yield from self._create(new, old)
        finally:
            assert self.engine.serves(old.id) or not served, f"{old.id} was gone before its replacement was there"
        self.engine.to_be_deleted.append(replace(old, awaits_replacement=False))

    def _update(self, old: Resource, new: Resource) -> Steps:
        yield new.name, "Update", old.id
        wanted = new.inputs["modelArn"], new.inputs.get("tagsAll", {})
        if new.inputs.get("updateInPlace"):
            self.engine.updating[old.id] = wanted
        updated = self._at(new).update(old.id, old.outputs, new.inputs)
        self._save(replace(new, id=old.id, outputs=updated.outputs), old)
        if old.id in self.engine.updating:
            self.engine.updated[old.id] = self.engine.updating.pop(old.id)

    def _replaced_with(self, first: Resource) -> list[Resource]:
        """What must be replaced too, and deleted before: it has an input that depends on it, and `diff` says so."""
        found, names = list[Resource](), {first.name}
        for resource in self.engine.state.values():
            unknown = {key: UNKNOWN for key, used in resource.uses.items() if used in names}
            if (
                unknown
                and self._at(resource)
                .diff(resource.outputs, {**resource.inputs, **unknown}, resource_id=resource.id)
                .replaces
            ):
                names.add(resource.name)
                found.append(resource)
        self._cascading |= {resource.name for resource in found}
        return found

    # Delete

    def _delete_all(self, resources: Iterable[Resource]) -> None:
        """Delete those on which no other depends, at the same time, then the next ones."""
        left = [resource for resource in resources if self._targets(resource.name)]
        while left and not self._stopped:
            used = set[str]().union(*(resource.depends_on for resource in left))
            last = [resource for resource in left if resource.name not in used]
            left = [resource for resource in left if resource not in last]
            self._together((resource.name, self._remove(resource)) for resource in last)

    def _remove(self, resource: Resource) -> Steps:
        if not resource.awaits_replacement:
            yield from self._delete(resource)
        self._forget(resource)

    def _delete(self, resource: Resource) -> Steps:
        if resource.read_only or resource.options.retain_on_delete:
            return
        yield resource.name, "Delete", resource.id
        self.engine.deleting.add(resource.id)
        self._at(resource).delete(resource.id, resource.outputs)

    # Refresh

    def _read(self, resource: Resource) -> Steps:
        yield resource.name, "Read", resource.id
        found = self._at(resource).read(resource.id, resource.outputs, resource.inputs)
        if not found.id:
            self._forget(resource)
            return
        assert found.inputs is not None
        self._at(resource).diff(found.outputs, resource.inputs, resource_id=resource.id)
        resource.outputs, resource.inputs = found.outputs, found.inputs

    # What the state holds

    def _save(self, new: Resource, old: Resource | None = None) -> None:
        """Write a resource into the state, behind those of this run and before all others."""
        self._saved.append(new.name)
        stale = {new.name, *([old.name] if old else ())}
        state = {name: resource for name, resource in self.engine.state.items() if name not in stale} | {new.name: new}
        self.engine.state = {name: state[name] for name in [*self._saved, *(state.keys() - {*self._saved})]}

    def _forget(self, resource: Resource) -> None:
        kept = [other for other in self.engine.to_be_deleted if other is not resource]
        if len(kept) == len(self.engine.to_be_deleted):
            del self.engine.state[resource.name]
        self.engine.to_be_deleted = kept


def _options(given: dict[str, Any]) -> Options:
    options: Options = given.get("opts", Options())
    return options


def _uses(given: dict[str, Any]) -> dict[str, str]:
    return {key: value.of for key, value in given.items() if isinstance(value, Output)}
