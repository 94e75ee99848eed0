"""What all operations of one run share: clients, looks, and what the run has come to know.

A run is one process of Pulumi's dynamic host, from its first call to its last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.poller import Watch
from pulumi_bedrock.aws.waiting import Clock

from . import inputs
from .unfinished import Leftovers

__all__ = ["Run"]


class Run:
    """One run.

    :param clients: The boto3 clients of the stack's configuration.
    :param clock: Time as the waits see it.
    :param report: Takes a line for the person at the terminal.
    :param require: Ends the run when nobody is left to record what it does.
    """

    def __init__(
        self,
        clients: Clients,
        *,
        clock: Clock,
        report: Callable[[str], None] = lambda _line: None,
        require: Callable[[], None] = lambda: None,
    ) -> None:
        self.clients, self.clock, self.report, self.require = clients, clock, report, require
        self.leftovers = Leftovers()
        self.created: set[str] = set()
        """ARNs that this run's own creates handed to the state. They are never deleted: a forced replacement may
        answer with the very deployment that it replaces."""
        self.recorded: set[str] = set()
        """ARNs that the engine has shown to be in the state. They are finished, whatever their tags say."""
        self._claimed: set[str] = set()
        self._watches: dict[str, Watch] = {}
        self._said: set[str] = set()
        self._lock = Lock()

    def deployments(self, region: str, props: Mapping[str, Any], *public: str) -> Deployments:
        """The deployments of a Region, for one operation.

        :param props: The inputs whose description and tags are kept out of messages.
        :param public: What a message can't do without.
        """
        client = self.clients.bedrock(region)
        with self._lock:
            watch = self._watches.setdefault(region, Watch(client, self.clock))
        return Deployments(client, watch=watch, report=self.report, withhold=inputs.withheld(props, *public))

    def claim(self, arn: str) -> bool:
        """Takes a deployment for one resource of this run; False when another one has it already."""
        with self._lock:
            if arn in self._claimed:
                return False
            self._claimed.add(arn)
            return True

    def say_once(self, line: str) -> None:
        """Reports a line that holds for the whole run, once."""
        with self._lock:
            if line in self._said:
                return
            self._said.add(line)
        self.report(line)
