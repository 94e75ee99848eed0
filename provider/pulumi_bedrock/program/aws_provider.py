"""An `aws.Provider` of the program: its settings, as the engine holds them, and a dynamic host that is configured so.

A dynamic resource can't be given an `aws.Provider`. It can be given a provider of its own package: an explicit provider
of the dynamic host, of which the program makes one for each `aws.Provider`. So order, a changed or replaced provider,
values that aren't known yet, secrets and the state are the engine's doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from pulumi_bedrock.values.configuration import KEYS

__all__ = ["Host", "Settings", "host_of", "region_of", "settings_of", "with_host"]


class Settings:
    """The settings of one `aws.Provider`, which are the inputs that the engine holds.

    Its attributes are no way to them: pulumi_aws resolves structured ones to None.
    """

    def __init__(self, provider: pulumi.ProviderResource) -> None:
        self.provider = provider
        self._read = asyncio.ensure_future(self._load())

    async def _load(self) -> Mapping[str, Any]:
        urn = await self.provider.urn.future()
        request = await rpc.serialize_properties({"urn": urn}, {})
        call = resource_pb2.ResourceInvokeRequest(tok="pulumi:pulumi:getResource", args=request, acceptResources=True)
        monitor: Any = get_monitor()
        # Not by `pulumi.runtime.invoke`, which loses what is secret and what is unknown.
        answer = await asyncio.get_running_loop().run_in_executor(None, monitor.Invoke, call)
        if answer.failures:
            raise pulumi.RunError(f"the engine can't read {urn}: {answer.failures[0].reason}")
        state: Mapping[str, Any] = rpc.deserialize_properties(getattr(answer, "return")["state"], keep_unknowns=True)
        return state

    def get(self, key: str) -> pulumi.Output[Any]:
        """Return a setting: None when it isn't set, unknown and secret as the engine holds it."""

        async def raw() -> Any:
            return (await self._read).get(key)

        async def value() -> Any:
            found = await raw()
            return None if rpc.contains_unknowns(found) else rpc.unwrap_rpc_secret(found)

        async def is_known() -> bool:
            return not rpc.contains_unknowns(await raw())

        async def is_secret() -> bool:
            return rpc.is_rpc_secret(await raw())

        async def resources() -> set[pulumi.Resource]:
            return {self.provider}

        task = asyncio.ensure_future  # since a coroutine that the SDK drops after an error is a warning
        return pulumi.Output(task(resources()), task(value()), task(is_known()), task(is_secret()))

    def all(self) -> pulumi.Output[Mapping[str, Any]]:
        """Return all settings that this package knows; unknown if one is. They are for this process, so not secret."""
        return pulumi.Output.unsecret(pulumi.Output.all(**{key: self.get(key) for key in KEYS}))


class Host(pulumi.ProviderResource):
    """The dynamic host, configured as one `aws.Provider` is."""

    def __init__(self, provider: pulumi.ProviderResource) -> None:
        self.settings = _settings(provider)
        self.provider_name: str = getattr(provider, "_name", "")
        opts = pulumi.ResourceOptions(parent=provider) if self.provider_name else None
        if not self.provider_name:
            # A component of another package has handed it on: such a provider has nothing but a URN, which is known.
            urn: str = vars(provider)["urn"]._data.result().value
            self.provider_name = f"{urn.rpartition('::')[2]}-{sha256(urn.encode()).hexdigest()[:7]}"
        props = {f"aws:{key}": self.settings.get(key) for key in KEYS}
        super().__init__("pulumi-python", f"{self.provider_name}-bedrock", props, opts)


_read: WeakKeyDictionary[pulumi.ProviderResource, Settings] = WeakKeyDictionary()
_hosts: WeakKeyDictionary[pulumi.ProviderResource, Host] = WeakKeyDictionary()


def host_of(opts: pulumi.ResourceOptions) -> Host | None:
    """Return the host of the `aws.Provider` that a resource is given or inherits; None without one."""
    given: list[pulumi.ProviderResource] = [opts.provider] if opts.provider else []
    providers = opts.providers or []
    given += providers.values() if isinstance(providers, Mapping) else providers
    provider = _used(given, opts.parent)
    if provider is not None and provider not in _hosts:
        _hosts[provider] = Host(provider)
    return _hosts[provider] if provider is not None else None


def settings_of(opts: pulumi.InvokeOptions | None) -> Settings | None:
    """Return the settings of the `aws.Provider` that a lookup is given or inherits; None without one."""
    provider = _used([opts.provider] if opts.provider else [], opts.parent) if opts else None
    return _settings(provider) if provider is not None else None


def _used(given: list[pulumi.ProviderResource], parent: pulumi.Resource | None) -> pulumi.ProviderResource | None:
    own = next((each for each in given if each.package == "aws"), None)
    return own or (parent.get_provider("aws:index:Provider") if parent is not None else None)


def _settings(provider: pulumi.ProviderResource) -> Settings:
    if provider not in _read:
        _read[provider] = Settings(provider)
    return _read[provider]


def region_of(given: pulumi.Input[str] | None, host: Host | None) -> pulumi.Input[str] | None:
    """Return the Region of a resource, if it is given or its provider has one.

    It is an input so that a plan of `pulumi up --plan` holds it.
    """
    return given if given is not None or host is None else host.settings.get("region")


def with_host(opts: pulumi.ResourceOptions, host: Host | None) -> pulumi.ResourceOptions:
    """Return a resource's options with its host."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=host)) if host else opts
