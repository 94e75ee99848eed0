"""A random identity for each stack, stored only in its state.

The names of project and stack don't prove that a stack owns an unfinished deployment: two people with file backends
can each have a stack `shop/dev` in one account. An ID that only the state holds proves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pulumi
import pulumi.dynamic
from pulumi.runtime import get_root_resource

from pulumi_bedrock import serialized

if TYPE_CHECKING:
    from .aws_provider import Host

__all__ = ["identity"]


@pulumi.type_token("pulumi-python:dynamic/bedrock:StackIdentity")
class StackIdentity(pulumi.dynamic.Resource, module="bedrock", name="StackIdentity"):
    """Created with the first deployment of each `aws.Provider`, and of the stack's own. It owns nothing in AWS.

    Its delete searches the account of its provider.
    """

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(serialized.Reference(serialized.identity), resource_name, {}, opts)


_made: WeakKeyDictionary[pulumi.Resource, StackIdentity] = WeakKeyDictionary()


async def identity(host: Host | None) -> str | None:
    """Return the stack's identity at a host; unknown in its first preview, None when `--target` leaves it out.

    It is a plain value and not an output: a deployment that depended on the resource would make `--target` on the
    deployment alone fail.
    """
    root = get_root_resource()
    if root is None:  # a unit test with mocks has no stack
        return None
    at = host or root
    if at not in _made:
        opts = pulumi.ResourceOptions(provider=host, parent=host)
        _made[at] = StackIdentity(host.provider_name if host else "pulumi-bedrock", opts)
    found: str | None = await _made[at].id.future()
    if not found and pulumi.runtime.is_dry_run():
        return pulumi.runtime.rpc.UNKNOWN  # a plan without it would make `up --plan` refuse it
    return found or None
