"""Which assumptions have a probe, which have none and why, and what the probes found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

__all__ = ["NOT_PROBED", "OF_MODELS", "PROBED", "Result", "Results"]

OF_MODELS = {
    "imported-model-arn": "CreateCustomModel",
    "missing-artifacts-fail-later": "CreateCustomModel from an S3 URI without objects",
    "model-delete-while-creating": "DeleteCustomModel while it is Creating",
    "model-gone-after-delete": "DeleteCustomModel, then Get and List",
    "model-in-use": "DeleteCustomModel while a deployment uses it",
    "model-name-conflict": "CreateCustomModel with its name and another token",
    "model-name-free-after-delete": "CreateCustomModel with the name of a deleted one",
    "unusable-role-refused": "CreateCustomModel with a role that does not exist",
}
"""What the suite asks for the assumptions for which it makes custom models."""

PROBED = {
    **OF_MODELS,
    "active-model-deployable": "Create, then Get until it is no longer Creating",
    "constraints-before-replay": "Create with a used token and an invalid name",
    "converse-absent": "Converse with an ARN that no deployment has",
    "converse-deleting": "Converse while it is Deleting",
    "converse-not-ready": "Converse while it is Creating",
    "delete-while-creating": "Delete while it is Creating",
    "deployment-beside-model": "Create",
    "deleting-shown": "Delete, then List and Get",
    "fifty-tags": "TagResource up to 50 tags, then one more",
    "foreign-arn-not-found": "Get and GetCustomModel with ARNs of another account",
    "get-shows-newest-update": "a second Update, then Get until it shows that one",
    "list-filters": "List by name, by another name and by another status",
    "list-newest-first": "List",
    "list-shows-creating": "List until it shows the new deployment",
    "list-shows-update": "List after an Update",
    "name-free-after-deletion": "Create with its name while it is Deleting",
    "name-taken": "Create with its name and another token",
    "nobody-sets-aws-tags": "TagResource with a key that begins with aws:",
    "one-update-at-a-time": "Update while it is Updating",
    "reads-lag-briefly": "List and Get until they show the new deployment",
    "refused-create-uses-no-token": "Create with the token of a refused create, when the name is free",
    "second-delete-conflict": "Delete while it is Deleting",
    "tags-during-update": "TagResource while it is Updating",
    "tags-removable": "UntagResource, then ListTagsForResource",
    "token-outlives-delete": "Create with the token of a deleted deployment",
    "token-replayed": "Create with the same name and token",
    "untag-unknown-key": "UntagResource with a key that it does not have",
    "update-keeps-serving": "Update, then Get and Converse until it is complete",
    "update-needs-active": "Update while it is Creating",
}
"""What the suite asks for each assumption in docs/assumptions.md that it probes, by identifier."""

NOT_PROBED = {
    "converse-failed": "nothing in the suite makes a deployment fail",
    "failed-counts-towards-quota": "the suite never fills a quota",
    "full-quota": "the suite never fills a quota",
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
    :param asked: What the probe asks; empty for an assumption without a probe.
    :param at: When, in UTC.
    :param seconds: How long that took; None when it wasn't asked.
    """

    identifier: str
    verdict: str
    answer: str
    asked: str
    at: str
    seconds: float | None


class Results:
    """What the probes of one run have found so far."""

    def __init__(self) -> None:
        self._found: dict[str, Result] = {}

    def add(self, identifier: str, held: bool, answer: str, seconds: float) -> None:
        """Store what a probe found. An assumption that failed once stays `not held`."""
        earlier = self._found.get(identifier)
        if earlier is not None and earlier.verdict == "not held":
            return
        self._store(identifier, "held" if held else "not held", answer, seconds)

    def skip(self, identifier: str, why: str) -> None:
        """Store that a probe could not be made in this run."""
        if identifier not in self._found:
            self._store(identifier, "not probed", why)

    def skip_all(self, *, models: str, others: str) -> None:
        """Store why the probes of custom models, or all others, can't be made in this run; empty when they can."""
        for identifier in PROBED:
            why = models if identifier in OF_MODELS else others
            if why:
                self.skip(identifier, why)

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

    def _store(self, identifier: str, verdict: str, answer: str, seconds: float | None = None) -> None:
        assert identifier in PROBED or identifier in NOT_PROBED, identifier
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._found[identifier] = Result(identifier, verdict, answer, PROBED.get(identifier, ""), at, seconds)
