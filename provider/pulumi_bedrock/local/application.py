"""The WSGI application: it handles Bedrock's operations, and passes requests to other services to moto's application.

For each Bedrock request it applies the faults, executes the operation and writes the log. An operation that neither
this package nor moto serves is unknown, as one that AWS doesn't have. Nothing in moto is patched. moto's reset also
clears the faults and the log.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import BaseResponse
from moto.core.routing import get_service_router
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.moto_api import state_manager
from moto.moto_server.werkzeug_app import BackendRequest, DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from .contradicting import ContradictingResponse, ContradictingRuntimeResponse
from .contradictions import Contradictions
from .control import Controls
from .error_answers import error_of
from .faults import Faults
from .lifecycle import DELETION, DEPLOYMENT, MODEL, TRAINING, Hideable, Lifecycle
from .models import BedrockBackend
from .quotas import MODEL_QUOTAS
from .request_log import RequestLog
from .responses import BedrockResponse
from .routes import ControlPath
from .runtime import BedrockRuntimeResponse

__all__ = ["LocalBedrockApplication", "NoAnswerError"]

_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/(?P<region>[^/]+)/bedrock/aws4_request")
_RESPONSES: dict[str, type[BedrockResponse] | type[BedrockRuntimeResponse]] = {
    "bedrock": ContradictingResponse,
    "bedrock-runtime": ContradictingRuntimeResponse,
}
_FAILURES = ("error", "throttle", "close")
_RESOURCE_MEMBERS = ("modelDeploymentName", "modelName", "jobName", "resourceARN")


class NoAnswerError(ConnectionError):
    """Closes the connection without a response."""


class LocalBedrockApplication(DomainDispatcherApplication):
    """moto's server application, with the local Bedrock in front of it."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.faults = Faults()
        self.log = RequestLog()
        self.control = ControlPath(Controls(faults=self.faults, log=self.log))
        BedrockBackend.on_started = self._on_started
        # moto loads an operation model on its first use, and a second thread could then use a half-loaded one.
        for model in map(get_service_model, _RESPONSES):
            for operation in model.operation_names:
                model.operation_model(operation)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith("/moto-api/bedrock/"):
            return self.control(environ, start_response)
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope:
            request = BackendRequest(environ)
            for service, response_class in _RESPONSES.items():
                try:
                    operation, uri_parameters = get_service_router(service).match(request)
                except NotFound:
                    continue
                response = self._answer(
                    response_class(),
                    request,
                    service=service,
                    operation=operation.name,
                    region=scope["region"],
                    resource=_resource(uri_parameters, request.get_data()),
                )
                return response(environ, start_response)
            if not _is_for_agents(request):
                return _unknown(f"{request.method} {path}")(environ, start_response)
        answer_of_moto: Iterable[bytes] = super().__call__(environ, start_response)
        if path == "/moto-api/reset" and environ["REQUEST_METHOD"] == "POST":
            self.reset()
        return answer_of_moto

    def reset(self) -> None:
        """Clear faults, contradictions and log, restore initial speeds and quotas; moto's own reset does the rest."""
        self.faults.clear()
        Contradictions.active.clear()
        self.log.clear()
        BedrockBackend.quotas = BedrockBackend.initial_quotas
        BedrockBackend.model_quotas = MODEL_QUOTAS
        for model_name in (DEPLOYMENT, DELETION, MODEL, TRAINING):
            state_manager.unset_transition(model_name)

    def _answer(
        self,
        responder: BaseResponse,
        request: BackendRequest,
        *,
        service: str,
        operation: str,
        region: str,
        resource: str | None,
    ) -> Response:
        response: Response | None = None
        delays = self.faults.take(operation, region=region, kinds=["delay"], resource=resource)
        failures = self.faults.take(operation, region=region, kinds=_FAILURES, when="before", resource=resource)
        if not failures:
            if hasattr(responder, camelcase_to_underscores(operation)):
                response = Response(*_reordered(responder._dispatch(request, request.raw_url, request.headers)))
            else:
                response = _unknown(operation)
            if self.faults.take(operation, region=region, kinds=["close"], when="after", resource=resource):
                response = None
        elif failures[0].kind != "close":
            status, code, message = error_of(failures[0], operation=operation, service=service)
            response = _error_response(status, code, message, request_id=f"fault-{failures[0].id}")
        # Before the delay: a request of a finished test must not appear in the log of the next test.
        self.log.record(
            operation,
            region=region,
            resource=resource,
            status=response.status_code if response else None,
            error=response.headers.get("X-Amzn-Errortype") if response else None,
            authorization=request.headers.get("Authorization", ""),
        )
        for delay in delays:
            time.sleep(delay.seconds)
        if response is None:
            raise NoAnswerError
        return response

    def _on_started(self, operation: str, started: Lifecycle, region: str) -> None:
        """Apply the faults that change how a started create, update or job ends."""
        for fault in self.faults.take(operation, region=region, kinds=["activation"]):
            if fault.outcome == "never":
                started.hold()
            else:
                started.fail_next(fault.message or "The activation failed (injected fault).")
        if isinstance(started, Hideable):
            for fault in self.faults.take(operation, region=region, kinds=["stale"]):
                started.hide(reads=fault.reads, seconds=fault.seconds)


def _is_for_agents(request: BackendRequest) -> bool:
    """Return whether the request is for Agents for Amazon Bedrock, which moto serves under the same signing name."""
    try:
        get_service_router("bedrock-agent").match(request)
    except NotFound:
        return False
    return True


def _unknown(operation: str) -> Response:
    message = f"The local Bedrock does not serve {operation}."
    return _error_response(404, "UnknownOperationException", message, request_id="unknown-operation")


def _error_response(status: int, code: str, message: str, *, request_id: str) -> Response:
    headers = {"X-Amzn-Errortype": code, "X-Amzn-RequestId": request_id}
    return Response(json.dumps({"message": message}), status, headers, content_type="application/json")


def _reordered(answer: TYPE_RESPONSE) -> tuple[Any, int, Any]:
    status, headers, body = answer
    return body, status, headers


def _resource(uri_parameters: dict[str, Any], body: bytes) -> str | None:
    if uri_parameters:
        return str(next(iter(uri_parameters.values())))
    try:
        members = json.loads(body or b"{}")
        return next((str(members[name]) for name in _RESOURCE_MEMBERS if name in members), None)
    except (ValueError, TypeError):
        return None
