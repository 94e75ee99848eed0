"""A random identity for each stack, stored only in its state.

The names of project and stack don't prove that a stack owns an unfinished deployment: two people with file backends
can each have a stack `shop/dev` in one account. An ID that only the state holds proves it.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pulumi
import pulumi.dynamic
from pulumi.runtime import get_root_resource

from pulumi_bedrock import serialized

__all__ = ["identity"]


class StackIdentity(pulumi.dynamic.Resource, module="bedrock", name="StackIdentity"):
    """Created once per stack, with its first deployment. It owns nothing in AWS."""

    def __init__(self, resource_name: str) -> None:
        super().__init__(serialized.Reference(serialized.identity), resource_name, {})


_made: WeakKeyDictionary[pulumi.Resource, StackIdentity] = WeakKeyDictionary()


async def identity() -> str | None:
    """Return the identity of the current stack; unknown in its first preview, None when `--target` leaves it out.

    It is a plain value and not an output: a deployment that depended on the resource would make `--target` on the
    deployment alone fail.
    """
    root = get_root_resource()
    if root is None:  # a unit test with mocks has no stack
        return None
    if root not in _made:
        _made[root] = StackIdentity("pulumi-bedrock")
    found: str | None = await _made[root].id.future()
    if not found and pulumi.runtime.is_dry_run():
        return pulumi.runtime.rpc.UNKNOWN  # a plan without it would make `up --plan` refuse it
    return found or None
