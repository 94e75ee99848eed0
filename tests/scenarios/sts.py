"""A fake STS that counts requests. It answers with an account, or refuses requests."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

__all__ = ["FakeSts"]

_IDENTITY = """\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{account}:user/somebody</Arn><UserId>AIDA</UserId><Account>{account}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""

_REFUSAL = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
<Message>Not from here.</Message></Error><RequestId>1</RequestId></ErrorResponse>"""


class FakeSts:
    """A server on loopback, as a context manager.

    :param account: The account that every answer names; None refuses every request.
    :param refusals: The error codes of the first answers, before one names the account.
    """

    def __init__(self, account: str | None = None, *, refusals: Sequence[str] = ()) -> None:
        self.account, self._refusals = account, list(refusals)
        self.requests: list[str] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fake.requests.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                code = fake._refusals.pop(0) if fake._refusals else None if fake.account else "AccessDenied"
                body = (_REFUSAL.format(code=code) if code else _IDENTITY.format(account=fake.account)).encode()
                self.send_response(200 if code is None else 403 if code == "AccessDenied" else 400)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def endpoint_url(self) -> str:
        """The URL at which it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeSts:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
