"""Search for unfinished calls, which `unfinished` marks.

A create reads the tags of those deployments only whose names its resource gives. `find_unfinished` searches a whole
account, for the end of a stack and for `pulumi-bedrock-orphans`. Other teams' deployments are there too, so each is
judged by itself: one whose tags can't be read is skipped, and the rest of the search goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from pulumi_bedrock import errors
from pulumi_bedrock.aws.calls import RETRY_FOR, Calls
from pulumi_bedrock.aws.resources import Resource
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

    deployment: Resource
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
    others: list[Resource]


def find_unfinished(calls: Calls[Any], deadline: Deadline | None = None) -> list[Unfinished]:
    """Return every marked deployment of the account and Region, newest first. Calls List and ListTagsForResource.

    :param deadline: When to give up; by default 120 s after the start.
    :raises AccessDenied: when IAM denies the list, or the tags of every deployment.
    """
    deadline = deadline or Deadline(RETRY_FOR, calls.clock)
    listed = calls.with_retries(calls.list_all, deadline)
    read = [_read_tags(calls, found.arn, deadline) for found in listed]
    unreadable = [tags for tags in read if isinstance(tags, errors.BedrockError)]
    if unreadable and len(unreadable) == len(listed) and isinstance(unreadable[0], errors.AccessDenied):
        raise unreadable[0]
    _report_unreadable(calls, unreadable)
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

    def of(self, owner: Owner, calls: Calls[Any], deadline: Deadline) -> Found:
        """Return the deployments of one resource.

        Where IAM denies the list, nothing can be resumed. That is reported once, and is no error. A new stack needs no
        search, unless a create of this run lost AWS's answer.

        Calls List and ListTagsForResource.

        :raises WaitTimeout: when the search didn't end before the deadline.
        :raises Throttled: when AWS throttled the calls that read tags for two minutes.
        """
        region = calls.region
        must_list = not owner.is_new or region in self._must_list_since
        listed = self._list(calls, deadline) if must_list else []
        found = [each for each in list(self._left.values()) if each.deployment.region == region and _is_of(owner, each)]
        known = {each.deployment.arn for each in found}
        others, unreadable = [], []
        for deployment in listed:
            if deployment.arn not in known and owner.could_have_made(deployment.name):
                if deadline.remaining <= 0:
                    raise _timed_out(calls, deadline)
                tags = _read_tags(calls, deployment.arn, deadline)
                each = _unfinished(deployment, tags)
                if each and _is_of(owner, each):
                    found.append(each)
                else:
                    others.append(deployment)
                if isinstance(tags, errors.BedrockError):
                    unreadable.append(tags)
        _report_unreadable(calls, unreadable)
        return Found(found, others)

    def leave(self, unfinished: Unfinished) -> None:
        """Remember what a failed create of this run left: Pulumi's `ErrorHook` may retry the create in this run."""
        with self._lock:
            self._left[unfinished.deployment.arn] = unfinished

    def take(self, arn: str) -> None:
        """Forget a deployment that is finished or deleted."""
        with self._lock:
            self._left.pop(arn, None)

    def search_again(self, calls: Calls[Any]) -> None:
        """List the Region again when a create next needs it: AWS may have created a deployment without an answer."""
        with self._lock:
            self._must_list_since[calls.region] = calls.clock.now()

    def is_denied(self, region: str) -> bool:
        """Return whether IAM denied the list in this run; the next run will be denied too."""
        return region in self._denied

    def _list(self, calls: Calls[Any], deadline: Deadline) -> list[Resource]:
        region = calls.region
        if region in self._denied:
            return []
        since = self._must_list_since.get(region, float("-inf"))
        wait = calls.wait(deadline, f"the search for unfinished {calls.kind.noun}s of earlier runs")
        try:
            for _ in wait:
                with wait.retry_transient():
                    return calls.poller.everything(since=since, max_age=wait.max_age, until=wait.until)
        except errors.AccessDenied as denied:
            with self._lock:
                is_first = region not in self._denied
                self._denied.add(region)
            if is_first:
                calls.report(f"can't search for unfinished {calls.kind.noun}s of earlier runs: {denied}")
            return []
        raise _timed_out(calls, deadline, wait.last_failure())


def _timed_out(calls: Calls[Any], deadline: Deadline, last_failure: str = "") -> errors.WaitTimeout:
    return errors.WaitTimeout(
        f"the search for unfinished {calls.kind.noun}s of earlier runs did not end within "
        f"{format_duration(deadline.timeout)}. Nothing was created. Run `pulumi up` again, with a longer "
        f"custom_timeouts create.{last_failure}",
        subject=calls.subject,
    )


def _read_tags(calls: Calls[Any], arn: str, deadline: Deadline) -> Mapping[str, str] | errors.BedrockError:
    """Return a deployment's tags, none for one that was deleted since it was listed; or why they can't be read."""
    try:
        return calls.with_retries(lambda: calls.tags(arn), deadline)
    except errors.ResourceNotFound:
        return {}
    except _SKIPPED as error:
        return error
    except (AttributeError, KeyError, TypeError):
        odd = "AWS answered bedrock:ListTagsForResource with tags that can't be read."
        return errors.UnexpectedAnswer(odd, subject=subject(arn, calls.kind.noun))


def _unfinished(found: Resource, tags: Mapping[str, str] | errors.BedrockError) -> Unfinished | None:
    if isinstance(tags, errors.BedrockError):
        return None
    mark = Mark.read(tags)
    return Unfinished(found, tags, mark) if mark else None


def _is_of(owner: Owner, unfinished: Unfinished) -> bool:
    return unfinished.mark.is_of_maker(owner.mark(unfinished.deployment.name))


def _report_unreadable(calls: Calls[Any], unreadable: list[errors.BedrockError]) -> None:
    if unreadable:
        noun = calls.kind.noun
        what = f"1 {noun}" if len(unreadable) == 1 else f"{len(unreadable)} {noun}s"
        calls.report(
            f"can't read the tags of {what} in {calls.region}; skipped in the search for unfinished {noun}s: "
            f"{unreadable[0]}"
        )
