"""What the resources share that only ask AWS something when they are created, and own nothing there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pulumi.dynamic import CheckFailure, CheckResult, DiffResult, UpdateResult

from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.lifecycle.inputs import holds_unknown, option_failures
from pulumi_bedrock.values import durations

from .base_provider import HostedProvider, decoded, encoded, one_line

__all__ = ["AskingProvider"]


class AskingProvider(HostedProvider):
    """Asks anew, by a replacement, when an input changes; there is nothing to update or delete."""

    COMPARED: ClassVar[tuple[str, ...]]
    """The inputs that make up the question."""

    TIMEOUT: ClassVar[float]
    """Seconds that an answer may take when the program doesn't say."""

    @abstractmethod
    def failures(self, props: Mapping[str, Any]) -> Iterable[str]:
        """What is wrong with the inputs, each line beginning with the property's name."""

    @one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validates everything at once. No network."""
        checked = {key: value for key, value in decoded(news).items() if value is not None}
        found = [*self.failures(checked), *option_failures(checked)]
        return CheckResult(encoded(checked), [CheckFailure("", reason) for reason in found])

    @one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Any change is another question, and an answer can't be updated. No network."""
        old, new = decoded(_olds), decoded(_news)
        replaces = [key for key in self.COMPARED if holds_unknown(new.get(key)) or old.get(key) != new.get(key)]
        return DiffResult(changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"), replaces=replaces)

    @one_line
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Takes over a changed timeout."""
        kept = {key: value for key, value in _olds.items() if key != "timeouts"}
        return UpdateResult({**kept, **{key: _news[key] for key in ("timeouts",) if key in _news}})

    @one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing to do: nothing in AWS belongs to it."""

    def deadline(self, props: Mapping[str, Any]) -> Deadline:
        """How long the answer to these inputs may take."""
        timeout = (props.get("timeouts") or {}).get("create")
        return Deadline(durations.seconds(timeout) if timeout else self.TIMEOUT, self.clock)
