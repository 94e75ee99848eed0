"""What the programs of the random sequences declare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from custom_models import ROLE, artifacts
from hypothesis import strategies as st
from pulumi_bedrock.values.kinds import CUSTOM_MODEL
from stateful.program import Options, Output, options_of

__all__ = [
    "CHANGES",
    "DEFAULT_TAGS",
    "MODEL",
    "NAMES",
    "TUNED",
    "UNKNOWN_AT_FIRST",
    "changes",
    "declared",
    "flags",
    "names",
    "without",
]

TUNED = "tuned"
"""A custom model; the others are deployments."""
NAMES = (TUNED, "bot", "sales", "Blue/bot")
"""Each can depend on those before it. `Blue/bot` is a `bot` in a component."""
CHANGES: dict[str, list[Any]] = {
    "modelArn": [0, 1, Output(TUNED)],  # which of the given models, or the program's
    "modelDeploymentName": [None, "fixed-one", "fixed-two", Output("bot")],
    "description": [None, "Answers tickets", "Answers mails", Output("bot"), Output("sales")],
    "tags": [None, {"team": "support"}, {"team": "sales", "stage": "dev"}],
    "clientRequestToken": [None, "token-1", "token-2"],
    "updateInPlace": [None, True],
    "timeouts": [{"create": "1m", "delete": "1m"}, {"create": "3m", "delete": "2m"}],
    "opts": [
        Options(),
        Options(delete_before_replace=True),
        Options(protect=True),
        Options(depends_on=("bot",)),
        Options(retries=1),
    ],
}
MODEL: dict[str, Any] = {"kind": CUSTOM_MODEL, "roleArn": ROLE, "modelSourceConfig": artifacts(1)}
_OF_MODELS: dict[str, list[Any]] = {
    "modelSourceConfig": [artifacts(1), artifacts(2)],
    "modelName": [None, "fixed-one"],
    "opts": [Options(), Options(delete_before_replace=True), Options(protect=True), Options(retries=1)],
    **{key: CHANGES[key] for key in ("tags", "clientRequestToken", "updateInPlace", "timeouts")},
}
UNKNOWN_AT_FIRST = [key for key in CHANGES if key not in ("opts", "timeouts")]
DEFAULT_TAGS: list[dict[str, str]] = [{}, {"env": "dev"}, {"env": "prod", "team": "all"}]
names = st.sampled_from(NAMES[1:])
flags = st.sampled_from([{}, {}, {}, {"continue_on_error": True}, {"in_turn": True}, {"parallel": 1}])


def changes(name: str) -> st.SearchStrategy[tuple[str, Any]]:
    """One argument of a resource."""
    of = _OF_MODELS if name == TUNED else CHANGES
    return st.sampled_from([(key, value) for key, values in of.items() for value in values])


def _arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    if name == TUNED:
        given = {key: st.sampled_from(values) for key, values in _OF_MODELS.items()}
        return st.fixed_dictionaries(given).map(lambda given: {**MODEL, **given})
    return st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CHANGES.items()})


declared = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), _arguments(name)))
"""The name of a resource, and all its arguments."""


def without(given: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A resource that depends on none of these."""
    options = options_of(given)
    left = {key: value for key, value in given.items() if not (isinstance(value, Output) and value.of in names)}
    return {
        **left,
        "opts": replace(options, depends_on=tuple(each for each in options.depends_on if each not in names)),
    }
