"""The plugin itself: the engine's questions about resources of `pulumi_aws`, answered with the kinds there are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
from pulumi.provider.experimental import provider, server
from pulumi.provider.experimental.property_value import PropertyValue

from . import bedrock, consumers, functions, iam
from .kind import Kind
from .values import UNKNOWN, holds_unknown, packed, plain, property_value

__all__ = ["main"]

_KINDS: tuple[type[Kind], ...] = (
    bedrock.CustomModel,
    functions.Function,
    functions.LogGroup,
    consumers.MetricAlarm,
    consumers.Parameter,
    iam.Policy,
    iam.Role,
    iam.RolePolicy,
    iam.RolePolicyAttachment,
)
_CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"

# How a change is shown, by whether the property was there before.
_UPDATES = {True: provider.PropertyDiffKind.UPDATE, False: provider.PropertyDiffKind.ADD}
_REPLACES = {True: provider.PropertyDiffKind.UPDATE_REPLACE, False: provider.PropertyDiffKind.ADD_REPLACE}
_DIFF_NONE, _DIFF_SOME = 1, 2

Properties = dict[str, PropertyValue]


class AwsStandIn(provider.Provider):
    """Resources of `pulumi_aws`, on whatever endpoint the environment names."""

    def __init__(self) -> None:
        self._region: str | None = None
        self._client = cache(self._make_client)
        self._kinds = {kind.token: kind(self._client) for kind in _KINDS}

    def _make_client(self, service: str) -> Any:
        import boto3  # a quarter of a second, and many providers are only configured

        return boto3.client(service, region_name=self._region)

    async def check_config(self, request: provider.CheckRequest) -> provider.CheckResponse:
        return provider.CheckResponse(request.new_inputs)

    async def diff_config(self, request: provider.DiffRequest) -> provider.DiffResponse:
        # The SDK sends `changes` of a provider as it stands, and True is 1: DIFF_NONE.
        changed = request.old_state != request.new_inputs
        return provider.DiffResponse(changes=_DIFF_SOME if changed else _DIFF_NONE)  # type: ignore[arg-type]

    async def configure(self, request: provider.ConfigureRequest) -> provider.ConfigureResponse:
        region = request.args.get("region")
        self._region = str(plain(region)) if region else None
        return provider.ConfigureResponse(supports_preview=True)

    async def invoke(self, request: provider.InvokeRequest) -> provider.InvokeResponse:
        if request.tok != _CALLER_IDENTITY:
            raise NotImplementedError(f"{request.tok} isn't among what the stand-in for pulumi-aws knows")
        found = self._client("sts").get_caller_identity()
        answer = {"accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"], "id": found["Account"]}
        return provider.InvokeResponse({key: PropertyValue(value) for key, value in answer.items()})

    async def check(self, request: provider.CheckRequest) -> provider.CheckResponse:
        inputs = {key: value for key, value in request.new_inputs.items() if value.value is not None}
        if self._kind(request.type).auto_named and "name" not in inputs:
            old = request.old_inputs.get("name")
            made = old is not None and re.fullmatch(rf"{re.escape(request.name)}-[0-9a-f]{{7}}", str(old.value))
            name = old if old and made else PropertyValue(f"{request.name}-{secrets.token_hex(4)[:7]}")
            inputs["name"] = name
        # As text, because Diff is told no more of an archive than its hash, and PropertyValue can't read that.
        for key, value in inputs.items():
            if isinstance(value.value, pulumi.AssetArchive):
                inputs[key] = PropertyValue(packed(value.value))
        return provider.CheckResponse(inputs)

    async def diff(self, request: provider.DiffRequest) -> provider.DiffResponse:
        kind = self._kind(request.type)
        old, new = _plain(request.old_state), _plain(request.new_inputs)
        changed = [key for key, value in new.items() if holds_unknown(value) or old.get(key) != value]
        replaces = [key for key in changed if key in kind.forces]
        kinds = {key: _REPLACES if key in replaces else _UPDATES for key in changed}
        details = {key: provider.PropertyDiff(made[key in old], input_diff=True) for key, made in kinds.items()}
        return provider.DiffResponse(changes=bool(changed), replaces=replaces, diffs=changed, detailed_diff=details)

    async def create(self, request: provider.CreateRequest) -> provider.CreateResponse:
        kind = self._kind(request.type)
        if request.preview:
            unknown = {key: PropertyValue(UNKNOWN) for key in kind.computed}
            return provider.CreateResponse("", {**request.properties, **unknown})
        id_ = kind.create(_plain(request.properties))
        return provider.CreateResponse(id_, self._outputs(kind, id_, request.properties))

    async def read(self, request: provider.ReadRequest) -> provider.ReadResponse:
        kind = self._kind(request.type)
        found = kind.read(request.resource_id)
        if found is None:
            return provider.ReadResponse()
        live = {key: property_value(value) for key, value in found.items()}
        inputs = {key: live.get(key, value) for key, value in request.inputs.items()}
        return provider.ReadResponse(request.resource_id, {**request.properties, **live}, inputs)

    async def update(self, request: provider.UpdateRequest) -> provider.UpdateResponse:
        kind = self._kind(request.type)
        if request.preview:
            return provider.UpdateResponse({**request.olds, **request.news})
        kind.update(request.resource_id, _plain(request.news))
        return provider.UpdateResponse(self._outputs(kind, request.resource_id, request.news))

    async def delete(self, request: provider.DeleteRequest) -> None:
        self._kind(request.type).delete(request.resource_id, _plain(request.properties))

    async def cancel(self) -> None:
        """Every call is short."""

    def _kind(self, type_: str) -> Kind:
        token = type_.rpartition("$")[2]  # before it come the parents' types
        if token not in self._kinds:
            raise NotImplementedError(f"{token} isn't among what the stand-in for pulumi-aws knows")
        return self._kinds[token]

    @staticmethod
    def _outputs(kind: Kind, id_: str, inputs: Properties) -> Properties:
        """What the program gave, as it gave it, and what only AWS knows."""
        found = kind.read(id_) or {}
        return {**inputs, **{key: property_value(found.get(key)) for key in kind.computed}}


def _plain(properties: Mapping[str, PropertyValue]) -> dict[str, Any]:
    return {key: plain(value) for key, value in properties.items()}


def main(arguments: list[str]) -> None:
    """Serves the engine whose address is the first argument."""
    server.main(arguments, "7.51.1", AwsStandIn())
