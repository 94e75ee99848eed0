"""The base class of providers that call AWS in `create` and `read` only, and own nothing in AWS."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pulumi.dynamic import CheckFailure, CheckResult, DiffResult, UpdateResult

from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.lifecycle.comparison import holds_unknown
from pulumi_bedrock.lifecycle.inputs import timeouts
from pulumi_bedrock.lifecycle.validation import validate_options

from .base_provider import BaseProvider, from_wire, one_line_errors, to_wire

__all__ = ["CreateOnlyProvider"]


class CreateOnlyProvider(BaseProvider):
    """A changed input replaces the resource; there is nothing in AWS to update or delete."""

    COMPARED: ClassVar[tuple[str, ...]]
    """The inputs that replace the resource when they change."""

    TIMEOUT: ClassVar[float]
    """The default timeout of a create, in seconds."""

    @abstractmethod
    def validate(self, props: Mapping[str, Any]) -> Iterable[str]:
        """Return one line for each invalid input; a line begins with the property's name."""

    @one_line_errors
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validate all inputs at once. No network."""
        checked = {key: value for key, value in from_wire(news).items() if value is not None}
        found = [*self.validate(checked), *validate_options(checked)]
        return CheckResult(to_wire(checked), [CheckFailure("", reason) for reason in found])

    @one_line_errors
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Replace on every changed input; update on a changed timeout alone. No network."""
        old, new = from_wire(_olds), from_wire(_news)
        replaces = [key for key in self.COMPARED if holds_unknown(new.get(key)) or old.get(key) != new.get(key)]
        return DiffResult(changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"), replaces=replaces)

    @one_line_errors
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Store a changed timeout."""
        kept = {key: value for key, value in _olds.items() if key != "timeouts"}
        return UpdateResult({**kept, **{key: _news[key] for key in ("timeouts",) if key in _news}})

    @one_line_errors
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Do nothing: the resource owns nothing in AWS."""

    def deadline(self, props: Mapping[str, Any]) -> Deadline:
        """Return the deadline of a create with these inputs."""
        return Deadline(timeouts(props, {"create": self.TIMEOUT})["create"], self.clock)
