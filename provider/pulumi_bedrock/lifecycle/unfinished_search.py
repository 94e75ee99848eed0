"""Search an account for unfinished deployments, which `unfinished` marks.

Other teams' deployments are in the account too. So each deployment is judged by itself: one whose tags can't be read
is skipped, and the rest of the search goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from threading import Lock

from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import RETRY_FOR, Deployments
from pulumi_bedrock.aws.pacing import MAX_CONCURRENT_CALLS
from pulumi_bedrock.aws.resources import Deployment
from pulumi_bedrock.aws.waiting import PROGRESS_EVERY, Deadline
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.durations import format_duration

from .unfinished import Mark

__all__ = ["Unfinished", "UnfinishedSearch", "find_unfinished"]


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


def find_unfinished(deployments: Deployments, deadline: Deadline | None = None) -> list[Unfinished]:
    """Return every marked deployment of the account and Region, newest first.

    IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

    :param deadline: When to give up; by default 120 s after the start.
    :raises AccessDenied: when IAM denies the list, or the tags of every deployment.
    :raises WaitTimeout: when the deadline passed before all tags were read.
    """
    return _Search().run(deployments, deadline or Deadline(RETRY_FOR, deployments.clock))


class UnfinishedSearch:
    """The unfinished deployments of earlier runs, and those that failed creates of this run left, by Region.

    A Region is searched once, when a create first needs it. Other creates wait for that search, each until its own
    deadline; when the search fails, the next one continues it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._regions: dict[str, _Search] = {}
        self._left: dict[str, Unfinished] = {}

    def of(self, mark: Mark, deployments: Deployments, deadline: Deadline, *, is_new: bool) -> list[Unfinished]:
        """Return the unfinished deployments of one resource, newest first.

        Where IAM denies the search, nothing can be resumed. That is reported once, and is no error.

        IAM: bedrock:ListCustomModelDeployments, bedrock:ListTagsForResource.

        :param is_new: Whether this run made the stack's identity. Then no earlier run can have left anything, and the
            search is skipped, unless a create of this run lost AWS's answer.
        :raises WaitTimeout: when the deadline passed before the search was done.
        """
        region = self._region(deployments.region)
        found = [] if is_new and not region.must_search else region.result(deployments, deadline)
        left = [
            unfinished for unfinished in list(self._left.values()) if unfinished.deployment.region == deployments.region
        ]
        arns = {unfinished.deployment.arn for unfinished in left}
        everything = [*left, *(unfinished for unfinished in found if unfinished.deployment.arn not in arns)]
        return [unfinished for unfinished in everything if mark.is_same_resource(unfinished.mark)]

    def has_listed(self, region: str, arn: str) -> bool:
        """Return whether a search of this run has listed this deployment."""
        return self._region(region).has_listed(arn)

    def leave(self, unfinished: Unfinished) -> None:
        """Remember what a failed create of this run left: Pulumi's `ErrorHook` may retry the create in this run."""
        with self._lock:
            self._left[unfinished.deployment.arn] = unfinished

    def take(self, arn: str) -> None:
        """Forget a deployment that is finished or deleted."""
        with self._lock:
            self._left.pop(arn, None)

    def search_again(self, region: str) -> None:
        """Search a Region again when a create next needs it: AWS may have created a deployment without an answer."""
        with self._lock:
            self._regions[region] = _Search(must_search=True)

    def is_denied(self, region: str) -> bool:
        """Return whether IAM denied the search in this run; the next run will be denied too."""
        return self._region(region).denied

    def _region(self, region: str) -> _Search:
        with self._lock:
            return self._regions.setdefault(region, _Search())


class _Search:
    """One search of one Region. It keeps the tags it has read, so a search that failed continues where it stopped."""

    def __init__(self, *, must_search: bool = False) -> None:
        self.must_search, self.denied = must_search, False
        self._lock = Lock()
        self._tags: dict[str, Mapping[str, str]] = {}
        self._unreadable: dict[str, errors.BedrockError] = {}
        self._found: list[Unfinished] | None = None

    def result(self, deployments: Deployments, deadline: Deadline) -> list[Unfinished]:
        """Return every marked deployment, newest first; the first caller searches, the others wait for it."""
        if self._found is None:
            if not self._lock.acquire(blocking=False):
                deployments.progress("waiting for the search for unfinished deployments of earlier runs")
                if not self._lock.acquire(timeout=max(deadline.remaining, 0)):
                    raise _timed_out(deployments, deadline)
            try:
                if self._found is None:
                    self._found = self.run(deployments, deadline)
            except errors.AccessDenied as denied:
                deployments.report(f"can't search for unfinished deployments of earlier runs: {denied}")
                self.denied, self._found = True, []
            except errors.Throttled as throttled:
                raise _timed_out(deployments, deadline, ", because AWS throttles it") from throttled
            finally:
                self._lock.release()
        return self._found

    def has_listed(self, arn: str) -> bool:
        return arn in self._tags

    def run(self, deployments: Deployments, deadline: Deadline) -> list[Unfinished]:
        """Search, without the tags that are read already."""
        listed = deployments.with_retries(deployments.list_all, deadline)
        self._read_all_tags(deployments, [found.arn for found in listed if found.arn not in self._tags], deadline)
        if self._unreadable:
            first = next(iter(self._unreadable.values()))
            if len(self._unreadable) == len(listed) and isinstance(first, errors.AccessDenied):
                raise first
            self._report_unreadable(deployments, first)
        tagged = [(found, self._tags[found.arn]) for found in listed]
        return [Unfinished(found, tags, mark) for found, tags in tagged if (mark := Mark.read(tags))]

    def _read_all_tags(self, deployments: Deployments, arns: list[str], deadline: Deadline) -> None:
        reported_at = deadline.elapsed
        with ThreadPoolExecutor(MAX_CONCURRENT_CALLS, initializer=_adopt, initargs=(copy_context(),)) as pool:
            try:
                for done, _ in enumerate(pool.map(lambda arn: self._read_tags(deployments, arn, deadline), arns), 1):
                    if deadline.elapsed - reported_at >= PROGRESS_EVERY:
                        reported_at = deadline.elapsed
                        deployments.progress(
                            f"searched {done} of {len(arns)} deployments for unfinished ones "
                            f"({format_duration(deadline.elapsed)} of {format_duration(deadline.timeout)})"
                        )
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _read_tags(self, deployments: Deployments, arn: str, deadline: Deadline) -> None:
        if deadline.remaining <= 0:
            raise _timed_out(deployments, deadline)
        try:
            self._tags[arn] = deployments.with_retries(lambda: deployments.tags(arn), deadline)
        except errors.ResourceNotFound:
            self._tags[arn] = {}  # deleted since it was listed
        except _SKIPPED as error:
            self._tags[arn], self._unreadable[arn] = {}, error
        except (AttributeError, KeyError, TypeError):
            odd = "AWS answered bedrock:ListTagsForResource with tags that can't be read."
            self._tags[arn], self._unreadable[arn] = {}, errors.UnexpectedAnswer(odd, subject=subject(arn))

    def _report_unreadable(self, deployments: Deployments, first: errors.BedrockError) -> None:
        count = len(self._unreadable)
        what = "1 deployment" if count == 1 else f"{count} deployments"
        deployments.report(
            f"can't read the tags of {what} in {deployments.region}; skipped in the search for unfinished deployments: "
            f"{first}"
        )


def _adopt(context: Context) -> None:
    """Give a thread the values of another one's context: the host keeps there which resource it works on."""
    for variable, value in context.items():
        variable.set(value)


def _timed_out(deployments: Deployments, deadline: Deadline, why: str = "") -> errors.WaitTimeout:
    return errors.WaitTimeout(
        "the search for unfinished deployments of earlier runs did not end within "
        f"{format_duration(deadline.timeout)}{why}. Nothing was created. Run `pulumi up` again, with a longer "
        "custom_timeouts create.",
        subject=deployments.subject,
    )
