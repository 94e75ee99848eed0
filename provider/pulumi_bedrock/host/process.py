"""The state that all providers of one host process share: the configuration, boto3 clients and the run context.

The host keeps one provider for each text of `__provider`. Python 3.13 and 3.14 write different texts, so a state can
hold both, and one run then has two providers. What a run has created, claimed and seen holds for both.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.lifecycle.run_context import RunContext
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import Kind

__all__ = ["Process", "start_process", "this_process"]


class Process:
    """One host process, and so one run."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._clients: Clients | None = None
        self._runs: dict[Kind, RunContext] = {}
        self.new_identities: set[str] = set()
        """Identities of stacks that this run made."""

    def configure(self, configuration: AwsConfiguration) -> None:
        """Set the configuration, unless another provider of this process has set the same one."""
        with self._lock:
            if self._clients is None or self._clients.configuration != configuration:
                self._clients = Clients(configuration)

    @property
    def clients(self) -> Clients:
        """The boto3 clients of the configuration."""
        with self._lock:
            if self._clients is None:
                self._clients = Clients(AwsConfiguration())
            return self._clients

    @clients.setter
    def clients(self, clients: Clients) -> None:
        with self._lock:
            self._clients = clients

    def run(self, kind: Kind, make: Callable[[], RunContext]) -> RunContext:
        """Return the run context of a kind; the first call makes it."""
        with self._lock:
            if kind not in self._runs:
                self._runs[kind] = make()
                self._runs[kind].new_identities = self.new_identities
            return self._runs[kind]

    @property
    def kinds(self) -> set[Kind]:
        """The kinds of resources that this run is about, so far."""
        return set(self._runs)


_process = Process()


def this_process() -> Process:
    """Return what the providers of this process share."""
    return _process


def start_process(process: Process | None = None) -> Process:
    """Let the providers that are made from now on share another state, as those of another process do. For tests."""
    global _process
    _process = process or Process()
    return _process
