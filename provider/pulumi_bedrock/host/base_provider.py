"""The base class of this package's providers: configuration, progress and warnings, and one-line errors.

The dynamic host shows an exception as a full traceback. The decorator `one_line_errors` reduces it to one line.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable, Collection, Mapping
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
from .engine_log import log_ephemeral, log_warning, working_on_resource_of
from .process import this_process
from .thread_pool import widen_thread_pool

__all__ = ["BaseProvider", "from_wire", "one_line_errors", "to_wire"]

P = ParamSpec("P")
R = TypeVar("R")

INTERNAL = (
    "autoNamed",
    "deleteBeforeReplace",
    "importShown",
    "inheritedProvider",
    "owner",
    "replaceOnChanges",
    "retainOnDelete",
)
"""Properties of this package's own. In the state two underscores come first, so that the engine shows them in no diff.

Earlier versions stored them without.
"""

_STDOUT = Lock()


class BaseProvider(ResourceProvider):
    """A provider in the dynamic host: configured once per process, then called from several threads."""

    serialize_as_secret_always = False

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__()
        self.engine = Engine.of_this_process()
        self.clock = clock or Clock(sleep=self.engine.sleep)
        self.process = this_process()
        self._misconfigured: BedrockError | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's `aws:` configuration, with its secrets decrypted."""
        # Only the dynamic host calls this. Without frames, its traceback is the exception's own line.
        sys.tracebacklimit = 0
        widen_thread_pool()
        try:
            self.process.configure(AwsConfiguration.read(lambda key: req.config.get(f"aws:{key}")))
        except BedrockError as error:
            # Raised by the first call instead: the host forgets an error of `configure`.
            self._misconfigured = error

    @property
    def clients(self) -> Clients:
        """The boto3 clients of this stack's configuration."""
        if self._misconfigured is not None:
            raise self._misconfigured
        return self.process.clients

    def report(self, line: str) -> None:
        """Show a warning that stays after the run: what a person must read, such as what is left in the account."""
        if not log_warning(self.engine.address, line):
            _print(line)
        self.engine.exit_if_gone()

    def progress(self, line: str) -> None:
        """Show in the resource's row what it waits for, until the next line."""
        if not log_ephemeral(self.engine.address, line):
            _print(line)
        self.engine.exit_if_gone()


def one_line_errors(method: Callable[P, R]) -> Callable[P, R]:
    """Make a provider's method fail with one line, the error's class and message, and know its resource meanwhile."""

    @functools.wraps(method)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with working_on_resource_of(sys._getframe(1)):
                return method(*args, **kwargs)
        except BedrockError as error:
            _fail(type(error).__name__, str(error))
        except Exception as error:
            # `tracebacklimit` hides the frames of our own bugs too, so the message holds them.
            frames = "".join(traceback.format_tb(error.__traceback__, limit=100))
            said = f"{type(error).__name__}: {error}"
            _fail("InternalError", f"this is a bug in pulumi_bedrock, please report it: {said}\n{frames}")

    return wrapper


def _print(line: str) -> None:
    """Show a line under the stack: the engine shows the host's output as messages."""
    with _STDOUT, suppress(BrokenPipeError):  # `exit_if_gone` notices an engine that is gone
        sys.stdout.write(f"{line}\n")  # one write: the engine makes a message of each read
        sys.stdout.flush()


def _fail(name: str, message: str) -> NoReturn:
    # The traceback module writes a class of `builtins` without its module: `NameTaken: …`, not `a.b.NameTaken: …`.
    raise type(name, (Exception,), {"__module__": "builtins"})(message) from None


def from_wire(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as `lifecycle` takes them: its names, `UNKNOWN`, and integers, which Pulumi's format lacks."""
    names = {f"__{name}": name for name in INTERNAL}
    return {names.get(key, key): _from_wire(value) for key, value in props.items()}


def to_wire(props: Mapping[str, Any], *, keep: Collection[str] = ()) -> dict[str, Any]:
    """Return properties as Pulumi takes them: the inverse of `from_wire`.

    :param keep: Names that stay: those that a state of an earlier version has.
    """
    names = {name: f"__{name}" for name in INTERNAL if name not in keep}
    return {names.get(key, key): _to_wire(value) for key, value in props.items()}


def _from_wire(value: Any) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _from_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_from_wire(item) for item in value]
    return value


def _to_wire(value: Any) -> Any:
    if value is UNKNOWN:
        return Unknown()  # type: ignore[no-untyped-call]
    if isinstance(value, Mapping):
        return {key: _to_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_wire(item) for item in value]
    return value
