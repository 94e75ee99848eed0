"""The resource that a create is for, and how a create recognises the deployments of this resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_bedrock.values.kinds import Kind

from .inputs import HIDDEN
from .naming import auto_name, is_auto_name
from .unfinished import Mark, place

if TYPE_CHECKING:
    from .run_context import RunContext

__all__ = ["Owner"]


@dataclass(frozen=True)
class Owner:
    """A resource of a stack.

    :param kind: What it is of.
    :param props: The input `owner`: project, stack, logical name and the types of its parents.
    :param identity: That of its stack. Where it isn't known, the run's own stands in for it.
    :param given: The name that the program gives the deployment; None for an automatic one.
    :param can_mark: Whether the stack's identity is known. Otherwise only this run can resume its deployments.
    :param is_new: Whether no earlier run can have left anything: this run made the stack's identity, or has none.
    :param hidden: The inputs that AWS doesn't show, and that decide what it makes.
    """

    kind: Kind
    props: Mapping[str, Any]
    identity: str
    given: str | None
    can_mark: bool
    is_new: bool
    hidden: Mapping[str, Any]

    @classmethod
    def of(cls, run: RunContext, props: Mapping[str, Any]) -> Owner:
        """Return the owner that checked and normalised inputs name."""
        owner = props.get("owner") or {}
        known = identity if isinstance(identity := owner.get("identity"), str) else None
        hidden = {key: props[key] for key in HIDDEN[run.kind] if key in props and key != "clientRequestToken"}
        return cls(
            run.kind,
            owner,
            identity=known or run.identity,
            given=props.get(run.kind.name),
            can_mark=known is not None,
            is_new=known is None or known in run.new_identities,
            hidden=hidden,
        )

    @property
    def logical_name(self) -> str:
        """The resource's name in the program."""
        return str(self.props.get("logicalName", ""))

    @property
    def _maker(self) -> str:
        return f"{self.identity}::{place(self.props)}"

    def new_name(self) -> str:
        """Return the name that the program gives, or else a new automatic one."""
        return self.given or auto_name(self.kind, self.logical_name, self._maker)

    def could_have_made(self, name: str) -> bool:
        """Return whether this resource gives a deployment this name."""
        return name == self.given or is_auto_name(self.kind, name, self.logical_name, self._maker)

    def mark(self, name: str) -> Mark:
        """Return the mark of this resource's deployment with this name."""
        return Mark.of(self.props, self.identity, name, self.hidden)
