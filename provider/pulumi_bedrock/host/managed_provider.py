"""The base class of providers whose resources this package creates and deletes: the methods that the host calls.

The engine hands old inputs to `check`, and old outputs to `diff`, `read` and `delete`; outputs don't change in a step
without changes. A forced replacement calls `create` without a `diff` before it. So outputs hold every input, and
`create` relies on nothing that an earlier method may have stored.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from pulumi_bedrock import errors
from pulumi_bedrock.lifecycle.adopt import adopt
from pulumi_bedrock.lifecycle.create import create
from pulumi_bedrock.lifecycle.delete import delete
from pulumi_bedrock.lifecycle.diff import diff
from pulumi_bedrock.lifecycle.inputs import HIDDEN, IN_PLACE, OPTIONS, normalised
from pulumi_bedrock.lifecycle.read import read
from pulumi_bedrock.lifecycle.run_context import RunContext
from pulumi_bedrock.lifecycle.siblings import Siblings
from pulumi_bedrock.lifecycle.update import update
from pulumi_bedrock.lifecycle.validation import validate
from pulumi_bedrock.values.arns import id_hint
from pulumi_bedrock.values.kinds import Kind

from .base_provider import BaseProvider, from_wire, one_line_errors, to_wire
from .engine_log import shorten_row

__all__ = ["ManagedProvider"]


class ManagedProvider(BaseProvider):
    """The methods of one kind of resource."""

    KIND: ClassVar[Kind]

    @abstractmethod
    def outputs(self, props: Mapping[str, Any], found: Any) -> dict[str, Any]:
        """Return the outputs that only this kind has.

        :param props: The inputs.
        :param found: What AWS shows.
        """

    @property
    def _run(self) -> RunContext:
        clients, kind = self.clients, self.KIND
        return self.process.run(
            kind,
            lambda: RunContext(
                kind,
                clients,
                clock=self.clock,
                report=self.report,
                progress=self.progress,
                exit_if_engine_gone=lambda: self.engine.exit_if_gone(fresh=True),
                siblings=Siblings(self.engine.address and f"{self.engine.address}-{kind.arn_type}"),
            ),
        )

    @one_line_errors
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Resolve the Region and validate all inputs at once. No network."""
        checked = normalised(from_wire(news))
        region = checked.get("region") or self.clients.region
        if region is not None:
            checked["region"] = region
        self._run.guard.checked(checked, will_create=not _olds)
        # An empty property name: with a name, the engine would print the value, secret or not.
        failures = [CheckFailure("", reason) for reason in validate(self.KIND, checked)]
        return CheckResult(to_wire(checked), failures)

    @one_line_errors
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace on every changed input that can't or needn't be updated in place.

        No network, except for a deployment with `update_in_place`.
        """
        found = diff(self._run, _id, normalised(from_wire(_olds)), normalised(from_wire(_news)))
        shorten_row(self.engine.address)
        return DiffResult(
            changes=found.updates, replaces=list(found.replaces), delete_before_replace=found.deletes_first
        )

    @one_line_errors
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return when the resource is `Active`, or raise an error that says what is left in the account.

        :raises BedrockError: see `errors`.
        """
        props = normalised(from_wire(props))
        with self._run.guard.creating(props):
            found = adopt(self._run, props) if props.get("importId") else create(self._run, props)
        outputs = self._outputs(props, found, auto_named=self.KIND.name not in props)
        return CreateResult(found.arn, to_wire(outputs))

    @one_line_errors
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return the live resource. Only AWS's not-found means deleted; on any other error the state stays."""
        stored, props = props, normalised(from_wire(props))
        found = read(self._run, id_, props)
        kind = self.KIND
        is_get = kind.arn not in props
        if found is None and is_get:
            # The engine would take an empty answer for an empty resource.
            region = self.clients.region_for(id_, props.get("region"))
            raise errors.ResourceNotFound(
                f"there is no {kind.noun} {id_} in {region}. Check the ARN and the Region.{id_hint(id_, region, kind)}"
            )
        if found is None:
            self._run.verify_not_found(id_)
            return ReadResult("", {})
        resource, live = found
        if not is_get:
            self._run.guard.recorded.add(resource.arn)
        kept = {key: props[key] for key in (*OPTIONS, *HIDDEN[kind]) if key in props}
        auto_named = bool(props.get("autoNamed"))
        outputs = self._outputs({**kept, **live}, resource, auto_named=auto_named)
        if auto_named:
            del live[kind.name]  # the inputs hold a name only if the program gave one
        # A state of an earlier version keeps its names until a create or an update: others would be shown as drift.
        return ReadResult(resource.arn, to_wire(outputs, keep=stored), to_wire({**kept, **live}))

    @one_line_errors
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Update model and tags in place, and store inputs that AWS does not get, such as timeouts, for `delete`.

        :raises BedrockError: see `errors`; the state then keeps the old inputs.
        """
        old, new = normalised(from_wire(_olds)), normalised(from_wire(_news))
        found = update(self._run, _id, old, new)
        written = (*OPTIONS, *sorted(IN_PLACE[self.KIND]))  # every other input replaces
        kept = {key: value for key, value in old.items() if key not in (*written, "updateStatus")}
        outputs = {**kept, **{key: new[key] for key in written if key in new}}
        if found and found.last_updated_at:
            outputs["lastUpdatedAt"] = found.last_updated_at
        return UpdateResult(to_wire(outputs))

    @one_line_errors
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the resource, and return when AWS no longer finds it."""
        delete(self._run, _id, normalised(from_wire(_props)))

    def _outputs(self, props: Mapping[str, Any], found: Any, *, auto_named: bool) -> dict[str, Any]:
        """Return the outputs for the state: every input, and the values that AWS sets."""
        kind = self.KIND
        return {
            **props,
            **self.outputs(props, found),
            kind.name: found.name,
            "autoNamed": auto_named,
            kind.arn: found.arn,
            kind.status: found.status,
            "createdAt": found.created_at,
        }
