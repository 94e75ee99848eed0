"""The Python API of the local Bedrock: start one in this process, or connect to a running one, and control it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from .lifecycle import DELETION, DEPLOYMENT, MODEL, TRAINING, register_speed
from .server import LocalBedrockServer

__all__ = ["LocalBedrock"]

_ACCESS_KEY = "testing"
_SECRET_KEY = "testing"


class LocalBedrock:
    """A local Bedrock at ``endpoint_url``; ``serve`` starts one, the constructor connects to a running one.

    moto keeps its state per process, so one process serves one local Bedrock at a time.
    """

    _served = threading.Lock()

    def __init__(self, endpoint_url: str, *, region: str = "us-east-1") -> None:
        self.endpoint_url = endpoint_url.rstrip("/")
        self.region = region
        self._server: LocalBedrockServer | None = None
        self._session_lock = threading.Lock()
        # AWS_PROFILE may name a profile that doesn't exist: no profile is read.
        bare = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        self._session: Any = boto3.Session(
            aws_access_key_id=_ACCESS_KEY, aws_secret_access_key=_SECRET_KEY, botocore_session=bare
        )

    @classmethod
    def serve(
        cls,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        region: str = "us-east-1",
        activation_seconds: float = 0.0,
        deletion_seconds: float = 0.0,
        model_seconds: float = 0.0,
        training_seconds: float = 0.0,
        on_request: Callable[[dict[str, Any]], None] | None = None,
    ) -> LocalBedrock:
        """Start a server in a thread of this process; ``stop`` it, or use it as a context manager.

        Port 0 takes a free one. The ``…_seconds`` are the times that a deployment's activation, a deployment's
        deletion, a custom model's activation and a customization job take; 0 is at once. ``on_request`` gets each
        entry of the request log. Raises RuntimeError if this process serves one already, OSError if it can't
        listen on the address.
        """
        if not cls._served.acquire(blocking=False):
            raise RuntimeError(
                "this process already serves a local Bedrock, and moto has one state per process. "
                "Use that one, or start another with `python -m pulumi_bedrock.local`."
            )
        try:
            register_speed(DEPLOYMENT, activation_seconds)
            register_speed(DELETION, deletion_seconds)
            register_speed(MODEL, model_seconds)
            register_speed(TRAINING, training_seconds)
            server = LocalBedrockServer(host=host, port=port)
            server.application.log.on_record = on_request
            server.start()
            local = cls(server.endpoint_url, region=region)
            local._server = server
            local.reset()
        except BaseException:
            cls._served.release()
            raise
        return local

    def stop(self) -> None:
        """Stop the server, if ``serve`` started it."""
        if self._server:
            self._server.stop()
            self._server = None
            self._served.release()

    def __enter__(self) -> LocalBedrock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # Clients

    def environment(self) -> dict[str, str]:
        """Return environment variables that point boto3 and Pulumi's AWS providers here, with fake credentials."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET_KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, *, region: str | None = None, **options: Any) -> Any:
        """Return a boto3 client of any service for this endpoint; ``options`` are passed to boto3."""
        if service.startswith("bedrock"):  # else boto3 prefers AWS_BEARER_TOKEN_BEDROCK, and that needs HTTPS
            options["config"] = Config(signature_version="v4").merge(options.get("config") or Config())
        with self._session_lock:
            return self._session.client(
                service, region_name=region or self.region, endpoint_url=self.endpoint_url, **options
            )

    # Resources

    def create_custom_model(self, name: str, *, region: str | None = None, status: str | None = "Active") -> str:
        """Create a custom model and return its ARN, which depends only on the name; it keeps ``status``.

        With ``status=None`` it is created as by the API, and takes the time that ``set_model_creation`` sets.
        """
        body = {"name": name, "region": region or self.region, "status": status}
        return str(self._call("POST", "/custom-models", body)["modelArn"])

    def deployments(self, region: str | None = None) -> list[dict[str, Any]]:
        """Return every deployment, as GetCustomModelDeployment shows it, with ``region`` and ``tags``."""
        return list(self._call("GET", "/deployments" + (f"?region={region}" if region else "")))

    def restore_deployment(self, deployment: Mapping[str, Any]) -> None:
        """Restore a deployment that ``deployments`` returned, perhaps in an earlier local Bedrock.

        It has the same ARN, name, model, description, tags, status and ``createdAt``.

        :raises ValueError: if its name or ARN exists already.
        """
        self._call("POST", "/deployments", dict(deployment))

    def custom_models(self, region: str | None = None) -> list[dict[str, Any]]:
        """Return every custom model, as GetCustomModel shows it, with ``region`` and ``tags``."""
        return list(self._call("GET", "/custom-models" + (f"?region={region}" if region else "")))

    def set_status(self, arn: str, status: str, *, failure_message: str | None = None) -> None:
        """Set the status of a deployment, custom model or job. It makes no transitions afterwards."""
        self._call("POST", "/status", {"arn": arn, "status": status, "failureMessage": failure_message})

    def set_update_status(self, arn: str, update_status: str) -> None:
        """Set the status of a deployment's newest update: Updating, UpdateCompleted or UpdateFailed. It stays.

        Raises ValueError when the deployment has no update.
        """
        self._call("POST", "/update-status", {"arn": arn, "updateStatus": update_status})

    # Durations

    def set_activation(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that deployments take to activate, those now Creating too; ``manual``: until ``set_status``."""
        self._set_speed("activation", seconds, manual)

    def set_deletion(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that deletions take, those now Deleting too; ``manual``: until this is called again."""
        self._set_speed("deletion", seconds, manual)

    def set_model_creation(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that custom models take to activate; ``manual``: until ``set_status``."""
        self._set_speed("model", seconds, manual)

    def set_training(self, *, seconds: float = 0.0, manual: bool = False) -> None:
        """Set the time that customization jobs take, those now InProgress too; ``manual``: until ``set_status``."""
        self._set_speed("training", seconds, manual)

    def set_quota(self, deployments: int | None) -> None:
        """Set the number of deployments that an account may have in a region; None for no limit."""
        self._call("POST", "/quota", {"deployments": deployments})

    # Faults

    def add_fault(self, *, operation: str = "*", kind: str = "error", count: int | None = None, **members: Any) -> int:
        """Add a fault and return its number; ``faults`` documents the kinds and their members.

        Raises ValueError when the rule could never apply.
        """
        rule = {"operation": operation, "kind": kind, "count": count, **members}
        return int(self._call("POST", "/faults", rule)["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Return the active faults, with their remaining counts."""
        return list(self._call("GET", "/faults"))

    def clear_faults(self, number: int | None = None) -> None:
        """Delete one fault, or all of them."""
        self._call("DELETE", "/faults" if number is None else f"/faults/{number}")

    # Contradictions

    def contradict(self, *assumptions: str) -> None:
        """Do the opposite of assumptions about AWS, by their identifiers; `contradictions` lists them.

        :raises ValueError: for one that isn't in the list.
        """
        for assumption in assumptions:
            self._call("POST", "/contradict", {"assumption": assumption})

    def contradicted(self) -> list[str]:
        """Return the contradicted assumptions."""
        return list(self._call("GET", "/contradict"))

    def clear_contradictions(self) -> None:
        """Contradict no assumption any more."""
        self._call("DELETE", "/contradict")

    # Requests

    def requests(self) -> list[dict[str, Any]]:
        """Return every Bedrock request: sequence, time, operation, region, resource, status and error (code)."""
        return list(self._call("GET", "/requests")["requests"])

    def counts(self) -> dict[str, int]:
        """Return the number of requests of each operation."""
        return dict(self._call("GET", "/requests")["counts"])

    def throttled(self) -> dict[str, int]:
        """Return the number of requests of each operation that were throttled."""
        return dict(self._call("GET", "/requests")["throttled"])

    def clear_requests(self) -> None:
        """Clear the requests and their counts."""
        self._call("DELETE", "/requests")

    def reset(self) -> None:
        """Delete all resources, of moto's other services too, faults and contradictions; restore initial durations."""
        self._http("POST", "/moto-api/reset")

    def _set_speed(self, name: str, seconds: float, manual: bool) -> None:
        self._call("POST", "/speed", {name: {"seconds": None if manual else seconds}})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._http(method, f"/moto-api/bedrock{path}", body)

    def _http(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  (the endpoint that the caller gave)
            self.endpoint_url + path,
            method=method,
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with _OPENER.open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(json.load(error)["error"]) from None


# The endpoint is on this machine, so a proxy in the environment isn't used.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
