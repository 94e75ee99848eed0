"""What is contradicted of deployments and custom models alike: their creates, lists, tags and ARNs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.core.common_types import TYPE_RESPONSE

from .contradictions import Contradictions
from .exceptions import (
    AccessDeniedException,
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    TooManyTagsException,
    ValidationException,
)
from .responses import BedrockResponse

__all__ = ["ContradictingCreates", "changed_answer"]

_FEW_TAGS = 5
_REFUSALS = (ConflictException, ResourceNotFoundException, ServiceQuotaExceededException, ValidationException)


class ContradictingCreates(BedrockResponse):
    """Bedrock's control plane, with the contradictions that each kind of resource has."""

    def contradict_create(
        self, kind: str, create: Callable[[], TYPE_RESPONSE], *, tags: list[dict[str, str]]
    ) -> TYPE_RESPONSE:
        """Contradict what is assumed of tags, tokens and quotas. ``kind`` is the first part of the token's key."""
        token, backend = self.params.get("clientRequestToken", ""), self.bedrock_backend
        key = (kind, token)
        arn = backend.tokens.get(key)
        if arn is not None:
            if "token-outlives-delete" in Contradictions.active and arn and not backend.exists(arn):
                del backend.tokens[key]
            elif "token-replayed" in Contradictions.active or not arn:
                raise ConflictException(f"The client request token {token} was used before.")
        if tags and "tags-need-permission" in Contradictions.active:
            raise ValidationException("A create can't have tags.")
        self.refuse_too_many({tag["key"] for tag in tags})
        try:
            return create()
        except _REFUSALS as error:
            if token and "refused-create-uses-no-token" in Contradictions.active:
                backend.tokens.setdefault(key, "")
            if isinstance(error, ServiceQuotaExceededException) and "full-quota" in Contradictions.active:
                raise ValidationException(error.message) from error
            raise

    def refuse_too_many(self, keys: set[str]) -> None:
        """Refuse more than a few tags."""
        if len(keys) > _FEW_TAGS and "fifty-tags" in Contradictions.active:
            said = f"The number of tags exceeds the limit of {_FEW_TAGS} tags per resource."
            raise TooManyTagsException(said, resource_name=self.params.get("resourceARN", ""))

    def refuse_foreign(self, identifier: str) -> None:
        """Refuse the ARN of another account."""
        parts = identifier.split(":")
        if "foreign-arn-not-found" in Contradictions.active and len(parts) > 5 and parts[4] != self.current_account:
            raise AccessDeniedException(f"You are not authorized to access {identifier}.")

    def contradict_list(
        self,
        answer: Callable[[], TYPE_RESPONSE],
        *,
        member: str,
        status: str,
        change: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> TYPE_RESPONSE:
        """Contradict what is assumed of a list's order and content; ``change`` is for each of its entries."""
        if "list-newest-first" in Contradictions.active:
            self.params = {"sortOrder": "Ascending", **self.params}

        def changed(content: dict[str, Any]) -> dict[str, Any]:
            shown = [change(entry) for entry in content[member]]
            if "list-shows-creating" in Contradictions.active:
                shown = [entry for entry in shown if entry[status] != "Creating"]
            return {**content, member: shown}

        return changed_answer(answer(), changed)


def changed_answer(answer: TYPE_RESPONSE, change: Callable[[dict[str, Any]], dict[str, Any]]) -> TYPE_RESPONSE:
    """Return an answer with other content."""
    if not Contradictions.active:
        return answer
    status, headers, body = answer
    return status, headers, json.dumps(change(json.loads(body)))
