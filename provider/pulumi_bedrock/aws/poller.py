"""One look at the account serves every wait: status calls grow with how long it takes, not with how many wait.

There is no watching thread that could die. A wait that is due takes the look and hands it to all that are due about
then; when its call fails, that failure is shared too, so that a bad minute isn't made worse by everyone asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from pulumi_bedrock import errors

from .error_mapping import translated
from .resources import Deployment
from .waiting import SHORTEST_PAUSE, Clock

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

__all__ = ["Look", "Model", "Shared", "Watch"]

T = TypeVar("T")

FRESH = SHORTEST_PAUSE / 2
"""Seconds for which a look counts as just taken."""

MODEL_FRESH = 60.0
"""Seconds for which a model that is `Active` isn't looked at again."""

LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Look(Generic[T]):
    """What was seen, and when by the clock: as of the asking, so that nothing counts as fresher than it is."""

    at: float
    seen: T


class Shared(Generic[T]):
    """The newest answer to one question, asked by one thread at a time.

    :param ask: Asks AWS.
    :param clock: Time as the waits see it.
    """

    def __init__(self, ask: Callable[[], T], clock: Clock) -> None:
        self._ask, self._clock, self._lock = ask, clock, Lock()
        self._newest: Look[T] | None = None
        self._failed: tuple[float, errors.BedrockError] | None = None

    def look(self, *, fresh: float = FRESH) -> Look[T]:
        """The newest answer, asked for anew if it is more than `fresh` seconds old.

        :raises BedrockError: what an asking that is no older than that ended in.
        """
        with self._lock:
            now = self._clock.now()
            if self._newest and now - self._newest.at <= fresh:
                return self._newest
            if self._failed and now - self._failed[0] <= min(fresh, FRESH):
                raise type(self._failed[1])(str(self._failed[1]))
            try:
                self._newest = Look(now, self._ask())
            except errors.BedrockError as error:
                self._failed = (now, error)
                raise
            return self._newest


@dataclass(frozen=True)
class Model:
    """A custom model's state; `Active` where it can't be looked at, since AWS's create decides then."""

    status: str
    failure_message: str | None = None


class Watch:
    """The looks that all operations of a run share in one account and Region.

    :param client: boto3's Bedrock client.
    :param clock: Time as the waits see it.
    """

    def __init__(self, client: BedrockClient, clock: Clock | None = None) -> None:
        self.client, self.clock = client, clock or Clock()
        self._lock = Lock()
        self._models: dict[str, Shared[Model]] = {}
        self._awaited: list[str] = []
        self._list_denied = False
        self._newest = Shared(self._list_awaited, self.clock)

    @property
    def region(self) -> str:
        """The Region that is called."""
        return str(self.client.meta.region_name)

    def everything(self) -> list[Deployment]:
        """Every deployment of the account and Region, newest first, without its description.

        IAM: bedrock:ListCustomModelDeployments.
        """
        return [deployment for page in self._pages() for deployment in page]

    def find(self, identifier: str) -> Deployment | None:
        """The deployment with this name or ARN, asked for by itself; None when AWS says that there is none.

        IAM: bedrock:GetCustomModelDeployment.
        """
        try:
            with self._call("GetCustomModelDeployment"):
                answer = self.client.get_custom_model_deployment(customModelDeploymentIdentifier=identifier)
        except errors.ResourceNotFound:
            return None
        return Deployment.from_answer(answer)

    @contextmanager
    def awaiting(self, arn: str) -> Iterator[None]:
        """Keeps a deployment among those for which a look goes through the list."""
        with self._lock:
            self._awaited.append(arn)
        try:
            yield
        finally:
            with self._lock:
                self._awaited.remove(arn)

    def deployment(self, arn: str, *, doubt: bool) -> Look[Deployment | None]:
        """An awaited deployment as of the newest shared look.

        IAM: bedrock:ListCustomModelDeployments, or else bedrock:GetCustomModelDeployment.

        :param doubt: Whether to ask for it by itself when the list doesn't show it: a list may lag behind.
        """
        if not self._list_denied:
            try:
                look = self._newest.look()
            except errors.AccessDenied:
                self._list_denied = True
            else:
                found = look.seen.get(arn)
                if found is not None or not doubt:
                    return Look(look.at, found)
        return Look(self.clock.now(), self.find(arn))

    def model(self, model_arn: str) -> Look[Model]:
        """A custom model as of the newest shared look; one that is `Active` is believed to stay so for a minute.

        IAM: bedrock:GetCustomModel; without it, every model counts as `Active`.
        """
        with self._lock:
            if model_arn not in self._models:
                self._models[model_arn] = Shared(lambda: self._ask_model(model_arn), self.clock)
            shared = self._models[model_arn]
        look = shared.look(fresh=MODEL_FRESH)
        return look if look.seen.status != "Creating" else shared.look()

    def _ask_model(self, model_arn: str) -> Model:
        try:
            with self._call("GetCustomModel"):
                model = self.client.get_custom_model(modelIdentifier=model_arn)
        except (errors.AccessDenied, errors.ResourceNotFound, errors.ValidationFailed):
            return Model("Active")
        return Model(model.get("modelStatus", "Active"), model.get("failureMessage"))

    def _list_awaited(self) -> dict[str, Deployment]:
        """The list, newest first, down to the oldest that is awaited."""
        with self._lock:
            missing = set(self._awaited)
        found: dict[str, Deployment] = {}
        for page in self._pages():
            found.update({deployment.arn: deployment for deployment in page})
            if missing <= found.keys():
                break
        return found

    def _pages(self) -> Iterator[list[Deployment]]:
        pages = self.client.get_paginator("list_custom_model_deployments")
        with self._call("ListCustomModelDeployments"):
            for page in pages.paginate(PaginationConfig={"PageSize": LARGEST_PAGE}):
                yield [Deployment.from_answer(summary) for summary in page.get("modelDeploymentSummaries", [])]

    @contextmanager
    def _call(self, operation: str) -> Iterator[None]:
        with translated(f"bedrock:{operation}", region=self.region):
            yield
