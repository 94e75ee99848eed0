"""One poll of the account serves every wait, so status calls grow with the time waited, not with the number of waits.

There is no polling thread that could die. The wait whose poll is due first makes it, and the others use its answer when
theirs is due soon after. They share a failure too, so an overloaded AWS doesn't get a retry from each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import TIMEOUT_MAX, Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pulumi_bedrock import errors
from pulumi_bedrock.values.arns import subject
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind

from .error_mapping import map_errors
from .operations import operations
from .resources import ACTIVE, CREATING, FAILED, CustomModel, Resource, read_answer
from .slots import Occupancy, Slots
from .waiting import Clock, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = ["Poller", "SharedAnswer"]

T = TypeVar("T")
R = TypeVar("R", bound=Resource)

SETTLED_MODEL_MAX_AGE = 60.0
"""Seconds for which a model that isn't `Creating` isn't polled again."""

LARGEST_PAGE = 1000

BRIEFLY = 0.5
"""Seconds for which an operation at its deadline still waits for an answer that another one has asked for."""

_FILTERS: dict[Kind, dict[str, Any]] = {
    DEPLOYMENT: {},
    CUSTOM_MODEL: {"isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"},
}
"""Filters of every list. A list of models also has those that other accounts share."""

LIST_FAILS_AFTER = 120.0
"""Seconds without a list after which waits use Get, as they do where IAM denies the list."""


@dataclass(frozen=True)
class _Failure:
    """What a `Snapshot` is for an answer: a call's error, with the time of the request."""

    at: float
    error: errors.BedrockError


@dataclass(frozen=True)
class _Listed(Generic[R]):
    """A list down to the oldest resource that is tracked.

    :param found: The resources, by ARN.
    :param is_complete: Whether these are all.
    """

    found: dict[str, R]
    is_complete: bool


class SharedAnswer(Generic[T]):
    """The newest answer to one call, or its failure. One thread at a time makes the call.

    :param ask: Makes the call.
    :param clock: Time as waits see it.
    """

    def __init__(self, ask: Callable[[], T], clock: Clock) -> None:
        self._ask, self._clock, self._lock = ask, clock, Lock()
        self.newest: Snapshot[T] | _Failure | None = None

    def get(self, *, max_age: float, until: float = math.inf) -> Snapshot[T]:
        """Return the newest answer; call again when it was more than `max_age` seconds old at the time of this call.

        :param until: When to stop waiting for a call that another thread makes, by the clock.
        :raises AnswerLost: when that call had no answer until then.
        :raises BedrockError: the failure, when the newest attempt failed.
        """
        arrived = self._clock.now()  # before the lock: a wait for it makes no answer older
        if not self._lock.acquire(timeout=min(max(until - arrived, BRIEFLY), TIMEOUT_MAX)):
            raise errors.AnswerLost("AWS has not answered a call yet that another operation of this run makes.")
        try:
            newest = self.newest
            if newest is None or arrived - newest.at > max_age:
                newest = self.newest = self._call()
        finally:
            self._lock.release()
        if isinstance(newest, _Failure):
            raise newest.error.about("")  # a copy: an exception belongs to the thread that raises it
        return newest

    def _call(self) -> Snapshot[T] | _Failure:
        asked = self._clock.now()
        try:
            return Snapshot(asked, self._ask())
        except errors.BedrockError as error:
            return _Failure(asked, error)


class Poller(Generic[R]):
    """The polls of one kind that all operations of a run share in one account and Region.

    :param kind: The kind of resources that are polled.
    :param client: boto3's Bedrock client.
    :param clock: Time as waits see it.
    """

    def __init__(self, kind: Kind, client: BedrockClient, clock: Clock | None = None) -> None:
        self.kind, self.client, self.clock = kind, client, clock or Clock()
        self._lock = Lock()
        self._models: dict[str, SharedAnswer[CustomModel]] = {}
        self._tracked: list[str] = []
        self.slots = Slots()
        self._everything = SharedAnswer(self.list_all, self.clock)
        self._list_denied = False
        self._list = SharedAnswer(self._list_tracked, self.clock)
        self._listed_at = self.clock.now()
        self.known: set[str] = set()
        """ARNs in the account that is called: AWS has shown them in this run, or has accepted their delete."""

    @property
    def region(self) -> str:
        """The Region that is called."""
        return str(self.client.meta.region_name)

    def list_all(self, **filters: Any) -> list[R]:
        """Call List: return every resource of the account and Region, newest first.

        :param filters: The API's own, as boto3 spells them.
        """
        return [each for page, _ in self._pages(**filters) for each in page]

    def everything(self, *, since: float, max_age: float, until: float = math.inf) -> list[R]:
        """Return every resource as of a list that was asked for after a point in time; all operations share it.

        :param since: By the clock.
        :param max_age: Age in seconds up to which the failure of another operation's attempt counts as this one's.
        :param until: See `SharedAnswer.get`.
        """
        newest = self._everything.newest
        if isinstance(newest, Snapshot) and newest.at >= since:
            return newest.value
        return self._everything.get(max_age=min(max_age, self.clock.now() - since), until=until).value

    def find(self, identifier: str) -> R | None:
        """Call Get for the resource with this name or ARN; None when AWS answers that there is none."""
        kind = self.kind
        try:
            with map_errors(f"bedrock:{kind.get}", subject=subject(identifier, kind.noun), region=self.region):
                answer = operations(kind, self.client).get(**{kind.identifier: identifier})
        except errors.ResourceNotFound:
            return None
        found: R = read_answer(kind, answer)
        self.known.add(found.arn)
        return found

    @contextmanager
    def tracking(self, arn: str) -> Iterator[None]:
        """Inside the block, keep a resource among those that a shared list must reach."""
        with self._lock:
            self._tracked.append(arn)
        try:
            yield
        finally:
            with self._lock:
                self._tracked.remove(arn)

    def newest(
        self, arn: str, *, fall_back_to_get: bool, max_age: float, until: float = math.inf
    ) -> Snapshot[R | None]:
        """Return a tracked resource as of the newest shared list. Calls List, or else Get.

        :param fall_back_to_get: Whether to get the resource when the list lacks it: a list may lag behind.
        :param max_age: Age in seconds up to which a list counts as new.
        :param until: See `SharedAnswer.get`.
        """
        if not self._list_denied:
            try:
                snapshot = self._list.get(max_age=max_age, until=until)
            except errors.AccessDenied:
                self._list_denied = True
            except errors.BedrockError:
                if not fall_back_to_get or self.clock.now() - self._listed_at < LIST_FAILS_AFTER:
                    raise
            else:
                self._listed_at = max(self._listed_at, snapshot.at)
                found = snapshot.value.found.get(arn)
                if found is not None or not fall_back_to_get:
                    return Snapshot(snapshot.at, found, is_for_all=True)
        return Snapshot(self.clock.now(), self.find(arn))

    @property
    def is_list_denied(self) -> bool:
        """Whether IAM has denied the list in this run."""
        return self._list_denied

    def occupancy(self, *, max_age: float, until: float = math.inf) -> Snapshot[Occupancy]:
        """Return which resources AWS is at work on, as of the newest shared list.

        One that this run waits for counts as in progress also while the list lacks it: a list may lag behind.

        :param max_age: Age in seconds up to which a list counts as new.
        :param until: See `SharedAnswer.get`.
        """
        snapshot = self._list.get(max_age=max_age, until=until)
        found = snapshot.value.found
        if not snapshot.value.is_complete:
            found = {each.arn: each for each in self._everything.get(max_age=max_age, until=until).value}
        with self._lock:
            own = set(self._tracked)
        statuses = dict.fromkeys(own - found.keys(), CREATING)
        statuses |= {arn: each.status for arn, each in found.items() if each.status not in (ACTIVE, FAILED)}
        occupancy = Occupancy(tuple(statuses.items()), len(found), has_own=bool(own & statuses.keys()))
        return Snapshot(snapshot.at, occupancy, is_for_all=True)

    def model(self, model_arn: str, *, max_age: float, until: float = math.inf) -> Snapshot[CustomModel]:
        """Return a custom model as of its newest poll; one that isn't `Creating` is polled once a minute.

        IAM: bedrock:GetCustomModel; without it, every model counts as `Active`, and AWS's create decides.

        :param max_age: Age in seconds up to which an answer `Creating` counts as new.
        :param until: See `SharedAnswer.get`.
        """
        with self._lock:
            if model_arn not in self._models:
                self._models[model_arn] = SharedAnswer(lambda: self._get_model(model_arn), self.clock)
            shared = self._models[model_arn]
        newest = shared.newest
        is_settled = isinstance(newest, Snapshot) and newest.value.status != CREATING
        max_age = SETTLED_MODEL_MAX_AGE if is_settled else max_age
        return replace(shared.get(max_age=max_age, until=until), is_for_all=True)

    def _get_model(self, model_arn: str) -> CustomModel:
        try:
            with map_errors("bedrock:GetCustomModel", region=self.region):
                return CustomModel.from_answer(self.client.get_custom_model(modelIdentifier=model_arn))
        except (errors.AccessDenied, errors.ResourceNotFound, errors.ValidationFailed):
            return CustomModel(model_arn, "", ACTIVE)

    def _list_tracked(self) -> _Listed[R]:
        """List resources, newest first, down to the oldest that is tracked."""
        with self._lock:
            missing = set(self._tracked)
        found: dict[str, R] = {}
        for page, is_last in self._pages():
            found.update({each.arn: each for each in page})
            if is_last or missing <= found.keys():
                break
        return _Listed(found, is_complete=is_last)

    def _pages(self, **filters: Any) -> Iterator[tuple[list[R], bool]]:
        pages = operations(self.kind, self.client).pages
        with map_errors(f"bedrock:{self.kind.list}", region=self.region):
            for page in pages(**_FILTERS[self.kind], **filters, PaginationConfig={"PageSize": LARGEST_PAGE}):
                found = [read_answer(self.kind, summary) for summary in page.get(self.kind.summaries, [])]
                self.known.update(each.arn for each in found)
                yield found, not page.get("nextToken")
