"""Deployments and custom models that belong to no stack of the test. No command may change or delete them."""

from __future__ import annotations

from typing import Any

from scenarios.live import everything
from scenarios.subject import Subject

__all__ = ["Strangers"]


class Strangers:
    """Makes such resources of the kind that the test is about, and remembers each as it was."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.made: dict[str, dict[str, Any]] = {}

    def __call__(self, name: str, **more: Any) -> str:
        """Make one and return its ARN; `more` are arguments of boto3's call."""
        arn = self._subject.make(name, **more)
        self.made[arn] = self._seen(arn)
        return arn

    def adopted(self, arn: str) -> None:
        """Note that a stack has imported it."""
        del self.made[arn]

    def changed(self, arn: str) -> None:
        """Note that the test itself has changed it."""
        self.made[arn] = self._seen(arn)

    def touched(self) -> list[str]:
        """Return the ARNs of those that were deleted or changed."""
        return [arn for arn, was in self.made.items() if self._seen(arn) != was]

    def _seen(self, arn: str) -> dict[str, Any]:
        found = {each.arn: each.shown for each in everything(self._subject.local)}
        return found.get(arn, {})
