"""What boto3 really sends: each request as it leaves, with the answer that the local Bedrock gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.httpsession
import pytest

__all__ = ["Sent", "record"]


@dataclass(frozen=True)
class Sent:
    """One request over HTTP."""

    url: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def access_key(self) -> str:
        """Whose signature it bears."""
        return self._scope[0]

    @property
    def region(self) -> str:
        """The Region it is signed for."""
        return self._scope[2]

    @property
    def service(self) -> str:
        """The service it is signed for."""
        return self._scope[3]

    @property
    def query(self) -> dict[str, str]:
        """The body of a query such as STS's."""
        return {key: values[0] for key, values in parse_qs(self.body).items()}

    @property
    def _scope(self) -> list[str]:
        found = re.search(r"Credential=([^,]+)", self.headers["Authorization"])
        assert found
        return found[1].split("/")


def record(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """From now on, every request that botocore sends."""
    sent: list[Sent] = []
    send = botocore.httpsession.URLLib3Session.send

    def recording(session: Any, request: Any) -> Any:
        headers = {
            key: value.decode() if isinstance(value, bytes) else str(value) for key, value in request.headers.items()
        }
        body = request.body or b""
        sent.append(Sent(request.url, headers, body.decode() if isinstance(body, bytes) else str(body)))
        return send(session, request)

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", recording)
    return sent
