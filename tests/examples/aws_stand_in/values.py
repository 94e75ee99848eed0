"""Pulumi's property values made plain Python, and back."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

__all__ = ["UNKNOWN", "holds_unknown", "packed", "plain", "property_value"]

UNKNOWN: str = rpc.UNKNOWN
"""How the engine writes a value that it doesn't know yet."""


def plain(value: PropertyValue) -> Any:
    """The value as boto3 takes it."""
    inner = value.value
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, tuple):
        return [plain(item) for item in inner]
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    return inner


def property_value(value: Any) -> PropertyValue:
    """The way back from `plain`."""
    if isinstance(value, Mapping):
        return PropertyValue({key: property_value(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return PropertyValue([property_value(item) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)


def holds_unknown(value: Any) -> bool:
    """Whether a plain value is unknown, or something in it is."""
    if isinstance(value, (Mapping, list)):
        return any(holds_unknown(item) for item in (value.values() if isinstance(value, Mapping) else value))
    return bool(value == UNKNOWN)


def packed(archive: pulumi.AssetArchive) -> str:
    """An archive of files and texts as a zip file in base64, the same for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, asset in sorted(archive.assets.items()):
            if isinstance(asset, pulumi.FileAsset):
                file.writestr(zipfile.ZipInfo(name), Path(asset.path).read_bytes())
            elif isinstance(asset, pulumi.StringAsset):
                file.writestr(zipfile.ZipInfo(name), asset.text)
            else:
                raise TypeError(f"{name}: only files and texts are supported, and this is {type(asset).__name__}")
    return base64.b64encode(buffer.getvalue()).decode()
