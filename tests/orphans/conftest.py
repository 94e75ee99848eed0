"""An account with unfinished deployments in it, and exports of states that know none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import marks
import pytest
from pulumi_bedrock.local import LocalBedrock

IDENTITY = "e0da4998-8cb5-4ba3-9c9f-2359acc376fe"
_TYPE = "pulumi-python:dynamic/bedrock"


@pytest.fixture
def account(local_bedrock: LocalBedrock, local_bedrock_in_environment: None) -> LocalBedrock:
    """The account that this shell's environment leads to."""
    local_bedrock.set_activation(manual=True)
    return local_bedrock


@pytest.fixture
def begin(account: LocalBedrock) -> Callable[..., str]:
    """Begins a deployment, marked as `create` marks it or with a copy of another one's mark, and returns its ARN."""
    model = account.create_custom_model("support")

    def begin(
        logical_name: str = "support-bot",
        *,
        named: str | None = None,
        copied: bool = False,
        region: str = "us-east-1",
        **changes: str,
    ) -> str:
        of = {"project": "shop", "stack": "dev", "logicalName": logical_name, "identity": IDENTITY, **changes}
        owner, name = marks.owner_of(of), named or f"{logical_name}-1a2b3c4"
        in_region = account.create_custom_model("support", region=region) if region != "us-east-1" else model
        tags = marks.mark_tags(owner, "of another deployment" if copied else name)
        answer = account.client("bedrock", region=region).create_custom_model_deployment(
            modelDeploymentName=name, modelArn=in_region, tags=tags
        )
        return str(answer["customModelDeploymentArn"])

    return begin


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., str]:
    """Writes what `pulumi stack export` says of `shop/dev`, and returns the file's path."""

    def export(
        *arns: str,
        config: dict[str, Any] | None = None,
        identity: str | None = IDENTITY,
        empty: bool = False,
        pending_region: str | None = None,
        pending: dict[str, Any] | None = None,
        recorded: dict[str, Any] | None = None,
        providers: dict[str, dict[str, Any]] | None = None,
        only_providers: bool = False,
    ) -> str:
        own_host = [] if only_providers else [_resource("pulumi:providers:pulumi-python", "default")]
        resources = [
            _resource("pulumi:pulumi:Stack", "shop-dev"),
            *({**each, "inputs": config or {}} for each in own_host),
            *(each for name, settings in (providers or {}).items() for each in _of_provider(name, settings)),
            *([_resource(f"{_TYPE}:StackIdentity", "pulumi-bedrock", id=identity)] if identity else []),
            *(
                _resource(f"{_TYPE}:CustomModelDeployment", f"bot-{number}", id=arn, **(recorded or {}))
                for number, arn in enumerate(arns)
            ),
        ]
        deployment: dict[str, Any] = {"manifest": {}, "resources": [] if empty else resources}
        if pending_region or pending:
            more = pending or {"inputs": {"region": pending_region}}
            creating = _resource(f"{_TYPE}:CustomModelDeployment", "new", **more)
            deployment["pending_operations"] = [{"resource": creating, "type": "creating"}]
        file = tmp_path / "export.json"
        file.write_text(json.dumps({"version": 3, "deployment": deployment}, ensure_ascii=False), encoding="utf-8")
        return str(file)

    return export


def host_of(provider: str) -> str:
    """What `provider` says of a resource that uses the host of an `aws.Provider`."""
    type_ = "pulumi:providers:aws$pulumi:providers:pulumi-python"
    return f"urn:pulumi:dev::shop::{type_}::{provider}-bedrock::id-of-{provider}"


def _of_provider(name: str, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """An `aws.Provider`, its host, and the host's identity."""
    aws = _resource("pulumi:providers:aws", name, id="id", inputs={"region": settings.get("aws:region")})
    urn, _, id_ = host_of(name).rpartition("::")
    host = {"urn": urn, "type": "pulumi:providers:pulumi-python", "id": id_, "inputs": settings}
    return [aws, host, _resource(f"{_TYPE}:StackIdentity", name, id=f"identity of {name}", provider=host_of(name))]


def _resource(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:dev::shop::{type_}::{name}", "type": type_, **more}
