"""Host side of `StackIdentity`: a random ID in the state; on delete, a last search for unfinished deployments."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult

from pulumi_bedrock import errors
from pulumi_bedrock.lifecycle.run_context import RunContext
from pulumi_bedrock.lifecycle.unfinished_search import find_unfinished
from pulumi_bedrock.values.arns import delete_command
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, KINDS, Kind

from .base_provider import BaseProvider, one_line_errors

__all__ = ["StackIdentityProvider"]


class StackIdentityProvider(BaseProvider):
    """An identity doesn't need AWS, so no error of AWS fails one of these methods."""

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """An identity never changes."""
        return DiffResult(changes=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return a new identity."""
        identity = str(uuid.uuid4())
        self.process.new_identities.add(identity)
        return CreateResult(identity, props)

    @one_line_errors
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Report what this stack left unfinished: without the identity, no later run can recognize it.

        IAM: bedrock:ListCustomModelDeployments, bedrock:ListCustomModels, bedrock:ListTagsForResource. Without them it
        reports that it can't search; for custom models, only if the stack has some.
        """
        for kind in KINDS:
            try:
                if self.clients.region is not None:
                    self._report_left(kind, _id, self.clients.region)
            except errors.BedrockError as error:
                is_denied = isinstance(error, errors.AccessDenied)
                if is_denied and kind is CUSTOM_MODEL and kind not in self.process.kinds:
                    continue  # a stack without custom models needs no permission for them
                self.report(f"can't search for {kind.noun}s that this stack left unfinished: {error}")

    def _report_left(self, kind: Kind, identity: str, region: str) -> None:
        run = RunContext(kind, self.clients, clock=self.clock, report=self.report)
        for unfinished in find_unfinished(run.calls(region)):
            found = unfinished.deployment
            if unfinished.mark.is_of_stack(identity, found.name):
                self.report(
                    f"{found.name}: {found.status}; this stack created it and never finished it. If it isn't needed, "
                    f"once it is Active: {delete_command(found.arn)}"
                )
