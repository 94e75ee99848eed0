"""What the probes of deployments and of custom models share: how answers are judged, and the probes of tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_bedrock.values.tags import as_list

from .account import Account
from .answers import Answer, ask
from .ledger import Ledger
from .results import Results

__all__ = ["REFUSED", "Probing"]

REFUSED = ("ValidationException", "ConflictException")
"""How AWS may refuse what a resource's state or name doesn't allow."""


class Probing:
    """Probes of one run."""

    def __init__(self, account: Account, ledger: Ledger, results: Results, say: Callable[[str], None]) -> None:
        self._account, self._ledger, self._results, self._say = account, ledger, results, say
        self._bedrock: Any = account.bedrock

    def _judge(self, identifier: str, answer: Answer, *codes: str) -> None:
        self._results.add(identifier, answer.code in codes, answer.text, answer.seconds)

    def _judge_while(self, still: Callable[[], bool], identifier: str, answer: Answer, *codes: str) -> None:
        """Judge an answer, unless it is an unexpected one because the state that was asked about has passed."""
        if answer.code in codes or still():
            self._judge(identifier, answer, *codes)
        else:
            self._results.skip(identifier, f"the status changed before AWS answered: {answer.text}")

    # Tags

    def _tags(self, arn: str) -> None:
        self._fifty_tags(arn)
        answer = self._tag(arn, "aws:acceptance")
        if answer.code in ("ok", "ValidationException"):
            self._judge("nobody-sets-aws-tags", answer, "ValidationException")
        else:
            self._results.skip("nobody-sets-aws-tags", f"another refusal shows nothing: {answer.text}")
        if answer.code == "ok":
            self._untag(arn, "aws:acceptance")
        self._tag(arn, "removable")
        answer = self._untag(arn, "removable")
        removed = answer.code == "ok" and "removable" not in self._tag_keys(arn)
        self._results.add("tags-removable", removed, answer.text, answer.seconds)
        self._judge("untag-unknown-key", self._untag(arn, "a-key-that-it-does-not-have"), "ok")

    def _fifty_tags(self, arn: str) -> None:
        keys = [f"t{n}" for n in range(50 - len(self._tag_keys(arn)))]
        fifty, more = self._tag(arn, *keys), self._tag(arn, "one-more")
        said = f"50 tags: {fifty.text}; one more: {more.text}"
        if {fifty.code, more.code} <= {"ok", "TooManyTagsException"}:
            held = fifty.code == "ok" and more.code != "ok"
            self._results.add("fifty-tags", held, said, fifty.seconds + more.seconds)
        else:
            self._results.skip("fifty-tags", f"another refusal shows nothing: {said}")
        for accepted in [keys] * (fifty.code == "ok") + [["one-more"]] * (more.code == "ok"):
            self._untag(arn, *accepted)

    def _tag(self, arn: str, *keys: str) -> Answer:
        return ask(self._bedrock.tag_resource, resourceARN=arn, tags=as_list(dict.fromkeys(keys, "x")))

    def _untag(self, arn: str, *keys: str) -> Answer:
        return ask(self._bedrock.untag_resource, resourceARN=arn, tagKeys=[*keys])

    def _tag_keys(self, arn: str) -> list[str]:
        return [tag["key"] for tag in ask(self._bedrock.list_tags_for_resource, resourceARN=arn).body.get("tags", [])]
