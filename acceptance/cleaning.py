"""Delete what a run created, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .account import ask
from .ledger import TAG, Ledger
from .polling import eventually

__all__ = ["clean", "others"]

DELETION_TIMEOUT = 1800.0
"""Seconds that all deletions together may take."""


def clean(bedrock: Any, ledger: Ledger, say: Callable[[str], None]) -> list[str]:
    """Delete the deployments of a ledger whose live name and tag are the run's; return the ARNs that are left.

    Anything else is named, and left in place.
    """
    live = [arn for arn in ledger.arns() if _exists(bedrock, arn)]
    ours = [arn for arn in live if _is_of_run(bedrock, ledger, arn)]
    for arn in live:
        if arn not in ours:
            say(f"left in place, since its name or tag is not this run's: {arn}")
    for arn in ours:
        say(f"deleting {arn}")
        ask(bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=arn)
    left = list(ours)

    def all_gone() -> bool:
        for arn in list(left):
            if not _exists(bedrock, arn):
                left.remove(arn)
            else:
                # A delete that AWS refused, such as one of a deployment that is still Creating, is asked for again.
                ask(bedrock.delete_custom_model_deployment, customModelDeploymentIdentifier=arn)
        return not left

    eventually(all_gone, DELETION_TIMEOUT)
    for arn in left:
        say(f"still there: {arn}")
    for name, arn in others(bedrock, ledger):
        say(f"has a name of this run, but is not in its ledger, and was left in place: {name} {arn}")
    return [arn for arn in live if arn not in ours or arn in left]


def others(bedrock: Any, ledger: Ledger) -> list[tuple[str, str]]:
    """Return the name and ARN of each deployment that is named like the run's, but isn't in the ledger."""
    known = set(ledger.arns())
    pages = bedrock.get_paginator("list_custom_model_deployments").paginate(nameContains=ledger.prefix)
    found = [each for page in pages for each in page["modelDeploymentSummaries"]]
    return [
        (each["customModelDeploymentName"], each["customModelDeploymentArn"])
        for each in found
        if each["customModelDeploymentArn"] not in known and each["status"] != "Deleting"
    ]


def _exists(bedrock: Any, arn: str) -> bool:
    answer = ask(bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn)
    return answer.code != "ResourceNotFoundException"


def _is_of_run(bedrock: Any, ledger: Ledger, arn: str) -> bool:
    found = ask(bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn).body
    tags = ask(bedrock.list_tags_for_resource, resourceARN=arn).body.get("tags", [])
    named = str(found.get("modelDeploymentName", "")).startswith(ledger.prefix)
    return named and {"key": TAG, "value": ledger.run} in tags
