"""Host side of `StackIdentity`: a random number that the state remembers."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider

__all__ = ["StackIdentityProvider"]


class StackIdentityProvider(ResourceProvider):
    """Knows nothing of AWS, so that a stack's identity never depends on credentials."""

    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """An identity never changes."""
        return DiffResult(changes=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """A new identity."""
        return CreateResult(str(uuid.uuid4()), props)
