"""The state that all operations of one run share: boto3 clients, polls, and the deployments it has handled so far.

A run is one process of Pulumi's dynamic host, from its first call to its last.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from pulumi_bedrock.aws.calls import Calls
from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.aws.custom_models import CustomModels
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.poller import Poller
from pulumi_bedrock.aws.waiting import Clock
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

from .drift import Drift
from .guard import Guard
from .inputs import redaction
from .siblings import Siblings
from .unfinished_search import UnfinishedSearch

__all__ = ["CALLS", "RunContext"]

CALLS: dict[Kind, type[Calls[Any]]] = {DEPLOYMENT: Deployments, CUSTOM_MODEL: CustomModels}
"""The calls of each kind."""


class RunContext:
    """One run, as far as it is about one kind of resources.

    :param kind: The kind.
    :param clients: The boto3 clients of the stack's configuration.
    :param clock: Time as waits see it.
    :param report: Takes a line that a person must read, such as what is left in the account.
    :param progress: Takes a line that the next one replaces.
    :param exit_if_engine_gone: Ends the process when the engine is gone, so that the state can't record anything.
    :param siblings: The other hosts of the run.
    """

    def __init__(
        self,
        kind: Kind,
        clients: Clients,
        *,
        clock: Clock,
        report: Callable[[str], None] = lambda _line: None,
        progress: Callable[[str], None] = lambda _line: None,
        exit_if_engine_gone: Callable[[], None] = lambda: None,
        siblings: Siblings | None = None,
    ) -> None:
        self.kind, self.clients, self.clock = kind, clients, clock
        self.report, self.progress = report, progress
        self.exit_if_engine_gone = exit_if_engine_gone
        self.unfinished = UnfinishedSearch()
        self.guard = Guard(siblings)
        self.drift = Drift()
        self.identity = uuid.uuid4().hex
        """Stands in for the stack's identity where that isn't known. No later run has it, so it is in no mark."""
        self.new_identities: set[str] = set()
        """Identities of stacks that this run made. No earlier run can have left anything of such a stack."""
        self._claimed: set[str] = set()
        self._pollers: dict[str, Poller[Any]] = {}
        self._reported: set[tuple[str, str]] = set()
        self._lock = Lock()

    def calls(self, region: str, name: str = "", props: Mapping[str, Any] | None = None) -> Calls[Any]:
        """Return the calls of one operation to a Region.

        :param name: The name or ARN of the deployment that the operation is about; empty when it is about all.
        :param props: Its properties; description and tags are removed from messages.
        """
        client = self.clients.bedrock(region)
        with self._lock:
            poller = self._pollers.setdefault(region, Poller(self.kind, client, self.clock))
        redact = redaction(self.kind, props or {}, name)
        return CALLS[self.kind](client, name, poller=poller, report=self.report, progress=self.progress, redact=redact)

    def has_handled(self, arn: str) -> bool:
        """Return whether a deployment is in the state, or one of this run's creates has decided about it."""
        return arn in self.guard.recorded or arn in self._claimed

    def verify_not_found(self, arn: str) -> None:
        """Raise unless AWS's not-found means that this deployment doesn't exist, instead of being in another account.

        :raises WrongAccount: when the credentials are of another account.
        :raises AccountUnknown: when STS doesn't answer.
        """
        with self._lock:
            known = any(arn in poller.known for poller in self._pollers.values())
        if not known:
            self.clients.account.verify_not_found(arn, subject=subject(arn, self.kind.noun))

    @contextmanager
    def claiming(self) -> Iterator[Callable[[str], bool]]:
        """Yield a function that takes a deployment for one resource, and returns False when another resource has it.

        When the block fails, what it took is released: Pulumi's `ErrorHook` may retry the operation in this run.
        """
        mine: set[str] = set()

        def claim(arn: str) -> bool:
            with self._lock:
                if arn in self._claimed:
                    return False
                self._claimed.add(arn)
                mine.add(arn)
                return True

        try:
            yield claim
        except BaseException:
            with self._lock:
                self._claimed -= mine
            raise

    def report_once(self, line: str, *, arn: str = "") -> None:
        """Report a line, but only once in a run; with an ARN, once for that deployment."""
        with self._lock:
            if (arn, line) in self._reported:
                return
            self._reported.add((arn, line))
        self.report(line)
