"""Custom models, and the collection of those in one account and region.

A job's model has its base model in its ARN. One that CreateCustomModel makes of artifacts has ``imported`` there, as
AWS's own example of the operation; which base model it shows is made up.
"""

from __future__ import annotations

import hashlib
import string
from collections import Counter
from datetime import datetime
from typing import Any

from moto.core.common_models import BaseModel
from moto.utilities.utils import get_partition

from .clock import Clock, iso
from .exceptions import ConflictException, ResourceNotFoundException
from .lifecycle import DELETION, MODEL, Hideable, Lifecycle
from .paging import page

__all__ = [
    "BASE_MODEL",
    "ID_CHARACTERS",
    "IMPORTED",
    "IMPORTED_BASE_MODEL",
    "CustomModel",
    "CustomModels",
    "identifier_of",
    "model_not_found",
]

BASE_MODEL = "amazon.nova-lite-v1:0:300k"
IMPORTED_BASE_MODEL = "amazon.nova-2-lite-v1:0:256k"
IMPORTED = "IMPORTED"
ID_CHARACTERS = string.ascii_lowercase + string.digits


class CustomModel(Hideable, BaseModel, Lifecycle):
    """A custom model; ``details`` holds optional members of GetCustomModel's answer."""

    def __init__(
        self,
        *,
        name: str,
        model_id: str,
        region_name: str,
        account_id: str,
        created_at: datetime,
        customization_type: str,
        base_model: str,
        details: dict[str, Any],
    ) -> None:
        Lifecycle.__init__(self, MODEL, [("Creating", "Active")])
        self.name = name
        self.created_at = created_at
        self.account_id = account_id
        self.customization_type = customization_type
        prefix = f"arn:{get_partition(region_name)}:bedrock:{region_name}"
        made_of = "imported" if customization_type == IMPORTED else base_model
        self.arn = f"{prefix}:{account_id}:custom-model/{made_of}/{model_id}"
        self.base_model_arn = f"{prefix}::foundation-model/{base_model}"
        self.details = details
        self.deletion: Lifecycle | None = None

    def start_deletion(self) -> None:
        """Start a deletion that takes time. Until its end the model is shown as before."""
        self.deletion = Lifecycle(DELETION, [("Deleting", "Deleted")])

    def to_summary(self) -> dict[str, Any]:
        """Return the entry for ListCustomModels."""
        return {
            "modelArn": self.arn,
            "modelName": self.name,
            "creationTime": iso(self.created_at),
            "baseModelArn": self.base_model_arn,
            "baseModelName": "",  # as AWS was recorded to answer
            "customizationType": self.customization_type,
            "ownerAccountId": self.account_id,
            "modelStatus": self.status,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the response of GetCustomModel."""
        answer = {**self.details, **self.to_summary()}
        del answer["baseModelName"], answer["ownerAccountId"]
        if self.failure_message and answer["modelStatus"] == "Failed":
            answer["failureMessage"] = self.failure_message
        return answer


class CustomModels:
    """The custom models of one account and region."""

    def __init__(self, *, region_name: str, account_id: str, clock: Clock) -> None:
        self._region_name = region_name
        self._account_id = account_id
        self._clock = clock
        self._made: Counter[str] = Counter()
        self.by_arn: dict[str, CustomModel] = {}

    def add(
        self,
        name: str,
        *,
        customization_type: str,
        base_model: str = BASE_MODEL,
        details: dict[str, Any] | None = None,
    ) -> CustomModel:
        """Add a custom model. Its ID depends on account, region, name and the number of earlier models of that name."""
        self.require_free(name)
        self._made[name] += 1
        model = CustomModel(
            name=name,
            model_id=identifier_of(f"{self._account_id}/{self._region_name}/{name}/{self._made[name]}"),
            region_name=self._region_name,
            account_id=self._account_id,
            created_at=self._clock.tick(),
            customization_type=customization_type,
            base_model=base_model,
            details=details or {},
        )
        self.by_arn[model.arn] = model
        return model

    def require_free(self, name: str) -> None:
        """Raise ConflictException when the name is taken."""
        if any(model.name == name for model in self.by_arn.values()):
            raise ConflictException(f"A custom model with the name {name} already exists.")

    def find(self, identifier: str) -> CustomModel:
        """Return the custom model with that name or ARN."""
        for model in self.by_arn.values():
            if identifier in (model.arn, model.name):
                return model
        raise model_not_found(identifier)

    def is_used_up(self, name: str) -> bool:
        """Return whether a model had that name and is deleted."""
        return self._made[name] > 0 and all(model.name != name for model in self.by_arn.values())

    def remove(self, model: CustomModel) -> None:
        """Remove a model at once."""
        del self.by_arn[model.arn]

    def settle(self) -> None:
        """Remove the models with a complete deletion."""
        for model in list(self.by_arn.values()):
            if model.deletion and model.deletion.status == "Deleted":
                self.remove(model)

    def find_page(self, parameters: dict[str, Any]) -> tuple[list[CustomModel], str | None]:
        """Return a page of the models that match the filters of ListCustomModels, and the token of the next page."""
        base_models = (parameters.get("baseModelArnEquals"), parameters.get("foundationModelArnEquals"))
        wanted = [
            model
            for model in self.by_arn.values()
            if parameters.get("nameContains", "") in model.name
            and parameters.get("modelStatus") in (None, model.status)
            and all(arn in (None, model.base_model_arn) for arn in base_models)
            and model.created_at < parameters.get("creationTimeBefore", datetime.max)
            and model.created_at > parameters.get("creationTimeAfter", datetime.min)
            and parameters.get("isOwned") is not False
            and not model.is_stale()
        ]
        return page(wanted, parameters=parameters)


def model_not_found(identifier: str) -> ResourceNotFoundException:
    """Return the error for a custom model that doesn't exist, or is hidden from the read."""
    return ResourceNotFoundException(f"Could not find the custom model {identifier}.")


def identifier_of(seed: str) -> str:
    """Return twelve letters and digits, the same ones for the same ``seed``."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    return "".join(ID_CHARACTERS[number // 36**place % 36] for place in range(12))
