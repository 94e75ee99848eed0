"""Unfinished deployments: a create marks a deployment with a tag, and removes the tag when the deployment is `Active`.

A dynamic provider can't record a half-made resource: when a create is interrupted, the state doesn't know the
deployment. So the call that creates a deployment also sets a tag, the mark, and the next run finds the deployment by
it. The mark holds a digest of the deployment's name and of an identity that is stored only in the stack's state
(`program.stack_identity`). So a stack of the same name elsewhere never takes the deployment for its own, and a copy of
the mark on another deployment proves nothing. AWS doesn't show what a custom model was made of, so its mark has a
digest of that too.

Everything about the mark of one deployment is in this module: build, read and remove. `unfinished_search` finds marked
deployments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.calls import Calls

__all__ = ["FINISHED", "MARK", "MAX_TAGS", "Mark", "finish", "place"]

MARK = "pulumi-bedrock:unfinished"
"""The key of the tag."""

FINISHED = "no"
"""The tag's value where IAM doesn't allow removing it."""

MAX_TAGS = 50
"""Tags that AWS allows on one resource. A deployment with 50 tags of its own has no room for the mark."""

_VALUE = re.compile(r"(?P<names>[^:]*):(?P<stack>[0-9a-f]+):(?P<resource>[0-9a-f]+)(?::(?P<source>[0-9a-f]+))?")
_MAX_VALUE = 256
_DIGITS = 16


@dataclass(frozen=True)
class Mark:
    """The tag's value: `<project>/<stack>/<name>:<stack digest>:<resource digest>`, and `:<source digest>` of a model.

    :param names: For people; a rename of project or stack makes no other mark. Characters that AWS doesn't allow in a
        tag are replaced.
    :param stack: The digest of the stack's identity and the deployment's name.
    :param resource: The digest of the resource's place in the stack.
    :param source: The digest of the inputs that AWS doesn't show; empty without such inputs.
    """

    names: str = field(compare=False)
    stack: str
    resource: str
    source: str

    @classmethod
    def of(cls, owner: Mapping[str, Any], identity: str, name: str, hidden: Mapping[str, Any] | None = None) -> Mark:
        """Return the mark of a resource's deployment.

        :param owner: The input that says which resource of which stack it is.
        :param identity: The stack's.
        :param name: The deployment's.
        :param hidden: The inputs that AWS doesn't show.
        """
        source = _digest(f"{identity}::{name}::{json.dumps(hidden, sort_keys=True)}") if hidden else ""
        stack, resource = _digest(f"{identity}::{name}"), _digest(place(owner))
        names = _allowed(f"{owner.get('project')}/{owner.get('stack')}/{owner.get('logicalName')}")
        room = _MAX_VALUE - len(cls("", stack, resource, source).value)
        return cls(names[:room], stack, resource, source)

    @classmethod
    def read(cls, tags: Mapping[str, str]) -> Mark | None:
        """Return the mark among a deployment's tags; None when there is none, as on a finished deployment."""
        match = _VALUE.fullmatch(tags.get(MARK, ""))
        return cls(**match.groupdict(default="")) if match else None

    @property
    def value(self) -> str:
        """The tag's value."""
        return ":".join([self.names, self.stack, self.resource, *([self.source] if self.source else [])])

    def is_of_maker(self, other: Mark) -> bool:
        """Return whether the same resource of the same stack has made both deployments, which have one name."""
        return (self.stack, self.resource) == (other.stack, other.resource)

    def is_of_stack(self, identity: str, name: str) -> bool:
        """Return whether the mark proves that the deployment with this name belongs to the stack with this identity."""
        return self.stack == _digest(f"{identity}::{name}")

    def is_named_like(self, stack: str) -> bool:
        """Return whether the mark names this stack, as `<project>/<stack>`. A name proves nothing."""
        return self.names.startswith(_allowed(f"{stack}/"))


def place(owner: Mapping[str, Any]) -> str:
    """Return what identifies a resource in its stack: the types of its parents, and its name."""
    return f"{owner.get('parent', '')}::{owner.get('logicalName')}"


_REFUSED = (errors.AccessDenied, errors.UnexpectedAnswer, errors.ValidationFailed)
"""Errors of an UntagResource that IAM denies, or that AWS doesn't support for deployments."""


def finish(calls: Calls[Any], arn: str) -> None:
    """Remove the mark of a deployment, or overwrite it where AWS doesn't remove it.

    IAM: bedrock:UntagResource, or else bedrock:TagResource.
    """
    try:
        calls.untag(arn, MARK)
    except _REFUSED:
        calls.tag(arn, {MARK: FINISHED})


def _allowed(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9 ._/=+@-]", "-", text)


def _digest(text: str) -> str:
    """Return a digest that is short enough for a tag, and long enough to be unique."""
    return sha256(text.encode()).hexdigest()[:_DIGITS]
