"""The hosts of a stack, read from its state.

A host is a process that calls AWS: one for the stack's `aws:` configuration, and one for each `aws.Provider`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pulumi_bedrock.values.arns import Arn
from pulumi_bedrock.values.kinds import KINDS

__all__ = ["TYPES", "Host", "Resource", "arns_in", "hosts_in"]

Resource = Mapping[str, Any]

TYPES = tuple(f"pulumi-python:dynamic/bedrock:{kind.api}" for kind in KINDS)
"""The types of what this package creates, in a state."""

_PROVIDER = "pulumi:providers:pulumi-python"
_SUFFIX = "-bedrock"
"""How the name of an `aws.Provider`'s host ends."""
_KEYS = {"accessKey", "secretKey", "token"}
"""Settings that work only together."""
_SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a secret, or another value that JSON lacks, in Pulumi's state."""


@dataclass(frozen=True)
class Host:
    """A host of the stack, as of its last run; or several that have equal settings.

    :param providers: The names of their `aws.Provider`s; None for the stack's own host.
    :param settings: The `aws:` configuration, without what is encrypted.
    :param unreadable: The settings that are encrypted.
    :param regions: The Region of the settings, and those of the resources and pending operations.
    :param accounts: Those of the resources.
    """

    providers: tuple[str | None, ...]
    settings: Mapping[str, Any]
    unreadable: tuple[str, ...]
    regions: frozenset[str]
    accounts: frozenset[str]

    @property
    def is_of_stack(self) -> bool:
        """Whether it has the stack's configuration, which the environment completes."""
        return None in self.providers

    def __str__(self) -> str:
        names = (f"the aws.Provider {name}" if name else "the stack's configuration" for name in self.providers)
        return " and ".join(names)

    def __or__(self, other: Host) -> Host:
        return replace(
            self,
            providers=self.providers + other.providers,
            regions=self.regions | other.regions,
            accounts=self.accounts | other.accounts,
        )


def hosts_in(everything: Iterable[Resource]) -> list[Host]:
    """Return the host of each `aws.Provider`, and that of the stack if it has one or no other."""
    using: dict[str, list[Resource]] = {}
    for resource in everything:
        using.setdefault(_reference(resource), []).append(resource)
    found: dict[str, Host] = {}
    for reference, resources in using.items():
        if any(resource["type"] == _PROVIDER for resource in resources):
            host = _host(reference, resources)
            key = reference if host.unreadable else json.dumps(host.settings, sort_keys=True)
            found[key] = found[key] | host if key in found else host
    return list(found.values()) or [_host("", using.get("", []))]


def _reference(resource: Resource) -> str:
    """Return the provider that a resource uses or is, as in its `provider`; "" for those that the engine makes."""
    is_provider = resource["type"].startswith("pulumi:providers:")
    found = f"{resource['urn']}::{resource.get('id')}" if is_provider else resource.get("provider") or ""
    name = _provider_name(found)
    by_engine = name in ("", "default") or (name.startswith("default_") and not name.endswith(_SUFFIX))
    return "" if by_engine else found


def _provider_name(reference: str) -> str:
    """Return the name in `urn:pulumi:<stack>::<project>::<type>::<name>::<id>`."""
    return "::".join(reference.split("::")[3:-1])


def _host(reference: str, resources: Sequence[Resource]) -> Host:
    """Return a host of which these are the providers and the resources that use it."""
    inputs = {
        key.removeprefix("aws:"): _shown(value)
        for resource in resources
        if resource["type"] == _PROVIDER
        for key, value in (resource.get("inputs") or {}).items()
        if key.startswith("aws:")
    }
    unreadable = {key for key, value in inputs.items() if _is_secret(value)}
    unused = {*unreadable, *(_KEYS if unreadable & _KEYS else ())}
    settings = {key: value for key, value in inputs.items() if key not in unused}
    ours = [resource for resource in resources if resource["type"] in TYPES]  # others may have a cloud's own
    regions = {settings.get("region"), *((resource.get("inputs") or {}).get("region") for resource in ours)}
    arns = [arn for arn in map(Arn.parse, arns_in(ours)) if arn is not None]
    regions |= {arn.region for arn in arns}
    return Host(
        providers=(_provider_name(reference).removesuffix(_SUFFIX) or None,),
        settings=settings,
        unreadable=tuple(sorted(f"aws:{key}" for key in unreadable)),
        regions=frozenset(region for region in regions if isinstance(region, str)),
        accounts=frozenset(arn.account for arn in arns),
    )


def arns_in(resources: Iterable[Resource]) -> set[str]:
    """Return the ARNs of the deployments and custom models."""
    return {str(each["id"]) for each in resources if each["type"] in TYPES and each.get("id")}


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and _SECRET_SIGNATURE in value


def _shown(value: Any) -> Any:
    """Return a secret that `pulumi stack export --show-secrets` shows, and any other value as it is."""
    return json.loads(value["plaintext"]) if _is_secret(value) and "plaintext" in value else value
