"""Deployments that an earlier run began and did not finish: found by their mark, once for each run.

Everything that is unfinished was begun before this run, so one look at the account serves all of a run's creates.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.pacing import AT_ONCE
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.values.ownership import MARK, Mark

__all__ = ["Leftover", "Leftovers", "marked"]


@dataclass(frozen=True)
class Leftover:
    """An unfinished deployment, its status as it was when the run looked.

    :param tags: All its tags but the mark.
    :param mark: The mark's value.
    """

    deployment: Deployment
    tags: Mapping[str, str]
    mark: str


def marked(deployments: Deployments, name: str) -> list[Leftover]:
    """Every marked deployment of the account and Region, newest first.

    :param name: The deployment on whose behalf is looked, for the errors.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.
    """
    everything = deployments.everything(name)
    if not everything:
        return []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tags = list(pool.map(lambda found: _tags(deployments, found.arn), everything))
    return [
        Leftover(found, {key: value for key, value in theirs.items() if key != MARK}, theirs[MARK])
        for found, theirs in zip(everything, tags, strict=True)
        if MARK in theirs
    ]


class Leftovers:
    """What earlier runs left in each Region, looked up when the first create of this run needs it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[str, list[Leftover]] = {}
        self._denied: set[str] = set()

    def of(self, mark: Mark, deployments: Deployments, name: str) -> list[Leftover]:
        """The leftovers of one resource, newest first.

        Where IAM doesn't allow to look there is no resuming: said once, and no reason to fail.
        """
        with self._lock:
            if deployments.region not in self._found:
                try:
                    self._found[deployments.region] = deployments.patiently(name, lambda: marked(deployments, name))
                except errors.AccessDenied as denied:
                    deployments.report(f"can't look for deployments that an earlier run left unfinished: {denied}")
                    self._found[deployments.region] = []
                    self._denied.add(deployments.region)
            return [left for left in self._found[deployments.region] if mark.proves(left.mark)]

    def denied(self, deployments: Deployments) -> bool:
        """Whether IAM kept this run from looking, as it will the next."""
        return deployments.region in self._denied


def _tags(deployments: Deployments, arn: str) -> dict[str, str]:
    try:
        return deployments.tags(arn)
    except errors.ResourceNotFound:
        return {}  # gone since it was listed
