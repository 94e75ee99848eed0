"""The HTTP server: werkzeug's threaded server, with persistent connections.

werkzeug closes each connection after one response and waits 10 ms for unread data, which is most of the time
that a poll takes. Here the request's body is read before the response, so the connection can serve the next
request; 200 connections are 200 idle threads. By default it listens on the loopback address only, since there
is no authentication, and then refuses what a web page of elsewhere may have sent.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import traceback
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from .application import LocalBedrockApplication, NoAnswerError

__all__ = ["LocalBedrockServer"]

_BACKLOG = 512
_HTTP_2 = (
    "refused an HTTP/2 connection: the local Bedrock speaks HTTP/1.1. In JavaScript, give BedrockRuntimeClient "
    "requestHandler: new NodeHttpHandler(), from @smithy/node-http-handler."
)


class _Handler(MotoRequestHandler):
    """One connection, in a thread of its own, for as many requests as the client sends."""

    server: LocalBedrockServer

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Read the whole request, let the application answer, and write status, headers and body at once."""
        environ = self.make_environ()
        body = self._body(environ)
        environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        started: list[Any] = []
        app = _refused if self.server.is_loopback and _is_foreign(environ) else self.server.app

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            started[:] = [status, headers]

        try:
            content = b"".join(app(environ, start_response))
        except NoAnswerError:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        except NotImplementedError as error:
            started[:], content = _failure("501 Not Implemented", str(error))
        except Exception as error:
            traceback.print_exc()
            started[:], content = _failure("500 Internal Server Error", f"{type(error).__name__}: {error}")
        status, headers = started
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self, environ: dict[str, Any]) -> bytes:
        if "wsgi.input_terminated" in environ:
            content: bytes = environ["wsgi.input"].read()
            return content
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: see `request_log`."""

    def log_error(self, format: str, *args: Any) -> None:
        """Log what a JavaScript user only sees as "Protocol error"; other errors as werkzeug does."""
        if getattr(self, "raw_requestline", b"").startswith(b"PRI * HTTP/2"):
            super().log_error(_HTTP_2)
        else:
            super().log_error(format, *args)


def _is_foreign(environ: dict[str, Any]) -> bool:
    """Return whether a web page of another machine may have sent a request.

    A browser names the page in Origin. A name that somebody points at 127.0.0.1 (DNS rebinding) is in Host.
    """
    origin, host = environ.get("HTTP_ORIGIN"), environ.get("HTTP_HOST")
    return any(url is not None and not _is_loopback(urlsplit(url).hostname) for url in (origin, host and f"//{host}"))


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return host is not None
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _refused(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    message = "The local Bedrock answers programs of this machine only. To serve others, start it with --host."
    (status, headers), content = _failure("403 Forbidden", message)
    start_response(status, headers)
    return [content]


def _failure(status: str, message: str) -> tuple[list[Any], bytes]:
    return [status, [("Content-Type", "application/json")]], json.dumps({"message": message}).encode()


class LocalBedrockServer(ThreadedWSGIServer):
    """A bound server; ``start`` answers in a thread until ``stop``.

    Applications share their resources, and only the newest one's faults count. So a second address is given the first
    one's ``application``.
    """

    def __init__(self, *, host: str, port: int, application: LocalBedrockApplication | None = None) -> None:
        self.application = application or LocalBedrockApplication()
        self.is_loopback = _is_loopback(host)
        self._connections: set[socket.socket] = set()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=_BACKLOG) as bound:
            super().__init__(host, port, self.application, _Handler, fd=bound.fileno())
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="local-bedrock")

    @property
    def endpoint_url(self) -> str:
        """The URL of the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Start to answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, on open connections too."""
        self.shutdown()
        self._thread.join()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that ``stop`` can end it."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Remove the connection, which has ended."""
        self._connections.discard(request)
        super().shutdown_request(request)
