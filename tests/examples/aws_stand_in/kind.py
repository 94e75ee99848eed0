"""What each kind of resource has in common: which inputs it takes, and how it is made, read, changed and deleted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

__all__ = ["Kind"]


class Kind(ABC):
    """One type of resource, with values as boto3 takes them: no unknowns, whole numbers as integers.

    :param client: Makes a boto3 client of a service.
    """

    token: ClassVar[str]
    """The type's name: `aws:ssm/parameter:Parameter`."""
    forces: ClassVar[tuple[str, ...]] = ()
    """The inputs that can't be changed in place."""
    computed: ClassVar[tuple[str, ...]] = ("arn",)
    """The outputs that aren't known before it is made."""
    auto_named: ClassVar[bool] = True
    """Whether a `name` is made where the program gives none."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.client = client

    @abstractmethod
    def create(self, inputs: Mapping[str, Any]) -> str:
        """Makes it, and returns its ID."""

    @abstractmethod
    def read(self, id_: str) -> dict[str, Any] | None:
        """What AWS says about it, by the names of inputs and outputs; None when it is gone."""

    def update(self, id_: str, inputs: Mapping[str, Any]) -> None:
        """Changes it in place."""
        raise NotImplementedError(f"{self.token} has nothing to change in place")

    @abstractmethod
    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        """Deletes it. What is gone already was deleted by somebody else, and isn't hidden here."""
