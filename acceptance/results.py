"""Which assumptions have a probe, which have none and why, and what the probes found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

__all__ = ["NOT_PROBED", "PROBED", "Result", "Results"]

PROBED = (
    "active-model-deployable",
    "constraints-before-replay",
    "converse-absent",
    "converse-deleting",
    "converse-not-ready",
    "delete-while-creating",
    "deployment-beside-model",
    "deleting-shown",
    "fifty-tags",
    "foreign-arn-not-found",
    "list-filters",
    "list-newest-first",
    "list-shows-creating",
    "list-shows-update",
    "name-free-after-deletion",
    "name-taken",
    "nobody-sets-aws-tags",
    "reads-lag-briefly",
    "refused-create-uses-no-token",
    "second-delete-conflict",
    "tags-removable",
    "token-outlives-delete",
    "token-replayed",
    "untag-unknown-key",
    "update-keeps-serving",
    "update-needs-active",
)
"""Identifiers of the assumptions in docs/assumptions.md that the suite probes."""

NOT_PROBED = {
    "converse-failed": "nothing in the suite makes a deployment fail",
    "failed-counts-towards-quota": "the suite never fills a quota",
    "get-shows-newest-update": "the suite updates a deployment once",
    "model-in-use": "the suite never deletes a custom model",
    "model-name-conflict": "the suite never creates a custom model",
    "one-update-at-a-time": "the suite starts no second update",
    "tags-during-update": "the suite changes no tags during an update",
    "tags-need-permission": "it needs a second identity, without bedrock:TagResource",
    "throttled-per-operation": "the suite never provokes throttling",
    "update-moves-last-updated": "the suite makes no update fail",
}
"""The other assumptions, and why they are not probed."""


@dataclass(frozen=True)
class Result:
    """What a probe found.

    :param verdict: `held`, `not held` or `not probed`.
    :param answer: What AWS answered, or why it wasn't asked.
    :param at: When, in UTC.
    """

    identifier: str
    verdict: str
    answer: str
    at: str


class Results:
    """What the probes of one run have found so far."""

    def __init__(self) -> None:
        self._found: dict[str, Result] = {}

    def add(self, identifier: str, held: bool, answer: str) -> None:
        """Store what a probe found. An assumption that failed once stays `not held`."""
        earlier = self._found.get(identifier)
        if earlier is not None and earlier.verdict == "not held":
            return
        self._store(identifier, "held" if held else "not held", answer)

    def skip(self, identifier: str, why: str) -> None:
        """Store that a probe could not be made in this run."""
        if identifier not in self._found:
            self._store(identifier, "not probed", why)

    def all(self) -> list[Result]:
        """Return a result for every assumption, sorted by identifier."""
        for identifier, why in NOT_PROBED.items():
            self.skip(identifier, why)
        for identifier in PROBED:
            self.skip(identifier, "the run ended before")
        return [self._found[identifier] for identifier in sorted(self._found)]

    @property
    def broken(self) -> list[Result]:
        """The assumptions that didn't hold."""
        return [result for result in self.all() if result.verdict == "not held"]

    def _store(self, identifier: str, verdict: str, answer: str) -> None:
        assert identifier in PROBED or identifier in NOT_PROBED, identifier
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._found[identifier] = Result(identifier, verdict, answer, at)
