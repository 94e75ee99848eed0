"""What all lookups share: the stack's clients, Pulumi's options, errors as one line, and the `_output` forms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource
from pulumi.runtime.sync_await import _sync_await

from pulumi_bedrock.errors import BedrockError, ValidationFailed
from pulumi_bedrock.values.configuration import AwsConfiguration

from .aws_provider import Settings, settings_of

if TYPE_CHECKING:
    from pulumi_bedrock.aws.clients import Clients

__all__ = ["calling", "later", "verify"]

T = TypeVar("T")

_clients: WeakKeyDictionary[pulumi.Resource, Clients] = WeakKeyDictionary()
"""The clients of each run, by its stack or `aws.Provider`: the account is requested at most once a run."""


@contextmanager
def calling(function: str, opts: pulumi.InvokeOptions | None) -> Iterator[Clients]:
    """Give the clients to the block of a lookup, and raise its errors so that Pulumi shows each as one line.

    :param function: The lookup's name, with which an error without a subject begins.
    """
    try:
        yield _get_clients(function, opts)
    except BedrockError as error:
        # Pulumi shows a RunError as one line, and any other exception with the tracebacks of all its causes.
        kind = type(error)
        one_line = type(kind.__name__, (kind, pulumi.RunError), {"__module__": kind.__module__})
        raise one_line(error.message, subject=error.subject or function) from None


def later(
    function: Callable[..., T], opts: pulumi.InvokeOptions | None, **inputs: pulumi.Input[Any] | None
) -> pulumi.Output[T]:
    """Return what a lookup returns, once its inputs are known and what they depend on exists."""
    given = pulumi.Output.all(**inputs)
    needed = asyncio.ensure_future(_needed_ids(given, opts))
    settings = settings_of(opts)
    known = settings.all() if settings else None
    return pulumi.Output.all(given, needed, known).apply(lambda ready: function(**ready[0], opts=opts))


def verify(operation: str, request: Mapping[str, str], spelling: Mapping[str, str]) -> None:
    """Compare a request with the constraints of botocore's service model.

    :param spelling: The program's names of the request's members.
    :raises ValidationFailed: naming all members that violate one.
    """
    from pulumi_bedrock.aws.constraints import input_shape, violations

    members = input_shape(operation).members
    found = [line for name, value in request.items() for line in violations(spelling[name], members[name], value)]
    if found:
        raise ValidationFailed("; ".join(found))


async def _needed_ids(given: pulumi.Output[Any], opts: pulumi.InvokeOptions | None) -> list[pulumi.Output[str]]:
    """Return the IDs of all resources that a lookup depends on; one that a preview would create has none yet.

    As in generated SDKs: a name may be known before what has it exists.
    """
    # Only these know the resources in a component. They are private, but all of the SDK's lookups use them.
    from pulumi.runtime._depends_on import _resolve_depends_on
    from pulumi.runtime.rpc import _expand_dependencies

    depends_on = opts._depends_on_list() if isinstance(opts, pulumi.InvokeOutputOptions) else []
    needed = await given.resources() | await _resolve_depends_on(depends_on)
    resources = (await _expand_dependencies(needed, None)).values()
    return [vars(each)["id"] for each in resources if isinstance(each, pulumi.CustomResource) and "id" in vars(each)]


def _get_clients(function: str, opts: pulumi.InvokeOptions | None) -> Clients:
    """Return the clients of the `aws.Provider` in the options or of the parent, or else of the stack's configuration.

    :raises pulumi.RunError: when a setting of the provider isn't known yet.
    """
    from pulumi_bedrock.aws.clients import Clients

    settings = settings_of(opts)
    owner = settings.provider if settings else get_root_resource()
    clients = _clients.get(owner) if owner is not None else None  # a unit test without a program has no stack
    if clients is None:
        get = _known(function, settings).get if settings else pulumi.Config("aws").get
        clients = Clients(AwsConfiguration.read(get))
        if owner is not None:
            _clients[owner] = clients
    return clients


def _known(function: str, settings: Settings) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = _sync_await(settings.all().future())
    if found is None:
        raise pulumi.RunError(
            f"{function}: a setting of the aws.Provider isn't known yet in this preview. Use {function}_output, which "
            "waits for it."
        )
    return found
