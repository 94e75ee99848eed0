"""What is contradicted of custom models."""

from __future__ import annotations

import json

from moto.core.common_types import TYPE_RESPONSE

from .artifacts import missing_artifacts
from .contradicting_creates import ContradictingCreates
from .contradictions import Contradictions
from .exceptions import ConflictException, ValidationException

__all__ = ["ContradictingModels"]


class ContradictingModels(ContradictingCreates):
    """The operations of custom models, with the active contradictions."""

    def create_custom_model(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of tags, tokens and quotas."""
        return self.contradict_create("model", self._create_model, tags=self.params.get("modelTags", []))

    def get_custom_model(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict what is assumed of other accounts."""
        self.refuse_foreign(self.params["modelIdentifier"])
        return super().get_custom_model()

    def list_custom_models(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict what is assumed of the list's order and content."""
        answer = super().list_custom_models
        return self.contradict_list(answer, member="modelSummaries", status="modelStatus", change=dict)

    def delete_custom_model(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """Contradict when AWS refuses a delete, and when the model is gone."""
        identifier = self.params["modelIdentifier"]
        self.refuse_foreign(identifier)
        try:
            self.bedrock_backend.delete_custom_model(
                identifier,
                creating="model-delete-while-creating" in Contradictions.active,
                slowly="model-gone-after-delete" in Contradictions.active,
            )
        except ConflictException as error:
            raise _validation(error, "model-in-use") from error
        return 200, {"status": 200}, "{}"

    def _create_model(self) -> TYPE_RESPONSE:
        """Contradict what is assumed of names, artifacts and roles."""
        backend, name = self.bedrock_backend, self.params["modelName"]
        is_new = ("model", self.params.get("clientRequestToken", "")) not in backend.tokens
        problem = missing_artifacts(self.params) if is_new else None
        if problem and "missing-artifacts-fail-later" in Contradictions.active:
            raise ValidationException(problem)
        try:
            if is_new and backend.models.is_used_up(name) and "model-name-free-after-delete" in Contradictions.active:
                raise ConflictException(f"A custom model with the name {name} already exists.")
            arn = backend.create_custom_model(
                self.params, role_fails_later="unusable-role-refused" in Contradictions.active
            )
        except ConflictException as error:
            raise _validation(error, "model-name-conflict") from error
        return 202, {"status": 202}, json.dumps({"modelArn": arn})


def _validation(error: ConflictException, identifier: str) -> ConflictException | ValidationException:
    return ValidationException(error.message) if identifier in Contradictions.active else error
