"""A random identity for each stack, kept in its state and nowhere else.

Organisation, project and stack names don't prove whose an unfinished deployment is: two people with file backends of
their own can both have a `shop/dev` in one account. What only the state knows does.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pulumi
import pulumi.dynamic
from pulumi.runtime import get_root_resource

from pulumi_bedrock import serialized

__all__ = ["identity"]


class StackIdentity(pulumi.dynamic.Resource, module="bedrock", name="StackIdentity"):
    """Made once for each stack by its first deployment; nothing in AWS belongs to it."""

    def __init__(self, resource_name: str) -> None:
        super().__init__(serialized.Reference(serialized.identity), resource_name, {})


_made: WeakKeyDictionary[pulumi.Resource, StackIdentity] = WeakKeyDictionary()


async def identity() -> str | None:
    """The identity of the stack that is being run; unknown in its first preview, None where `--target` leaves it out.

    A plain value and not an output: a deployment waits for it, but must not depend on it as on another resource, or
    `--target` on the deployment alone would be refused.
    """
    root = get_root_resource()
    if root is None:  # a unit test with mocks has no stack
        return None
    if root not in _made:
        _made[root] = StackIdentity("pulumi-bedrock")
    found: str | None = await _made[root].id.future()
    if not found and pulumi.runtime.is_dry_run():
        return pulumi.runtime.rpc.UNKNOWN  # to come: a plan without it would not let `up` have it
    return found or None
