"""What the programs of the random sequences declare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from stateful.program import Options, Output, options_of

__all__ = ["CHANGES", "DEFAULT_TAGS", "NAMES", "UNKNOWN_AT_FIRST", "arguments", "changes", "flags", "names", "without"]

NAMES = ("bot", "sales", "Blue/bot")
"""The last two can depend on those before them. `Blue/bot` is a `bot` in a component."""
CHANGES: dict[str, list[Any]] = {
    "modelArn": [0, 1],  # which of the stack's models
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
UNKNOWN_AT_FIRST = [key for key in CHANGES if key not in ("opts", "timeouts")]
DEFAULT_TAGS: list[dict[str, str]] = [{}, {"env": "dev"}, {"env": "prod", "team": "all"}]
names = st.sampled_from(NAMES)
flags = st.sampled_from([{}, {}, {}, {"continue_on_error": True}, {"in_turn": True}, {"parallel": 1}])
changes = st.sampled_from([(key, value) for key, values in CHANGES.items() for value in values])
arguments = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CHANGES.items()})


def without(given: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A resource that depends on none of these."""
    options = options_of(given)
    left = {key: value for key, value in given.items() if not (isinstance(value, Output) and value.of in names)}
    return {
        **left,
        "opts": replace(options, depends_on=tuple(each for each in options.depends_on if each not in names)),
    }
