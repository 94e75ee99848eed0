"""Inspect and control the local Bedrock while it runs: with `LocalBedrock`, or under ``/moto-api/bedrock`` over HTTP.

JSON in, JSON out; the members are the body of a POST, and the query of a GET. ``POST /moto-api/reset``, moto's own,
deletes all resources and faults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model
from moto.moto_api import state_manager

from .constraints import check
from .contradictions import Contradictions
from .faults import Fault, Faults
from .lifecycle import DELETION, DEPLOYMENT, MODEL, TRAINING, transition
from .models import BedrockBackend, backend_of, bedrock_backends
from .request_log import RequestLog
from .routes import OVERVIEW, control

__all__ = ["Controls"]

_SPEEDS = {"activation": DEPLOYMENT, "deletion": DELETION, "model": MODEL, "training": TRAINING}


class Controls:
    """What can be controlled. The body of a ``control`` runs in the server."""

    region: str

    def __init__(self, *, faults: Faults, log: RequestLog) -> None:
        self._faults = faults
        self._log = log

    def create_custom_model(self, name: str, *, region: str | None = None, status: str | None = "Active") -> str:
        """Create a custom model and return its ARN, which depends only on the name; it keeps ``status``.

        With ``status=None`` it is created as by the API, and takes the time that ``set_model_creation`` sets.
        """
        return self._create_custom_model(name, region=region or self.region, status=status)

    @control("POST", "/custom-models", answer="modelArn")
    def _create_custom_model(self, name: str, region: str, status: str | None = None) -> str:
        """Create a custom model; returns ``{"modelArn"}``."""
        check(get_service_model("bedrock").shape_for("CreateCustomModelRequest"), {"modelName": name})
        account = os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)  # which moto uses for all calls
        model = backend_of(account, region).models.add(name, customization_type="FINE_TUNING")
        if status:
            model.status = status
        return model.arn

    @control("GET", "/custom-models")
    def custom_models(self, region: str | None = None) -> list[dict[str, Any]]:
        """Return every custom model, as GetCustomModel shows it, with ``region`` and ``tags``."""
        return [
            _shown(backend, model.arn, model.to_dict())
            for backend in _backends(region)
            for model in backend.models.by_arn.values()
        ]

    @control("GET", "/deployments")
    def deployments(self, region: str | None = None) -> list[dict[str, Any]]:
        """Return every deployment, as GetCustomModelDeployment shows it, with ``region`` and ``tags``."""
        for backend in _backends(region):
            backend.deployments.settle()
        return [
            _shown(backend, deployment.arn, deployment.to_dict())
            for backend in _backends(region)
            for deployment in backend.deployments.by_arn.values()
        ]

    @control("POST", "/deployments", body="deployment")
    def restore_deployment(self, deployment: Mapping[str, Any]) -> None:
        """Restore a deployment that ``deployments`` returned, perhaps in an earlier local Bedrock.

        It has the same ARN, name, model, description, tags, status and ``createdAt``.

        :raises ValueError: if its name or ARN exists already.
        """
        _backend_with(deployment["customModelDeploymentArn"]).restore_deployment(deployment)

    @control("POST", "/status")
    def set_status(self, arn: str, status: str, *, failure_message: str | None = None) -> None:
        """Set the status of a deployment, custom model or job. It makes no transitions afterwards."""
        _backend_with(arn).set_status(arn, status, failure_message=failure_message)

    @control("POST", "/update-status")
    def set_update_status(self, arn: str, update_status: str) -> None:
        """Set the status of a deployment's newest update: Updating, UpdateCompleted or UpdateFailed. It stays.

        Raises ValueError when the deployment has no update.
        """
        _backend_with(arn).set_update_status(arn, update_status)

    @control("POST", "/quota")
    def set_quota(self, deployments: int | None) -> None:
        """Set the number of deployments that an account may have in a region, in any status; None for no limit."""
        BedrockBackend.quotas = replace(BedrockBackend.quotas, total=deployments)

    @control("POST", "/quota-in-progress")
    def set_quota_in_progress(self, deployments: int | None) -> None:
        """Set the number of deployments that may be Creating in an account and region; None for no limit."""
        BedrockBackend.quotas = replace(BedrockBackend.quotas, in_progress=deployments)

    @control("POST", "/model-quota")
    def set_model_quota(self, models: int | None) -> None:
        """Set the number of custom models that an account may have in a region; None, as at the start, for no limit."""
        BedrockBackend.model_quotas = replace(BedrockBackend.model_quotas, total=models)

    @control("POST", "/model-quota-in-progress")
    def set_model_quota_in_progress(self, models: int | None) -> None:
        """Set the number of custom models that may be Creating; None, as at the start, for no limit."""
        BedrockBackend.model_quotas = replace(BedrockBackend.model_quotas, in_progress=models)

    def set_activation(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that deployments take to activate, those now Creating too; ``manual``: until ``set_status``."""
        self._set_speed({"activation": {"seconds": None if manual else seconds}})

    def set_deletion(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that deletions take, those now Deleting too; ``manual``: until this is called again."""
        self._set_speed({"deletion": {"seconds": None if manual else seconds}})

    def set_model_creation(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that custom models take to activate; ``manual``: until ``set_status``."""
        self._set_speed({"model": {"seconds": None if manual else seconds}})

    def set_training(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that customization jobs take, those now InProgress too; ``manual``: until ``set_status``."""
        self._set_speed({"training": {"seconds": None if manual else seconds}})

    @control("POST", "/speed", body="speeds")
    def _set_speed(self, speeds: dict[str, dict[str, float | None]]) -> None:
        """Set durations: ``{"activation": {"seconds": 2}, …}``, deletion, model, training; null: only manually."""
        transitions = {_SPEEDS[name]: transition(seconds=speed["seconds"]) for name, speed in speeds.items()}
        for backend in _backends(None):
            backend.settle()
        for model_name, each in transitions.items():
            state_manager.set_transition(model_name, each)

    @control("POST", "/faults", answer="id")
    def add_fault(self, *, operation: str = "*", kind: str = "error", count: int | None = None, **members: Any) -> int:
        """Add a fault and return its number; ``faults`` documents the kinds and their members.

        Raises ValueError when the rule could never apply.
        """
        fault = Fault(operation=operation, kind=kind, count=count, **members)
        if operation != "*" and not any(
            operation in get_service_model(service).operation_names for service in ("bedrock", "bedrock-runtime")
        ):
            raise ValueError(f"{operation} is no operation of Amazon Bedrock")
        return self._faults.add(fault)

    @control("GET", "/faults")
    def faults(self) -> list[dict[str, Any]]:
        """Return the active faults, with their remaining counts."""
        return self._faults.rules()

    @control("DELETE", "/faults", "/faults/<int:number>")
    def clear_faults(self, number: int | None = None) -> None:
        """Delete one fault, or all of them."""
        self._faults.clear(number)

    def contradict(self, *assumptions: str) -> None:
        """Do the opposite of assumptions about AWS, by their identifiers; `contradictions` lists them.

        :raises ValueError: for one that isn't in the list.
        """
        for assumption in assumptions:
            self._contradict(assumption)

    @control("POST", "/contradict")
    def _contradict(self, assumption: str) -> None:
        """Do the opposite of an assumption about AWS, by its identifier."""
        Contradictions.add(assumption)

    @control("GET", "/contradict")
    def contradicted(self) -> list[str]:
        """Return the contradicted assumptions."""
        return sorted(Contradictions.active)

    @control("DELETE", "/contradict")
    def clear_contradictions(self) -> None:
        """Contradict no assumption any more."""
        Contradictions.active.clear()

    def requests(self) -> list[dict[str, Any]]:
        """Return every Bedrock request: sequence, time, operation, region, resource, status and error (code)."""
        return list(self._requests()["requests"])

    def counts(self) -> dict[str, int]:
        """Return the number of requests of each operation."""
        return dict(self._requests()["counts"])

    def throttled(self) -> dict[str, int]:
        """Return the number of requests of each operation that were throttled."""
        return dict(self._requests()["throttled"])

    @control("GET", "/requests")
    def _requests(self) -> dict[str, Any]:
        """Return ``{"requests", "counts", "throttled"}``: every request, and counts by operation."""
        return self._log.to_dict()

    @control("DELETE", "/requests")
    def clear_requests(self) -> None:
        """Clear the requests and their counts."""
        self._log.clear()


def _backends(region: str | None) -> list[BedrockBackend]:
    return [
        backend
        for account in list(bedrock_backends.values())
        for backend in list(account.values())
        if region in (None, backend.region_name)
    ]


def _backend_with(arn: str) -> BedrockBackend:
    _, _, _, region, account_id, _ = arn.split(":", 5)
    return backend_of(account_id, region)


def _shown(backend: BedrockBackend, arn: str, content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "region": backend.region_name, "tags": backend.tags_of(arn)}


__doc__ = "\n".join([__doc__ or "", *OVERVIEW])
