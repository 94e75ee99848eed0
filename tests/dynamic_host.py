"""Pulumi's own Python dynamic host, in this process: its servicer, called with the messages of the engine.

Everything between the engine and this package is real: the serialised provider is found through
`__provider`, values go through protobuf both ways, and an exception becomes the text that the engine shows.
"""

from __future__ import annotations

import ast
import importlib.util
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from google.protobuf import json_format, struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2
from pulumi_bedrock import serialized
from pulumi_bedrock.host.process import Process, start_process
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT

__all__ = [
    "MAKERS",
    "PROVIDER_KEY",
    "UNKNOWN",
    "Checked",
    "Diffed",
    "DynamicHost",
    "HostError",
    "Stored",
    "provider_text",
    "stored",
]

PROVIDER_KEY = "__provider"

UNKNOWN: str = rpc.UNKNOWN
"""What the engine sends in a preview for a value that isn't known yet."""


MAKERS = {DEPLOYMENT: serialized.deployment, CUSTOM_MODEL: serialized.custom_model}
"""What makes the provider of a kind."""


class HostError(Exception):
    """A method failed; the text is what the engine shows after `error: `."""


class _Context:
    def abort(self, code: object, details: str) -> NoReturn:
        raise HostError(details)


@cache
def _host_code() -> types.CodeType:
    """`pulumi.dynamic.__main__` without its last line, which would serve forever."""
    spec = importlib.util.find_spec("pulumi.dynamic.__main__")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text())
    assert ast.unparse(tree.body.pop()) == "main()"
    return compile(tree, spec.origin, "exec")


def _host_module() -> types.ModuleType:
    """The host's code, with a cache of providers of its own: as good as another process."""
    module = types.ModuleType("pulumi_dynamic_host")
    exec(_host_code(), module.__dict__)
    return module


def provider_text(make: Any = serialized.deployment) -> str:
    """What the SDK puts into a resource's `__provider`."""
    return str(serialize_provider(serialized.Reference(make)))


@dataclass(frozen=True)
class Checked:
    """The answer to Check: the inputs to go on with, and what is wrong, as pairs of property and reason."""

    inputs: dict[str, Any]
    failures: list[tuple[str, str]]

    @property
    def reasons(self) -> list[str]:
        """What a person reads."""
        return [reason for _, reason in self.failures]


@dataclass(frozen=True)
class Diffed:
    """The answer to Diff."""

    changes: bool
    replaces: list[str]
    delete_before_replace: bool


@dataclass(frozen=True)
class Stored:
    """A resource as the engine keeps it after Create, Read or Update."""

    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any] | None = None


def stored(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as a person reads them: without what the host puts in for itself."""
    return {key: value for key, value in properties.items() if key != PROVIDER_KEY}


class DynamicHost:
    """One host process, as one run of `pulumi` has one.

    :param config: The stack's configuration, with the project's name before each key: `{"aws:region": …}`.
    :param make: Which of this package's providers the resources are of.
    :param process: That of another host, whose process this provider runs in too; a new one if left out.
    """

    def __init__(
        self,
        config: Mapping[str, str] | None = None,
        *,
        make: Any = serialized.deployment,
        process: Process | None = None,
    ) -> None:
        self._module = _host_module()
        self._servicer = self._module.DynamicResourceProviderServicer()
        self._context = _Context()
        self._provider_text = provider_text(make)
        self.urn = ""
        """The resource that the engine names in its requests."""
        self._servicer.Configure(provider_pb2.ConfigureRequest(args=_struct(config or {})), self._context)
        self.process = start_process(process)
        assert self.provider  # made now, so that it belongs to this process and not to that of a later host

    @property
    def provider(self) -> ResourceProvider:
        """The provider that the host found through `__provider`."""
        return self._module.get_provider({PROVIDER_KEY: self._provider_text}, self._servicer._config)

    def check(self, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Checked:
        """Check, with the program's inputs and those of the last run."""
        request = provider_pb2.CheckRequest(urn=self.urn, news=self._bag(news), olds=self._bag(olds) if olds else None)
        answer = self._servicer.Check(request, self._context)
        failures = [(failure.property, failure.reason) for failure in answer.failures]
        return Checked(stored(_plain(answer.inputs)), failures)

    def diff(self, olds: Mapping[str, Any], news: Mapping[str, Any], *, resource_id: str = "an-id") -> Diffed:
        """Diff, with the state's outputs and the checked inputs."""
        request = provider_pb2.DiffRequest(urn=self.urn, id=resource_id, olds=self._bag(olds), news=self._bag(news))
        answer = self._servicer.Diff(request, self._context)
        assert answer.changes != answer.DIFF_UNKNOWN
        return Diffed(answer.changes == answer.DIFF_SOME, list(answer.replaces), answer.deleteBeforeReplace)

    def create(self, news: Mapping[str, Any]) -> Stored:
        """Create, with checked inputs."""
        request = provider_pb2.CreateRequest(urn=self.urn, properties=self._bag(news))
        answer = self._servicer.Create(request, self._context)
        return Stored(answer.id, stored(_plain(answer.properties)))

    def read(
        self,
        resource_id: str,
        outputs: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Stored:
        """Read: of a resource in the state with what it holds (refresh), else of anything by its id (`get`)."""
        request = provider_pb2.ReadRequest(urn=self.urn, id=resource_id, inputs=self._bag(inputs or {}))
        if outputs is not None:
            request.properties.CopyFrom(self._bag(outputs))
        answer = self._servicer.Read(request, self._context)
        inputs = stored(_plain(answer.inputs)) if answer.HasField("inputs") else None
        return Stored(answer.id, stored(_plain(answer.properties)), inputs)

    def update(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Stored:
        """Update, with the state's outputs and checked inputs."""
        request = provider_pb2.UpdateRequest(urn=self.urn, id=resource_id, olds=self._bag(olds), news=self._bag(news))
        return Stored(resource_id, stored(_plain(self._servicer.Update(request, self._context).properties)))

    def delete(self, resource_id: str, outputs: Mapping[str, Any]) -> None:
        """Delete, with the state's outputs."""
        self._servicer.Delete(
            provider_pb2.DeleteRequest(urn=self.urn, id=resource_id, properties=self._bag(outputs)), self._context
        )

    def _bag(self, properties: Mapping[str, Any]) -> struct_pb2.Struct:
        return _struct({**properties, PROVIDER_KEY: self._provider_text})


def _struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(value), struct_pb2.Struct())


def _plain(value: struct_pb2.Struct) -> dict[str, Any]:
    return dict(json_format.MessageToDict(value))
