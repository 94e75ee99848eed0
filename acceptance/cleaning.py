"""Delete what a run created, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .answers import Answer, ask
from .kinds import CUSTOM_MODEL, DEPLOYMENT, Kind, ask_delete, ask_get, list_all
from .ledger import TAG, Ledger
from .polling import LAG_ALLOWED, eventually

__all__ = ["clean"]

DELETION_TIMEOUT = 1800.0
"""Seconds that all deletions together may take."""
_ABSENT = "ResourceNotFoundException"


def clean(bedrock: Any, ledger: Ledger, say: Callable[[str], None]) -> bool:
    """Delete the deployments of a run, then its custom models; return whether nothing is left.

    A resource is the run's when its live name is in the ledger and its live tag has the run's ID. All others with
    an ARN of the ledger, or a name that begins like the run's, are listed and left in place.
    """
    try:
        kinds = [DEPLOYMENT, *([CUSTOM_MODEL] if ledger.names(CUSTOM_MODEL.noun) else [])]
        are_clean = [_Cleaning(bedrock, ledger, say, kind).run() for kind in kinds]
        return all(are_clean)
    except (BotoCoreError, ClientError, RuntimeError) as error:  # RuntimeError: botocore's for expired credentials
        say(f"clean-up ended early: {error}")
        return False


class _Cleaning:
    def __init__(self, bedrock: Any, ledger: Ledger, say: Callable[[str], None], kind: Kind) -> None:
        self._bedrock, self._ledger, self._say, self._kind = bedrock, ledger, say, kind
        self._unknown: dict[str, list[str]] = {}

    def run(self) -> bool:
        self._wait_for_lost()
        live = self._live()
        named = {arn: found for arn, found in live.items() if found["name"] in self._ledger.names(self._kind.noun)}
        deleting = [arn for arn, found in named.items() if found["status"] == "Deleting"]
        ours = [arn for arn in named if arn not in deleting and self._has_tag(arn)]
        unknown = {arn for arns in self._unknown.values() for arn in arns}
        foreign = [
            arn
            for arn, found in live.items()
            if arn not in (*ours, *deleting, *unknown) and found["status"] != "Deleting"
        ]
        for arn in foreign:
            self._say(f"left in place, since its name or tag is not in this run's ledger: {live[arn]['name']} {arn}")
        left = self._delete(ours, deleting)
        for why, identifiers in self._unknown.items():
            self._say(f"may still be there, since AWS answers {why}: {', '.join(identifiers)}")
        return not (foreign or left or self._unknown)

    def _wait_for_lost(self) -> None:
        """Give AWS the time to show what was created without an answer."""
        lost = self._ledger.unsettled(self._kind.noun)
        if lost:
            self._say(f"looking for {', '.join(lost)}")
            eventually(lambda: all(self._get(name).code != _ABSENT for name in lost), LAG_ALLOWED)

    def _live(self) -> dict[str, dict[str, str]]:
        """Return name and status of all that the ledger or the list knows, by ARN."""
        live: dict[str, dict[str, str]] = {}
        kind, ledger = self._kind, self._ledger
        for identifier in dict.fromkeys([*ledger.arns(kind.noun), *ledger.unsettled(kind.noun), *self._listed()]):
            answer = self._get(identifier)
            if answer.code == "ok":
                body = answer.body
                live[body[kind.arn]] = {"name": body[kind.name], "status": body.get(kind.status, "")}
            elif answer.code != _ABSENT:
                self._doubt(answer, identifier)
        return live

    def _listed(self) -> list[str]:
        try:
            found = list_all(self._kind, self._bedrock, nameContains=self._ledger.prefix)
            return [each[self._kind.arn] for each in found]
        except ClientError as error:
            self._doubt(Answer.of_error(error), f"{self._ledger.prefix}-*")
            return []

    def _has_tag(self, arn: str) -> bool:
        answer = ask(self._bedrock.list_tags_for_resource, resourceARN=arn)
        if answer.code != "ok":
            self._doubt(answer, arn)
        return {"key": TAG, "value": self._ledger.run} in answer.body.get("tags", [])

    def _delete(self, ours: list[str], deleting: list[str]) -> list[str]:
        """Delete some, and wait for them and for those that are being deleted; return what is left."""
        waiting, said = [*ours, *deleting], {}
        for arn in ours:
            self._say(f"deleting {arn}")
            said[arn] = self._ask_to_delete(arn)

        def all_gone() -> bool:
            for arn in list(waiting):
                answer = self._get(arn)
                if answer.code == "ok" and arn in ours:
                    # A delete that AWS refused, such as one of a deployment that is still Creating, is asked for again.
                    said[arn] = self._ask_to_delete(arn)
                elif answer.code != "ok":
                    waiting.remove(arn)
                    if answer.code != _ABSENT:
                        self._doubt(answer, arn)
            return not waiting

        eventually(all_gone, DELETION_TIMEOUT)
        for arn in waiting:
            self._say(f"still there: {arn} (AWS answered the delete: {said[arn].text if arn in said else 'ok'})")
        return waiting

    def _get(self, identifier: str) -> Answer:
        return ask_get(self._kind, self._bedrock, identifier)

    def _ask_to_delete(self, arn: str) -> Answer:
        return ask_delete(self._kind, self._bedrock, arn)

    def _doubt(self, answer: Answer, identifier: str) -> None:
        self._unknown.setdefault(answer.text, []).append(identifier)
