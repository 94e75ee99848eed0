"""``/moto-api/bedrock/…``: inspect and control the local Bedrock over HTTP while it runs.

JSON in, JSON out:

====== ================== =================================================================================
GET    ``/requests``      ``{"requests", "counts", "throttled"}``: every request, and counts by operation
DELETE ``/requests``      clear the requests and counts
GET    ``/faults``        the active rules
POST   ``/faults``        add a rule (see ``faults``); returns ``{"id"}``
DELETE ``/faults``        delete all rules; ``/faults/<id>`` deletes one
GET    ``/contradict``    the assumptions about AWS that are contradicted
POST   ``/contradict``    contradict one (see ``contradictions``): ``{"assumption"}``
DELETE ``/contradict``    contradict none
GET    ``/deployments``   every deployment of every region, tags and region included; ``?region=`` for one
POST   ``/deployments``   restore one that ``GET`` returned: same ARN, name, tags, status and ``createdAt``
GET    ``/custom-models`` the same for custom models
POST   ``/custom-models`` create one: ``{"name", "region", "status"}``; returns ``{"modelArn"}``
POST   ``/status``        set a status and keep it: ``{"arn", "status", "failureMessage"}``
POST   ``/update-status`` set the status of an update and keep it: ``{"arn", "updateStatus"}``
POST   ``/speed``         ``{"activation": {"seconds": 2}, …}``, deletion, model, training; null: only manually
POST   ``/quota``         ``{"deployments": 2}``; ``null`` for no limit
====== ================== =================================================================================

``POST /moto-api/reset``, moto's own, deletes all resources and faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import get_service_model
from moto.moto_api import state_manager
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .constraints import check
from .contradictions import Contradictions
from .faults import Fault, Faults
from .lifecycle import DELETION, DEPLOYMENT, MODEL, TRAINING, transition
from .models import BedrockBackend, backend_of, bedrock_backends
from .request_log import RequestLog

__all__ = ["ControlPath"]

_SPEEDS = {"activation": DEPLOYMENT, "deletion": DELETION, "model": MODEL, "training": TRAINING}


class ControlPath:
    """The WSGI application of the control path."""

    def __init__(self, *, faults: Faults, log: RequestLog) -> None:
        self.faults = faults
        self.log = log
        self._map = Map(
            [
                self._rule("GET", "/requests", lambda _: self.log.to_dict()),
                self._rule("DELETE", "/requests", lambda _: self.log.clear()),
                self._rule("GET", "/faults", lambda _: self.faults.rules()),
                self._rule("POST", "/faults", self._add_fault),
                self._rule("DELETE", "/faults", lambda _: self.faults.clear()),
                self._rule("DELETE", "/faults/<int:number>", lambda _, number: self.faults.clear(number)),
                self._rule("GET", "/contradict", lambda _: sorted(Contradictions.active)),
                self._rule("POST", "/contradict", lambda request: Contradictions.add(request.get_json()["assumption"])),
                self._rule("DELETE", "/contradict", lambda _: Contradictions.active.clear()),
                self._rule("GET", "/deployments", self._deployments),
                self._rule("POST", "/deployments", self._restore_deployment),
                self._rule("GET", "/custom-models", self._custom_models),
                self._rule("POST", "/custom-models", self._create_custom_model),
                self._rule("POST", "/status", self._set_status),
                self._rule("POST", "/update-status", self._set_update_status),
                self._rule("POST", "/speed", self._set_speed),
                self._rule("POST", "/quota", self._set_quota),
            ]
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; an invalid one gets status 400 and the reason."""
        try:
            handler, arguments = self._map.bind_to_environ(environ).match()
            with BedrockBackend.lock:
                content = handler(Request(environ), **arguments)
            response = _json(content if content is not None else {})
        except HTTPException as error:
            response = _json({"error": error.description}, status=error.code or 500)
        except KeyError as error:
            response = _json({"error": f"unknown or missing member {error}"}, status=400)
        except (ServiceException, TypeError, ValueError) as error:
            response = _json({"error": str(error)}, status=400)
        return response(environ, start_response)

    @staticmethod
    def _rule(method: str, path: str, handler: Callable[..., Any]) -> Rule:
        return Rule(f"/moto-api/bedrock{path}", methods=[method], endpoint=handler)

    def _add_fault(self, request: Request) -> dict[str, Any]:
        fault = Fault(**request.get_json())
        if fault.operation != "*" and not any(
            fault.operation in get_service_model(service).operation_names for service in ("bedrock", "bedrock-runtime")
        ):
            raise ValueError(f"{fault.operation} is no operation of Amazon Bedrock")
        return {"id": self.faults.add(fault)}

    @staticmethod
    def _deployments(request: Request) -> list[dict[str, Any]]:
        found = []
        for backend in _backends(request.args.get("region")):
            backend.deployments.settle()
            found += [_shown(backend, item.arn, item.to_dict()) for item in backend.deployments.by_arn.values()]
        return found

    @staticmethod
    def _restore_deployment(request: Request) -> None:
        body = request.get_json()
        _, _, _, region, account_id, _ = body["customModelDeploymentArn"].split(":", 5)
        backend_of(account_id, region).restore_deployment(body)

    @staticmethod
    def _custom_models(request: Request) -> list[dict[str, Any]]:
        return [
            _shown(backend, model.arn, model.to_dict())
            for backend in _backends(request.args.get("region"))
            for model in backend.models.by_arn.values()
        ]

    @staticmethod
    def _create_custom_model(request: Request) -> dict[str, Any]:
        body = request.get_json()
        check(get_service_model("bedrock").shape_for("CreateCustomModelRequest"), {"modelName": body["name"]})
        backend = backend_of(DEFAULT_ACCOUNT_ID, body["region"])
        model = backend.models.add(body["name"], customization_type="FINE_TUNING")
        if body.get("status"):
            model.status = body["status"]
        return {"modelArn": model.arn}

    @staticmethod
    def _set_status(request: Request) -> None:
        body = request.get_json()
        _, _, _, region, account_id, _ = body["arn"].split(":", 5)
        backend = backend_of(account_id, region)
        backend.set_status(body["arn"], body["status"], failure_message=body.get("failureMessage"))

    @staticmethod
    def _set_update_status(request: Request) -> None:
        body = request.get_json()
        _, _, _, region, account_id, _ = body["arn"].split(":", 5)
        backend_of(account_id, region).set_update_status(body["arn"], body["updateStatus"])

    @staticmethod
    def _set_speed(request: Request) -> None:
        speeds = {_SPEEDS[name]: transition(seconds=speed["seconds"]) for name, speed in request.get_json().items()}
        for backend in _backends(None):
            backend.settle()
        for model_name, speed in speeds.items():
            state_manager.set_transition(model_name, speed)

    @staticmethod
    def _set_quota(request: Request) -> None:
        BedrockBackend.deployment_quota = request.get_json()["deployments"]


def _backends(region: str | None) -> list[BedrockBackend]:
    return [
        backend
        for account in list(bedrock_backends.values())
        for backend in list(account.values())
        if region in (None, backend.region_name)
    ]


def _shown(backend: BedrockBackend, arn: str, content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "region": backend.region_name, "tags": backend.tags_of(arn)}


def _json(content: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
