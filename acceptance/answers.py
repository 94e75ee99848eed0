"""What AWS answers to one call, an error too."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["Answer", "ask"]


@dataclass(frozen=True)
class Answer:
    """What AWS answered to one call.

    :param code: AWS's error code; `ok` when the call succeeded.
    :param is_refusal: Whether AWS certainly did nothing: it refused the first attempt.
    :param seconds: How long the call took.
    """

    code: str
    message: str
    body: dict[str, Any]
    is_refusal: bool = False
    seconds: float = 0.0

    @classmethod
    def of_error(cls, error: ClientError, seconds: float = 0.0) -> Answer:
        """Return an error that AWS answered."""
        said: Any = error.response.get("Error", {})
        how: Any = error.response.get("ResponseMetadata", {})
        refusal = how.get("HTTPStatusCode", 500) < 500 and how.get("RetryAttempts", 0) == 0
        return cls(str(said.get("Code")), str(said.get("Message", "")), {}, refusal, seconds)

    @property
    def text(self) -> str:
        """The answer in a few words, for the report."""
        return self.code if self.code == "ok" else f"{self.code}: {self.message}"


def ask(call: Callable[..., dict[str, Any]], **arguments: Any) -> Answer:
    """Make a call and return what AWS answered, an error too."""
    began = time.monotonic()
    try:
        body = call(**arguments)
    except ClientError as error:
        return Answer.of_error(error, time.monotonic() - began)
    content = {key: value for key, value in body.items() if key != "ResponseMetadata"}
    return Answer("ok", "", content, seconds=time.monotonic() - began)
