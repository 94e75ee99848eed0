"""The stack's setting `pulumi:autonaming`, of which the engine applies one half to dynamic resources.

It offers them no name. But where the setting's names have no random part, it deletes first whatever it replaces, and no
option of the resource changes that (CLI 3.255, `step_generator.go`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import pulumi
from pulumi.runtime import get_root_resource

from pulumi_bedrock.values.settings import AUTONAMING

__all__ = ["engine_deletes_first", "tell_of_autonaming"]

_PACKAGE = "pulumi-python"
_RANDOM = re.compile(r"\$\{((hex|alphanum|string|num)\(\d+\)|uuid)\}")

_told: WeakSet[pulumi.Resource] = WeakSet()
"""Stacks of this process whose program has been told that the setting names nothing of this package."""


def engine_deletes_first(resource_type: str) -> bool:
    """Return whether the setting makes the engine delete a resource of this type before it creates the replacement."""
    theirs = _setting()
    ours = (theirs.get("providers") or {}).get(_PACKAGE) or {}
    setting = (ours.get("resources") or {}).get(resource_type) or (ours if _is_naming(ours) else theirs)
    return _is_naming(setting) and not _has_random_part(setting)


def tell_of_autonaming() -> None:
    """Tell once in a run that the setting names nothing. The engine itself tells of one that is for this package."""
    setting, root = _setting(), get_root_resource()
    is_for_us = _PACKAGE in (setting.get("providers") or {}) or setting.get("enforce")
    if root is None or root in _told or is_for_us or setting.get("mode", "") == "default" or not _is_naming(setting):
        return
    _told.add(root)
    pulumi.log.info(
        f"{AUTONAMING} doesn't name custom models or their deployments: Pulumi passes its names to no dynamic resource. "
        "Their automatic names are the resource's name and 7 hex digits; for others, give model_name or "
        "model_deployment_name. To remove this line: pulumi config set --path "
        f"{AUTONAMING}.providers.{_PACKAGE}.mode default"
    )


def _setting() -> Mapping[str, Any]:
    found = pulumi.Config("pulumi").get_object("autonaming")
    return found if isinstance(found, Mapping) else {}


def _is_naming(setting: Mapping[str, Any]) -> bool:
    return "mode" in setting or "pattern" in setting


def _has_random_part(setting: Mapping[str, Any]) -> bool:
    if "pattern" in setting:
        return bool(_RANDOM.search(str(setting["pattern"])))
    return bool(setting["mode"] == "default")
