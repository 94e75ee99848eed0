"""Unfinished deployments: a create marks a deployment with a tag, and removes the tag when the deployment is `Active`.

A dynamic provider can't record a half-made resource: when a create is interrupted, the state doesn't know the
deployment. So the call that creates a deployment also sets a tag, the mark, and the next run finds the deployment by
it. The mark holds a digest of an identity that is stored only in the stack's state (`program.stack_identity`), so a
stack of the same name elsewhere never takes the deployment for its own.

Everything about marks is in this module: build, parse, search and finish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.pacing import MAX_CONCURRENT_CALLS
from pulumi_bedrock.aws.resources import Deployment

__all__ = [
    "FINISHED",
    "MARK",
    "MAX_TAGS",
    "Mark",
    "Unfinished",
    "UnfinishedSearch",
    "can_finish",
    "find_unfinished",
    "finish",
]

MARK = "pulumi-bedrock:unfinished"
"""The key of the tag."""

FINISHED = "no"
"""The tag's value where IAM doesn't allow removing it."""

MAX_TAGS = 50
"""Tags that AWS allows on one resource. A deployment with 50 tags of its own has no room for the mark."""

_VALUE = re.compile(r"(?P<names>[^:]*):(?P<stack>[0-9a-f]+):(?P<resource>[0-9a-f]+)")
_MAX_VALUE = 256
_DIGITS = 16


@dataclass(frozen=True)
class Mark:
    """The tag's value: `<project>/<stack>/<name>:<stack digest>:<resource digest>`.

    :param names: For people. Characters that AWS doesn't allow in a tag are replaced.
    :param stack: The digest of the stack's identity, equal for all resources of the stack.
    :param resource: The digest of the resource's place in the stack: its parent and its logical name.
    """

    names: str
    stack: str
    resource: str

    @classmethod
    def of(cls, owner: Mapping[str, Any]) -> Mark | None:
        """Return the mark of a resource; None when the stack's identity isn't known."""
        identity = owner.get("identity")
        if not isinstance(identity, str):
            return None
        stack, resource = _digest(identity), _digest(f"{owner.get('parent', '')}::{owner.get('logicalName')}")
        names = _allowed(f"{owner.get('project')}/{owner.get('stack')}/{owner.get('logicalName')}")
        return cls(names[: _MAX_VALUE - len(f":{stack}:{resource}")], stack, resource)

    @classmethod
    def parse(cls, value: str) -> Mark | None:
        """Return the mark in a tag's value; None when it isn't one, as on a finished deployment."""
        match = _VALUE.fullmatch(value)
        return cls(**match.groupdict()) if match else None

    @property
    def value(self) -> str:
        """The tag's value."""
        return f"{self.names}:{self.stack}:{self.resource}"

    def is_same_resource(self, other: Mark | None) -> bool:
        """Return whether another mark is of the same stack and resource, even after a rename."""
        return other is not None and (other.stack, other.resource) == (self.stack, self.resource)

    def is_of_stack(self, identity: str) -> bool:
        """Return whether the resource belongs to the stack with this identity."""
        return self.stack == _digest(identity)

    def is_named_like(self, stack: str) -> bool:
        """Return whether the mark names this stack, as `<project>/<stack>`. A name proves nothing."""
        return self.names.startswith(_allowed(f"{stack}/"))


@dataclass(frozen=True)
class Unfinished:
    """A marked deployment.

    :param deployment: As it was when the search listed it.
    :param tags: All its tags but the mark.
    """

    deployment: Deployment
    tags: Mapping[str, str]
    mark: Mark


def find_unfinished(deployments: Deployments) -> list[Unfinished]:
    """Return every marked deployment of the account and Region, newest first.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.
    """
    listed = deployments.list_all()
    if not listed:
        return []
    with ThreadPoolExecutor(MAX_CONCURRENT_CALLS) as pool:
        all_tags = list(pool.map(lambda found: _tags(deployments, found.arn), listed))
    return [
        Unfinished(found, {key: value for key, value in tags.items() if key != MARK}, mark)
        for found, tags in zip(listed, all_tags, strict=True)
        if (mark := Mark.parse(tags.get(MARK, ""))) is not None
    ]


class UnfinishedSearch:
    """The unfinished deployments of earlier runs, by Region. A Region is searched once, when a create first needs it.

    They were all created before this run, so one search is enough for all creates of the run.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[str, list[Unfinished]] = {}
        self._denied: set[str] = set()

    def of(self, mark: Mark, deployments: Deployments) -> list[Unfinished]:
        """Return the unfinished deployments of one resource, newest first.

        Where IAM denies the search, nothing can be resumed. That is reported once, and is no error.
        """
        with self._lock:
            if deployments.region not in self._found:
                try:
                    self._found[deployments.region] = deployments.with_retries(lambda: find_unfinished(deployments))
                except errors.AccessDenied as denied:
                    deployments.report(f"can't search for unfinished deployments of earlier runs: {denied}")
                    self._found[deployments.region] = []
                    self._denied.add(deployments.region)
            return [found for found in self._found[deployments.region] if mark.is_same_resource(found.mark)]

    def is_denied(self, region: str) -> bool:
        """Return whether IAM denied the search in this run; the next run will be denied too."""
        return region in self._denied


def finish(deployments: Deployments, arn: str) -> None:
    """Remove the mark of a deployment, or overwrite it where IAM doesn't allow removing it.

    IAM: bedrock:UntagResource, or else bedrock:TagResource.
    """
    try:
        deployments.untag(arn, MARK)
    except errors.AccessDenied:
        deployments.tag(arn, {MARK: FINISHED})


def can_finish(deployments: Deployments, found: Unfinished) -> bool:
    """Return whether IAM allows removing or overwriting the mark. Where it doesn't, a mark proves nothing.

    Writes the same mark again, or removes a tag that doesn't exist: nothing changes.

    IAM: bedrock:TagResource, or else bedrock:UntagResource.
    """
    arn = found.deployment.arn
    try:
        deployments.tag(arn, {MARK: found.mark.value})
    except errors.AccessDenied:
        try:
            deployments.untag(arn, f"{MARK}-probe")
        except errors.AccessDenied:
            return False
    return True


def _tags(deployments: Deployments, arn: str) -> dict[str, str]:
    try:
        return deployments.tags(arn)
    except errors.ResourceNotFound:
        return {}  # deleted since it was listed


def _allowed(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9 ._/=+@-]", "-", text)


def _digest(text: str) -> str:
    """Return a digest that is short enough for a tag, and long enough to be unique."""
    return sha256(text.encode()).hexdigest()[:_DIGITS]
