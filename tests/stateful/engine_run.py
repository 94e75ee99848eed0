"""One run of the engine model: which calls it makes, in which order, and what it then keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynamic_host import UNKNOWN, DynamicHost, HostError
from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind
from stateful.engine_state import Flags, Resource
from stateful.executor import Executor, Steps
from stateful.program import NOT_INPUTS, Program, dependencies_of, kind_of, options_of, uses_of, value_of

if TYPE_CHECKING:
    from stateful.engine_model import Engine

__all__ = ["Run"]

_URN = "urn:pulumi:{}::shop::pulumi-python:dynamic/bedrock:{}::{}"


class Run:
    """One run, with a host process of its own."""

    def __init__(self, engine: Engine, flags: Flags) -> None:
        self.engine, self.flags = engine, flags
        self._hosts: dict[Kind, DynamicHost] = {DEPLOYMENT: engine.start_host(DEPLOYMENT, None)}
        self._executor = Executor(flags, engine.on_hold)
        self._saved: list[str] = []
        self._cascading: set[str] = set()
        """What was deleted because a resource that it depends on is replaced, and is replaced too."""

    @property
    def errors(self) -> list[str]:
        """What went wrong."""
        return self._executor.errors

    # The commands

    def up(self, program: Program) -> None:
        """`pulumi up`."""
        if self.flags.refresh:
            self.refresh()
        self._register(program)
        if not self._executor.stopped:
            registered = {*program, *(name for given in program.values() for name in options_of(given).aliases)}
            removed = [resource for name, resource in self.engine.state.items() if name not in registered]
            there = [*self.engine.to_be_deleted, *removed]
            self._delete_all(resource for resource in there if self._targets(resource.name))

    def preview(self, program: Program, unknown: Collection[str]) -> None:
        """`pulumi preview`: only Check and Diff."""
        for name, given in program.items():
            uses = {key: used for key, used in uses_of(given).items() if used in self.engine.state}
            hidden = dict.fromkeys([*unknown, *(uses_of(given).keys() - uses.keys())], UNKNOWN)
            new = Resource("", {}, {}, name, kind_of(given), options_of(given), uses)
            old = self._old(new)
            try:
                news = {**self._inputs(new, given, old), **hidden}
                new.inputs = self._check(new, news, old)
                if old:
                    self._at(new).diff(old.outputs, new.inputs, resource_id=old.id)
            except HostError as error:
                self.errors.append(str(error).strip())

    def refresh(self) -> None:
        """`pulumi refresh`."""
        there = [*self.engine.to_be_deleted, *self.engine.state.values()]
        there = [resource for resource in there if self._targets(resource.name) and not resource.awaits_replacement]
        self._executor.together((resource.name, self._read(resource)) for resource in there)

    def destroy(self) -> None:
        """`pulumi destroy`."""
        there = [*self.engine.to_be_deleted, *self.engine.state.values()]
        if self.flags.exclude_protected:
            there = [resource for resource in there if not resource.options.protect]
        also = set[str]()
        if self.flags.dependents:
            also = {each.name for name in self.flags.target for each in self._replaced_with(self.engine.state[name])}
        self._delete_all(resource for resource in there if self._targets(resource.name) or resource.name in also)

    def _targets(self, name: str) -> bool:
        return name not in self.flags.exclude and (not self.flags.target or name in self.flags.target)

    def _at(self, resource: Resource) -> DynamicHost:
        kind = resource.kind
        if kind not in self._hosts:  # one process has the providers of all kinds
            self._hosts[kind] = self.engine.start_host(kind, self._hosts[DEPLOYMENT].process)
        self._hosts[kind].urn = _URN.format(self.engine.stack, kind.api, resource.name)
        return self._hosts[kind]

    # Create, update, replace

    def _register(self, program: Program) -> None:
        """Check and diff each resource when what it depends on is done, and execute its steps."""
        waiting, calls = dict(program), self._executor
        while True:
            ready = [name for name, given in waiting.items() if dependencies_of(given) <= calls.done | calls.failed]
            waits = calls.stopped or calls.blocked or (self.flags.in_turn and calls.on_hold)
            if ready and not waits:
                given = waiting.pop(ready[0])
                useless = not calls.failed.isdisjoint(dependencies_of(given))
                calls.advance(ready[0], self._step(ready[0], given), only_check=useless)
            elif not calls.execute_one():
                return

    def _step(self, name: str, given: dict[str, Any]) -> Steps:
        if not self._targets(name):
            return
        new = Resource("", {}, {}, name, kind_of(given), options_of(given), uses_of(given))
        if "get" in given:
            yield name, "Read", given["get"]
            found = self._at(new).read(given["get"], {})
            self._save(replace(new, id=found.id, outputs=found.outputs, read_only=True))
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
        if old.options.protect:
            raise HostError(f"{name} is protected, and can't be replaced")
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
            yield from self._create(new, old, old_serves=True)
            self.engine.to_be_deleted.append(replace(old, awaits_replacement=False))

    def _old(self, new: Resource) -> Resource | None:
        for name in (new.name, *new.options.aliases):
            if name in self.engine.state:
                return self.engine.state[name]
        return None

    def _inputs(self, new: Resource, given: dict[str, Any], old: Resource | None) -> dict[str, Any]:
        engine = self.engine
        news = {key: value for key, value in given.items() if key not in (*NOT_INPUTS, *new.uses) and value is not None}
        known = {key: engine.state[used].id for key, used in new.uses.items() if used not in self._executor.failed}
        news |= {key: value_of(key, arn) for key, arn in known.items()}
        if new.options.delete_before_replace or self.flags.delete_first:
            news["__deleteBeforeReplace"] = True
        if new.options.retain_on_delete:
            news["__retainOnDelete"] = True
        if tags := engine.all_tags(given):
            news["tagsAll"] = tags
        ignored = {key: old.inputs[key] for key in new.options.ignore_changes} if old else {}
        return {**news, "__owner": engine.owner(new.name), **ignored}

    def _check(self, new: Resource, news: dict[str, Any], old: Resource | None) -> dict[str, Any]:
        checked = self._at(new).check(news, old.inputs if old else None)
        if (
            checked.failures
        ):  # with --continue-on-error, what came of a failed resource is left out, and may be required
            assert self._executor.failed.intersection(new.uses.values()), checked.reasons
            raise HostError(" ".join(checked.reasons))
        return checked.inputs

    def _create(self, new: Resource, old: Resource | None = None, *, old_serves: bool = False) -> Steps:
        """Create a resource, perhaps instead of another one.

        :param old_serves: Whether the other one must still be there when this is done.
        """
        made = None
        for tries_left in reversed(range(1 + new.options.retries)):
            yield new.name, "Create", ""
            served = old is not None and old_serves and self.engine.serves(old.id)
            try:
                made = self._at(new).create(new.inputs)
                break
            except HostError:
                if not tries_left:
                    raise
            finally:
                assert not (served and old) or self.engine.serves(old.id), f"{old.id} was gone before its replacement"
        assert made
        self._save(replace(new, id=made.id, outputs=made.outputs), old)
        self.engine.created.add(new.name)

    def _update(self, old: Resource, new: Resource) -> Steps:
        yield new.name, "Update", old.id
        wanted = new.inputs.get("modelArn"), new.inputs.get("tagsAll", {})
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
            news = {**resource.inputs, **unknown}
            if unknown and self._at(resource).diff(resource.outputs, news, resource_id=resource.id).replaces:
                names.add(resource.name)
                found.append(resource)
        self._cascading |= names - {first.name}
        return found

    # Delete

    def _delete_all(self, resources: Iterable[Resource]) -> None:
        """Delete resources in layers, the last first: each depends only on those of the layers before."""
        given = list(resources)
        left = [resource for resource in given if not resource.options.protect]
        layers = list[list[Resource]]()
        while left:
            names = {resource.name for resource in left}
            layers.append([resource for resource in left if not resource.depends_on & names] or left)
            left = [resource for resource in left if resource not in layers[-1]]
        for layer in reversed(layers):
            if not self._executor.stopped:
                self._executor.together((resource.name, self._remove(resource)) for resource in layer)
        self._executor.errors += [
            f"{each.name} is protected, and can't be deleted" for each in given if each.options.protect
        ]

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
        if resource.read_only:
            resource.outputs = found.outputs
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
        self.engine.state = {name: state[name] for name in [*self._saved, *state] if name in state}

    def _forget(self, resource: Resource) -> None:
        kept = [other for other in self.engine.to_be_deleted if other is not resource]
        if len(kept) == len(self.engine.to_be_deleted):
            del self.engine.state[resource.name]
        self.engine.to_be_deleted = kept
