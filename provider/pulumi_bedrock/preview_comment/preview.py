"""A preview, read from the engine's events: steps, drift and diagnostics."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ROOT", "Diagnostic", "Drift", "MalformedPreview", "Preview", "State", "Step", "Urn"]

ROOT = "pulumi:pulumi:Stack"


class MalformedPreview(ValueError):
    """The text isn't the event stream of `pulumi preview --json`, or not all of it."""


@dataclass(frozen=True)
class Urn:
    """A resource's URN and its parts. Of a text that isn't a URN, the whole text is the name."""

    text: str

    @property
    def stack(self) -> str | None:
        """The stack's name."""
        return self._parts[0]

    @property
    def project(self) -> str | None:
        """The project's name."""
        return self._parts[1]

    @property
    def type(self) -> str:
        """The type, without those of its parents."""
        return (self._parts[2] or "").rsplit("$", 1)[-1]

    @property
    def short_type(self) -> str:
        """The type's last part: `Policy` of `aws:iam/policy:Policy`."""
        return self.type.rsplit(":", 1)[-1] or self.type

    @property
    def name(self) -> str:
        """The name in the program."""
        return self._parts[3] or self.text

    @functools.cached_property
    def _parts(self) -> tuple[str | None, str | None, str | None, str | None]:
        prefix = "urn:pulumi:"
        parts = self.text[len(prefix) :].split("::", 3)
        if not self.text.startswith(prefix) or len(parts) != 4:
            return None, None, None, None
        return parts[0], parts[1], parts[2], parts[3]


@dataclass(frozen=True)
class State:
    """A resource's state before or after a step."""

    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    retained: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the plan.

    :param keys: The properties that force a replacement.
    :param diffs: The properties that change; some providers don't name them.
    :param detailed: The provider's detailed diff.
    """

    op: str
    urn: Urn
    old: State | None = None
    new: State | None = None
    keys: tuple[str, ...] = ()
    diffs: tuple[str, ...] = ()
    detailed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """A resource that changed outside of Pulumi, as a refresh found it; `new` is None when it is deleted."""

    urn: Urn
    old: State
    new: State | None


@dataclass(frozen=True)
class Diagnostic:
    """A message of the program, the engine or a provider, with the engine's severity."""

    severity: str
    message: str
    urn: Urn | None = None


@dataclass(frozen=True)
class Preview:
    """The content of one preview."""

    steps: tuple[Step, ...]
    drifts: tuple[Drift, ...]
    diagnostics: tuple[Diagnostic, ...]
    failed: bool
    unchanged: int | None
    """The number of unchanged resources, without the stack; None when the preview doesn't contain it."""

    @property
    def root(self) -> Urn | None:
        """The stack's own URN, or any that names project and stack."""
        urns = [step.urn for step in self.steps] + [drift.urn for drift in self.drifts]
        urns += [found.urn for found in self.diagnostics if found.urn]
        named = [urn for urn in urns if urn.project and urn.stack]
        return next((urn for urn in named if urn.type == ROOT), named[0] if named else None)
