"""Contradictions: the local Bedrock does the opposite of what docs/assumptions.md assumes of AWS.

Each has the identifier of the assumption, and can be switched on and off while the server runs. What a fault can do
(see ``faults``) isn't here: an error with another code, a read that lags longer, an update that stays hidden.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["CONTRADICTIONS", "Contradictions"]

CONTRADICTIONS = {
    "converse-absent": "Converse answers ValidationException when there is no such deployment",
    "converse-not-ready": "Converse answers ValidationException while a deployment is Creating",
    "delete-while-creating": "a Delete is accepted while the deployment is Creating",
    "deleting-shown": "Get and List show a deployment that is being deleted as Active",
    "failed-counts-towards-quota": "a deployment that is Failed counts as one in progress",
    "fifty-tags": "a resource has at most 5 tags",
    "foreign-arn-not-found": "the ARN of another account is an AccessDeniedException",
    "full-quota": "a create beyond a quota is a ValidationException",
    "list-newest-first": "a list is sorted by creation time, oldest first",
    "list-shows-creating": "a list has no deployment or custom model that is Creating",
    "list-shows-update": "after an update, a list shows the old model",
    "missing-artifacts-fail-later": "a create from an S3 URI without objects is a ValidationException",
    "model-delete-while-creating": "a Delete is accepted while the custom model is Creating",
    "model-gone-after-delete": "a deleted custom model is shown as before for the time of a deletion",
    "model-in-use": "the Delete of a custom model that a deployment uses is a ValidationException",
    "model-name-conflict": "a custom model's name that is taken is a ValidationException",
    "model-name-free-after-delete": "the name of a deleted custom model stays taken",
    "one-update-at-a-time": "an update during another one is accepted",
    "refused-create-uses-no-token": "a refused create uses up its token",
    "second-delete-conflict": "a Delete during another one is accepted",
    "tags-during-update": "tags can't be changed during an update: ConflictException",
    "tags-need-permission": "a create that has tags is a ValidationException",
    "token-outlives-delete": "a token expires when its resource is deleted",
    "token-replayed": "a used token is a ConflictException",
    "untag-unknown-key": "UntagResource with a key that the resource doesn't have is a ValidationException",
    "unusable-role-refused": "a create with a role that Bedrock can't assume fails later",
    "update-keeps-serving": "during an update the deployment is Creating, and answers nothing",
    "update-moves-last-updated": "an update doesn't move lastUpdatedAt",
    "update-needs-active": "an update is accepted while the deployment is Creating",
}
"""What the local Bedrock does when an assumption is contradicted, by the assumption's identifier."""


class Contradictions:
    """The contradicted assumptions of this process, like all of moto's state."""

    active: ClassVar[set[str]] = set()

    @classmethod
    def add(cls, identifier: str) -> None:
        """Contradict an assumption. Raise ValueError for one that can't be contradicted here."""
        if identifier not in CONTRADICTIONS:
            raise ValueError(f"{identifier} can't be contradicted; these can: {', '.join(CONTRADICTIONS)}")
        cls.active.add(identifier)
