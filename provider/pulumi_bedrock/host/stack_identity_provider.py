"""Host side of `StackIdentity`: a random ID in the state; on delete, a last search for unfinished deployments."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult

from pulumi_bedrock import errors
from pulumi_bedrock.lifecycle.run_context import RunContext
from pulumi_bedrock.lifecycle.unfinished_search import find_unfinished
from pulumi_bedrock.values.arns import delete_command

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
        """Report the stack's unfinished deployments: without the identity, no later run can recognize them.

        IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource. Without them it reports that it can't
        search.
        """
        try:
            region = self.clients.region
            if region is None:
                return
            run = RunContext(self.clients, clock=self.clock, report=self.report)
            left = find_unfinished(run.deployments(region))
        except errors.BedrockError as error:
            self.report(f"can't search for deployments that this stack left unfinished: {error}")
            return
        for unfinished in left:
            found = unfinished.deployment
            if unfinished.mark.is_of_stack(_id, found.name):
                self.report(
                    f"{found.name}: {found.status}; this stack created it and never finished it. If it isn't needed, "
                    f"once it is Active: {delete_command(found.arn)}"
                )
