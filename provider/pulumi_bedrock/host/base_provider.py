"""What this package's providers share inside Pulumi's dynamic host: configuration, and errors on one line.

The host shows an exception as a full traceback, and its output reaches the person only as lines. Both are turned here
into what a person wants to read.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, NoReturn, ParamSpec, TypeVar

from pulumi.dynamic import ConfigureRequest, ResourceProvider
from pulumi.output import Unknown

from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.constraints import UNKNOWN
from pulumi_bedrock.aws.waiting import Clock
from pulumi_bedrock.errors import BedrockError
from pulumi_bedrock.values.configuration import AwsConfiguration

from .engine_liveness import Engine
from .thread_pool import widen

__all__ = ["HostedProvider", "decoded", "encoded", "one_line"]

P = ParamSpec("P")
R = TypeVar("R")

_SAYING = Lock()


class HostedProvider(ResourceProvider):
    """A provider as the dynamic host runs it: configured once for each process, then called from several threads."""

    serialize_as_secret_always = False

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__()
        self.engine = Engine.of_this_process()
        self.clock = clock or Clock(sleep=self.engine.sleep)
        self._clients: Clients | None = None
        self._misconfigured: BedrockError | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Keeps the stack's `aws:` configuration, which comes with secrets decrypted."""
        # This runs in the host and nowhere else. Without frames, the host's traceback is the exception's own line.
        sys.tracebacklimit = 0
        widen()
        try:
            self._clients = Clients(AwsConfiguration.read(lambda key: req.config.get(f"aws:{key}")))
        except BedrockError as error:
            # Raised by the first call instead: an error from here would be shown once and then be forgotten.
            self._misconfigured = error

    @property
    def clients(self) -> Clients:
        """The boto3 clients of this stack's configuration."""
        if self._misconfigured is not None:
            raise self._misconfigured
        if self._clients is None:
            self._clients = Clients(AwsConfiguration())
        return self._clients

    def report(self, line: str) -> None:
        """Shows a line under the resource's stack while `up` runs: the host's output is passed on as messages."""
        with _SAYING, suppress(BrokenPipeError):  # a reader that is gone is found out by `engine`
            sys.stdout.write(f"{line}\n")  # in one piece: the engine makes a message of whatever it reads at once
            sys.stdout.flush()
        self.engine.require()


def one_line(method: Callable[P, R]) -> Callable[P, R]:
    """Lets a provider's method fail as one line: the error's name and what it says."""

    @functools.wraps(method)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except BedrockError as error:
            _fail(type(error).__name__, str(error))
        except Exception as error:
            # `tracebacklimit` hides the frames of our own mistakes too, so they are put into the message.
            frames = "".join(traceback.format_tb(error.__traceback__, limit=100))
            said = f"{type(error).__name__}: {error}"
            _fail("InternalError", f"this is a mistake in pulumi_bedrock, please report it: {said}\n{frames}")

    return wrapper


def _fail(name: str, message: str) -> NoReturn:
    # The traceback module writes a class of `builtins` without its module: `NameTaken: …`, not `a.b.NameTaken: …`.
    raise type(name, (Exception,), {"__module__": "builtins"})(message) from None


def decoded(value: Any) -> Any:
    """A value as the layers below take it: with `UNKNOWN` for Pulumi's unknowns, and integers, which its wire lacks."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value


def encoded(value: Any) -> Any:
    """The way back from `decoded`."""
    if value is UNKNOWN:
        return Unknown()  # type: ignore[no-untyped-call]
    if isinstance(value, Mapping):
        return {key: encoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    return value
