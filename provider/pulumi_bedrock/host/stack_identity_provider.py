"""Host side of `StackIdentity`: a random number that the state remembers, and a last look before it is forgotten."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult

from pulumi_bedrock import errors
from pulumi_bedrock.aws.resources import deletes
from pulumi_bedrock.lifecycle.run_context import Run
from pulumi_bedrock.lifecycle.unfinished import marked
from pulumi_bedrock.values.ownership import digest

from .base_provider import HostedProvider, one_line

__all__ = ["StackIdentityProvider"]


class StackIdentityProvider(HostedProvider):
    """An identity needs no AWS, and none of its steps fails for want of it."""

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """An identity never changes."""
        return DiffResult(changes=False)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """A new identity."""
        return CreateResult(str(uuid.uuid4()), props)

    @one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Names what this stack began and never finished: without the identity nothing proves it any more.

        IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource; without them it can't look, and says so.
        """
        try:
            region = self.clients.region
            if region is None:
                return
            run = Run(self.clients, clock=self.clock, report=self.report)
            left = marked(run.deployments(region, {}), "left unfinished")
        except errors.BedrockError as error:
            self.report(f"can't look for deployments that this stack left unfinished: {error}")
            return
        for found in left:
            if found.mark.split(":")[1:2] == [digest(_id)]:
                self.report(
                    f"{found.deployment.name}: {found.deployment.status}, begun by this stack and never finished. "
                    f"If it isn't needed: {deletes(found.deployment.arn)}"
                )
