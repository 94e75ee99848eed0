"""The golden files: what the engine said, made the same for every run, and the comment for each.

`python tests/preview_comment/make_goldens.py` makes them again, from real previews.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = [
    "CASES",
    "CONSUMER_CASES",
    "GOLDENS",
    "MAIN_CASES",
    "MODEL_CASES",
    "OTHER_ENGINE",
    "OTHER_ENGINE_CASES",
    "STATE_CASES",
    "normalised",
    "normalised_state",
    "of_engines",
    "stored",
    "stored_comment",
    "stored_state",
    "unordered",
]

GOLDENS = Path(__file__).parent / "goldens"
MAIN_CASES = (
    "first-create",
    "unchanged",
    "model-changed-automatic-name",
    "tags-changed",
    "deployment-taken-out",
    "model-unknown",
    "import",
    "drift",
    "deleted-outside",
    "model-changed-fixed-name",
    "replacement-broken-off",
    "replacement-broken-off-and-taken-back",
    "failing",
)
CONSUMER_CASES = (
    "aws-provider",
    "moved-to-aws-provider",
    "secret-consumer",
    "updated-in-place",
    "tags-updated-in-place",
    "interrupted",
)
"""Those of `consumers_program.py`, with consumers from pulumi_aws."""
MODEL_CASES = (
    "custom-model-first-create",
    "custom-model-replaced",
    "custom-model-tags-updated",
    "custom-model-import",
    "custom-model-drift",
    "custom-model-taken-out",
    "custom-model-replaced-fixed-name",
    "custom-model-in-use",
    "custom-model-deleted-outside",
)
"""Those of `models_program.py`, with a custom model and its deployment."""
CASES = (*MAIN_CASES, *CONSUMER_CASES, *MODEL_CASES)
OTHER_ENGINE = "3.276"
"""The CLI whose previews differ in a few cases. The comments are the same."""
OTHER_ENGINE_CASES = ("replacement-broken-off", "replacement-broken-off-and-taken-back", "failing")
STATE_CASES = ("interrupted",)
"""Those whose comment was made with the stack's state too."""

_LEFT_OUT = {"stackTrace", "sourcePosition", "timestamp"}
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_STAND_IN = "using pulumi-resource-aws from $PATH"
"""The engine's warning that the tests' stand-in for pulumi_aws is on PATH."""
_ENDED = "exited prematurely"
"""The engine's error about a plugin that it didn't wait for: all of a run have five seconds, one after another."""
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_SAME_EVERY_TIME: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(support-bot)-[0-9a-f]{7}\b"), r"\1-0a1b2c3"),
    (re.compile(r"\binvocation-[0-9a-f]{16}\b"), "invocation-0123456789abcdef"),
    (re.compile(r"\bA[A-Z0-9]{20}\b"), "ANPA0123456789ABCDEFG"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)"), "2026-11-23T12:00:00Z"),
)


def stored(case: str) -> str:
    """A golden preview, as JSON."""
    return (GOLDENS / f"{case}.json").read_text(encoding="utf-8")


def of_engines(case: str) -> list[str]:
    """The golden previews of a case: the one of the tested engine, and a newer one's if that differs."""
    return [stored(case)] + [stored(f"{case}.{OTHER_ENGINE}") for each in OTHER_ENGINE_CASES if each == case]


def stored_state(case: str) -> str | None:
    """The state for it, as `pulumi stack export` prints it."""
    return (GOLDENS / f"{case}.state.json").read_text(encoding="utf-8") if case in STATE_CASES else None


def stored_comment(case: str) -> str:
    """The golden comment for it."""
    return (GOLDENS / f"{case}.md").read_text(encoding="utf-8")


def normalised(text: str, names: Mapping[str, str]) -> str:
    """A preview's JSON without what differs from run to run; `names` are texts to be replaced by others."""
    clean = _cleaner(names)
    events = [_walk(json.loads(line), clean) for line in text.splitlines()]
    kept = [event for event in events if _kept(event.get("diagnosticEvent", {}))]
    return "".join(json.dumps({**event, "sequence": n}, ensure_ascii=False) + "\n" for n, event in enumerate(kept))


def normalised_state(text: str, names: Mapping[str, str]) -> str:
    """The operations that are pending in an exported state, without what differs from run to run."""
    document = json.loads(text)
    pending = _walk(document["deployment"]["pending_operations"], _cleaner(names))
    pending.sort(key=lambda operation: str(operation["resource"]["urn"]))
    for operation in pending:  # whether ID and times are there depends on the moment of the kill
        operation["resource"] = {key: operation["resource"][key] for key in ("urn", "custom", "type", "inputs")}
    kept = {"version": document["version"], "deployment": {"pending_operations": pending}}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _cleaner(names: Mapping[str, str]) -> Callable[[str], str]:
    def clean(value: str) -> str:
        for found, instead in names.items():
            value = value.replace(found, instead)
        value = _UUID.sub(lambda it: it[0] if it[0] == _UNKNOWN else "00000000-0000-4000-8000-000000000000", value)
        for pattern, instead in _SAME_EVERY_TIME:
            value = pattern.sub(instead, value)
        return value

    return clean


def unordered(text: str) -> Any:
    """A normalised preview without the order of its events: the engine runs steps at the same time."""

    def sort(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: sort(item) for key, item in value.items() if key != "sequence"}
        return (
            sorted(map(sort, value), key=lambda item: json.dumps(item, sort_keys=True))
            if isinstance(value, list)
            else value
        )

    return sort([json.loads(line) for line in text.splitlines()])


def _kept(diagnostic: dict[str, Any]) -> bool:
    said = diagnostic.get("message", "")
    return diagnostic.get("severity") != "debug" and _STAND_IN not in said and _ENDED not in said


def _walk(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return dict(_members(value, clean))
    if isinstance(value, list):
        return [_walk(item, clean) for item in value]
    return clean(value) if isinstance(value, str) else value


def _members(of: dict[str, Any], clean: Callable[[str], str]) -> Iterator[tuple[str, Any]]:
    for key, value in of.items():
        if key in _LEFT_OUT:
            continue
        if key in ("duration", "durationSeconds"):
            yield key, 0
        elif key == "__provider":
            yield key, "(the provider)"
        else:
            yield key, _walk(value, clean)
