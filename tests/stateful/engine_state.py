"""What the engine model keeps of a resource, and the flags of a command."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from pulumi_bedrock.values.kinds import DEPLOYMENT, Kind
from stateful.program import Options

__all__ = ["Flags", "Resource"]


@dataclass
class Resource:
    """A resource in the state."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    name: str = ""
    kind: Kind = DEPLOYMENT
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
