"""Calls to the dynamic host as lines that are the same in every run: ARNs and random names have placeholders."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dynamic_host import UNKNOWN
from recordings.recorder.engine_calls import HELD

__all__ = ["Placeholders", "waves"]

_LEFT_OUT = {"__provider", "__autoNamed", "region", "createdAt", "lastUpdatedAt", "status", "__importShown", "tagsAll"}
_RANDOM = re.compile(r"-[0-9a-f]{7}$")


@dataclass
class Placeholders:
    """What stands for a value, by value. The deployments of a resource are numbered in the order of their creation."""

    known: dict[str, str]
    _created: dict[str, int] = field(default_factory=dict)

    def created(self, name: str, arn: str) -> None:
        """Note a deployment that a create has returned."""
        if arn not in self.known:
            self._created[name] = self._created.get(name, 0) + 1
            self.known[arn] = f"{name}/{self._created[name]}"

    def of(self, value: Any) -> str:
        """A value as it stands in a recording."""
        if value == UNKNOWN:
            return "unknown"
        if isinstance(value, Mapping):
            return "{" + " ".join(f"{key}={self.of(item)}" for key, item in sorted(value.items())) + "}"
        return self.known.get(value, _RANDOM.sub("-random", value)) if isinstance(value, str) else json.dumps(value)


def waves(log: str, placeholders: Placeholders) -> list[list[str]]:
    """The calls that concern deployments, in waves (see the recorder).

    In a wave, first come those that the engine makes one after another, by name, as the SDK registers resources that
    don't depend on each other in any order. Then come those that were held, by name.
    """
    calls = sorted((json.loads(line) for line in log.splitlines()), key=lambda call: call["number"])
    calls = [call for call in calls if ":CustomModelDeployment::" in call["urn"]]
    for call in calls:
        if call["method"] == "Create" and "answer" in call:
            placeholders.created(_name(call), call["answer"]["id"])
    found = []
    for _, wave in itertools.groupby(calls, key=lambda call: call["wave"]):
        found.append([_line(call, placeholders) for call in sorted(wave, key=_place)])
    return found


def _place(call: Mapping[str, Any]) -> tuple[Any, ...]:
    created = call.get("properties", {}).get("createdAt", "") if call["method"] in HELD else ""
    return call["method"] in HELD, _name(call), created, call["number"]


def _name(call: Mapping[str, Any]) -> str:
    return str(call["urn"].rpartition("::")[2])


def _line(call: Mapping[str, Any], placeholders: Placeholders) -> str:
    parts = [call["method"], _name(call)]
    if call["id"]:
        parts.append(placeholders.of(call["id"]))
    for bag in ("olds", "news", "properties", "inputs"):
        if call.get(bag):
            parts.append(f"{bag}({_values(call[bag], placeholders)})")
    answer = _answer(call)
    return " ".join(parts) + (f" -> {answer}" if answer else "")


def _values(bag: Mapping[str, Any], placeholders: Placeholders) -> str:
    shown = {key: value for key, value in bag.items() if key not in _LEFT_OUT}
    owner = shown.pop("__owner", None)
    if owner:
        shown["owner"] = f"{owner['stack']}/{owner['logicalName']}"
    return ", ".join(f"{key}={placeholders.of(value)}" for key, value in sorted(shown.items()))


def _answer(call: Mapping[str, Any]) -> str:
    answer = call.get("answer")
    if answer is None:
        return "fails"
    if call["method"] == "Diff":
        if not answer.get("replaces"):
            return "update" if answer["changes"] == "DIFF_SOME" else "same"
        return "delete and create" if answer.get("deleteBeforeReplace") else "create and delete"
    if call["method"] == "Read":
        return "there" if answer.get("id") else "gone"
    return ""
