"""Calls the local Bedrock's application without HTTP: thousands of runs make most of their calls to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.application import LocalBedrockApplication, NoAnswerError
from werkzeug.datastructures import Headers

__all__ = ["connect", "without_http"]

_PREFIXES = ("before-send.bedrock", "before-send.sts")


class _Raw:
    """What botocore takes for the body of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def connect(client: Any, local: LocalBedrock) -> None:
    """Let a boto3 client call the application of a local Bedrock that this process serves."""
    app = _application(local)

    def send(request: Any, **_: Any) -> AWSResponse:
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        headers = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
        }
        try:
            status, answer, content = _call(app, request.method, request.url, headers, body)
        except NoAnswerError:
            raise ConnectionClosedError(endpoint_url=request.url) from None
        return AWSResponse(request.url, status, answer, _Raw(content))

    client.meta.events.register("before-send", send)


@contextmanager
def without_http(local: LocalBedrock) -> Iterator[None]:
    """Inside the block, the controls of a local Bedrock call its application."""
    app = _application(local)

    def request(verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"content-type": "application/json"}
        status, _, content = _call(app, verb, local.endpoint_url + path, headers, json.dumps(body or {}).encode())
        answer = json.loads(content)
        if status >= 400:
            raise ValueError(answer["error"])
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "_request", request)
        yield


def _application(local: LocalBedrock) -> LocalBedrockApplication:
    server: Any = local._server
    found: LocalBedrockApplication = server.application
    return found


def _call(
    app: Callable[..., Any], method: str, url: str, headers: dict[str, str], body: bytes
) -> tuple[int, Headers, bytes]:
    parts = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path),
        "REQUEST_URI": url,
        "RAW_URI": url,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    started: list[Any] = []
    content = b"".join(app(environ, lambda status, answer, *_: started.extend((status, answer))))
    return int(started[0].split()[0]), Headers(started[1]), content
