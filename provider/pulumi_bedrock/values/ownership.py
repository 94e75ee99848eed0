"""Whose an unfinished deployment is, proven by a tag that is there only until the deployment is finished.

A dynamic provider can't record a half-made resource: when a create is cut off, the state knows nothing of it. So the
create itself marks the deployment, in the one call that makes it, and takes the mark off once it serves. The mark holds
an identity that only the stack's own state knows (see `stack_identity`), so that a stack of the same name somewhere
else can never take it for its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

__all__ = ["FINISHED", "MARK", "MOST_TAGS", "Mark"]

MARK = "pulumi-bedrock:unfinished"
"""The key of the tag."""

FINISHED = "no"
"""The tag's value where it couldn't be taken off."""

MOST_TAGS = 50
"""Tags that AWS takes on one resource; on one that has as many of its own there is no room for the mark."""

_DIGITS = 16


@dataclass(frozen=True)
class Mark:
    """The tag's value: `project/stack/name:<identity>:<resource>`: names for people, and digests that prove.

    :param identity: The part that is the stack's own, the same for all its resources.
    :param text: The whole value.
    """

    identity: str
    text: str

    @classmethod
    def of(cls, owner: Mapping[str, Any]) -> Mark | None:
        """The mark of a resource; None where the stack's identity isn't known, and nothing can be proven."""
        identity = owner.get("identity")
        if not isinstance(identity, str):
            return None
        path = f"{owner.get('parent', '')}::{owner.get('logicalName')}"
        names = f"{owner.get('project')}/{owner.get('stack')}/{owner.get('logicalName')}"
        digests = f"{digest(identity)}:{digest(path)}"
        readable = re.sub(r"[^a-zA-Z0-9 ._/=+@-]", "-", names)[: 256 - len(digests) - 1]
        return cls(identity=digest(identity), text=f"{readable}:{digests}")

    def proves(self, value: str | None) -> bool:
        """Whether a tag's value is this resource's mark."""
        return value is not None and value.split(":")[1:] == self.text.split(":")[1:]


def digest(text: str) -> str:
    """Short enough for a tag, long enough to be no one else's."""
    return sha256(text.encode()).hexdigest()[:_DIGITS]
