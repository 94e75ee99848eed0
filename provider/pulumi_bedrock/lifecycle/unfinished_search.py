"""Search for unfinished deployments, which `unfinished` marks.

A create reads the tags of those deployments only whose names its resource gives. `find_unfinished` searches a whole
account, for the end of a stack and for `pulumi-bedrock-orphans`. Other teams' deployments are there too, so each is
judged by itself: one whose tags can't be read is skipped, and the rest of the search goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import RETRY_FOR, Deployments
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.durations import format_duration

from .owner import Owner
from .unfinished import Mark

__all__ = ["Found", "Unfinished", "UnfinishedSearch", "find_unfinished"]


_SKIPPED = (
    errors.AccessDenied,
    errors.AnswerLost,
    errors.Conflict,
    errors.InternalServerError,
    errors.TooManyTags,
    errors.UnexpectedAnswer,
    errors.ValidationFailed,
)
"""Errors that may be about one deployment alone."""


@dataclass(frozen=True)
class Unfinished:
    """An unfinished deployment.

    :param deployment: As it was when the search listed it.
    :param tags: All its tags; the mark may be among them.
    :param marked: False when AWS didn't accept the mark; then only the run that created it knows it.
    :param by_this_run: Whether a failed create of this run left it, so that it is in no state.
    """

    deployment: Deployment
    tags: Mapping[str, str]
    mark: Mark
    marked: bool = True
    by_this_run: bool = False


class Found(NamedTuple):
    """The deployments whose names a resource gives, newest first.

    :param unfinished: Those that its creates left.
    :param others: All others. The state may hold one of them for this resource.
    """

    unfinished: list[Unfinished]
    others: list[Deployment]


def find_unfinished(deployments: Deployments, deadline: Deadline | None = None) -> list[Unfinished]:
    """Return every marked deployment of the account and Region, newest first.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

    :param deadline: When to give up; by default 120 s after the start.
    :raises AccessDenied: when IAM denies the list, or the tags of every deployment.
    """
    deadline = deadline or Deadline(RETRY_FOR, deployments.clock)
    listed = deployments.with_retries(deployments.list_all, deadline)
    read = [_read_tags(deployments, found.arn, deadline) for found in listed]
    unreadable = [tags for tags in read if isinstance(tags, errors.BedrockError)]
    if unreadable and len(unreadable) == len(listed) and isinstance(unreadable[0], errors.AccessDenied):
        raise unreadable[0]
    _report_unreadable(deployments, unreadable)
    return [each for found, tags in zip(listed, read, strict=True) if (each := _unfinished(found, tags))]


class UnfinishedSearch:
    """What earlier runs left of a resource, and what failed creates of this run left.

    A Region is listed once in a run, when a create first needs it, for all creates.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._must_list_since: dict[str, float] = {}
        self._denied: set[str] = set()
        self._left: dict[str, Unfinished] = {}

    def of(self, owner: Owner, deployments: Deployments, deadline: Deadline) -> Found:
        """Return the deployments of one resource.

        Where IAM denies the list, nothing can be resumed. That is reported once, and is no error. A new stack needs no
        search, unless a create of this run lost AWS's answer.

        IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

        :raises WaitTimeout: when the search didn't end before the deadline.
        :raises Throttled: when AWS throttled the calls that read tags for two minutes.
        """
        region = deployments.region
        must_list = not owner.is_new or region in self._must_list_since
        listed = self._list(deployments, deadline) if must_list else []
        found = [each for each in list(self._left.values()) if each.deployment.region == region and _is_of(owner, each)]
        known = {each.deployment.arn for each in found}
        others, unreadable = [], []
        for deployment in listed:
            if deployment.arn not in known and owner.could_have_made(deployment.name):
                if deadline.remaining <= 0:
                    raise _timed_out(deployments, deadline)
                tags = _read_tags(deployments, deployment.arn, deadline)
                each = _unfinished(deployment, tags)
                if each and _is_of(owner, each):
                    found.append(each)
                else:
                    others.append(deployment)
                if isinstance(tags, errors.BedrockError):
                    unreadable.append(tags)
        _report_unreadable(deployments, unreadable)
        return Found(found, others)

    def leave(self, unfinished: Unfinished) -> None:
        """Remember what a failed create of this run left: Pulumi's `ErrorHook` may retry the create in this run."""
        with self._lock:
            self._left[unfinished.deployment.arn] = unfinished

    def take(self, arn: str) -> None:
        """Forget a deployment that is finished or deleted."""
        with self._lock:
            self._left.pop(arn, None)

    def search_again(self, deployments: Deployments) -> None:
        """List the Region again when a create next needs it: AWS may have created a deployment without an answer."""
        with self._lock:
            self._must_list_since[deployments.region] = deployments.clock.now()

    def is_denied(self, region: str) -> bool:
        """Return whether IAM denied the list in this run; the next run will be denied too."""
        return region in self._denied

    def _list(self, deployments: Deployments, deadline: Deadline) -> list[Deployment]:
        region = deployments.region
        if region in self._denied:
            return []
        since = self._must_list_since.get(region, float("-inf"))
        wait = deployments.wait(deadline, "the search for unfinished deployments of earlier runs")
        try:
            for _ in wait:
                with wait.retry_transient():
                    return deployments.poller.everything(since=since, max_age=wait.max_age, until=wait.until)
        except errors.AccessDenied as denied:
            with self._lock:
                is_first = region not in self._denied
                self._denied.add(region)
            if is_first:
                deployments.report(f"can't search for unfinished deployments of earlier runs: {denied}")
            return []
        raise _timed_out(deployments, deadline, wait.last_failure())


def _timed_out(deployments: Deployments, deadline: Deadline, last_failure: str = "") -> errors.WaitTimeout:
    return errors.WaitTimeout(
        "the search for unfinished deployments of earlier runs did not end within "
        f"{format_duration(deadline.timeout)}. Nothing was created. Run `pulumi up` again, with a longer "
        f"custom_timeouts create.{last_failure}",
        subject=deployments.subject,
    )


def _read_tags(deployments: Deployments, arn: str, deadline: Deadline) -> Mapping[str, str] | errors.BedrockError:
    """Return a deployment's tags, none for one that was deleted since it was listed; or why they can't be read."""
    try:
        return deployments.with_retries(lambda: deployments.tags(arn), deadline)
    except errors.ResourceNotFound:
        return {}
    except _SKIPPED as error:
        return error
    except (AttributeError, KeyError, TypeError):
        odd = "AWS answered bedrock:ListTagsForResource with tags that can't be read."
        return errors.UnexpectedAnswer(odd, subject=subject(arn))


def _unfinished(found: Deployment, tags: Mapping[str, str] | errors.BedrockError) -> Unfinished | None:
    if isinstance(tags, errors.BedrockError):
        return None
    mark = Mark.read(tags)
    return Unfinished(found, tags, mark) if mark else None


def _is_of(owner: Owner, unfinished: Unfinished) -> bool:
    return unfinished.mark == owner.mark(unfinished.deployment.name)


def _report_unreadable(deployments: Deployments, unreadable: list[errors.BedrockError]) -> None:
    if unreadable:
        what = "1 deployment" if len(unreadable) == 1 else f"{len(unreadable)} deployments"
        deployments.report(
            f"can't read the tags of {what} in {deployments.region}; skipped in the search for unfinished deployments: "
            f"{unreadable[0]}"
        )
