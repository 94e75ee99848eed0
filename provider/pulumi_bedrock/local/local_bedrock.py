"""The Python API of the local Bedrock: start one in this process, or connect to a running one, and control it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from types import TracebackType
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from .control import Controls
from .lifecycle import DELETION, DEPLOYMENT, MODEL, TRAINING, register_speed
from .models import BedrockBackend
from .quotas import QUOTA, QUOTA_IN_PROGRESS, Quotas
from .server import LocalBedrockServer

__all__ = ["LocalBedrock"]

_ACCESS_KEY = "testing"
_SECRET_KEY = "testing"


class LocalBedrock(Controls):
    """A local Bedrock at ``endpoint_url``; ``serve`` starts one, the constructor connects to a running one.

    moto keeps its state per process, so one process serves one local Bedrock at a time.

    ```python
    from pulumi_bedrock.local import LocalBedrock

    with LocalBedrock.serve(activation_seconds=1) as local:
        model_arn = local.create_custom_model("support-bot-v1")
        local.client("bedrock").create_custom_model_deployment(modelDeploymentName="bot", modelArn=model_arn)
        print(local.deployments(), local.environment())
    ```
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
        quota_in_progress: int | None = QUOTA_IN_PROGRESS,
        quota: int | None = QUOTA,
        on_request: Callable[[dict[str, Any]], None] | None = None,
    ) -> LocalBedrock:
        """Start a server in a thread of this process; ``stop`` it, or use it as a context manager.

        Port 0 takes a free one. The ``…_seconds`` are the times that a deployment's activation, a deployment's
        deletion, a custom model's activation and a customization job take; 0 is at once. ``quota_in_progress`` is how
        many deployments may be Creating in a region, and ``quota`` how many may exist; None for no limit.
        ``on_request`` gets each entry of the request log. Raises RuntimeError if this process serves one already,
        OSError if it can't listen on the address.
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
            BedrockBackend.initial_quotas = Quotas(in_progress=quota_in_progress, total=quota)
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

    def reset(self) -> None:
        """Delete all resources, of moto's other services too, faults and contradictions.

        Durations and quotas are again what they were at the start.
        """
        self._request("POST", "/moto-api/reset")

    def _request(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  (the endpoint that the caller gave)
            self.endpoint_url + path,
            method=verb,
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
