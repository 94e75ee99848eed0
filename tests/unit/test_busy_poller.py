"""Waits whose deadline passes while another operation's call for all of them has no answer."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from arns import ARN, MODEL
from pulumi_bedrock import errors
from pulumi_bedrock.aws.deployments import Deployments
from pulumi_bedrock.aws.slot_wait import _call_when_free
from pulumi_bedrock.aws.waiting import Deadline
from pulumi_bedrock.lifecycle.unfinished_search import UnfinishedSearch

NOW = datetime.datetime(2026, 11, 29, tzinfo=datetime.timezone.utc)
LONG = 10
"""Seconds after which a wait counts as kept by the other operation's call."""


class SlowClient:
    """Bedrock, which answers deletes at once, and everything else that waits share after `answer` is set only."""

    meta = SimpleNamespace(region_name="us-east-1")

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()

    def get_paginator(self, _operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_arguments: [self._slowly(modelDeploymentSummaries=[])])

    def get_custom_model(self, **_arguments: str) -> Any:
        return self._slowly(modelArn=MODEL, modelName="m", creationTime=NOW, modelStatus="Creating")

    def delete_custom_model_deployment(self, **_arguments: str) -> None:
        pass

    create_custom_model_deployment = get_custom_model_deployment = None

    def _slowly(self, **answer: Any) -> Any:
        self.asked.set()
        assert self.answer.wait(timeout=3 * LONG)
        return answer


@contextmanager
def busy(call: Callable[[Deployments], object]) -> Iterator[Deployments]:
    """Yield deployments whose poller makes a call in another thread, which has no answer inside the block."""
    client = SlowClient()
    deployments = Deployments(client, "bot")  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as threads:
        threads.submit(call, deployments)
        try:
            assert client.asked.wait(timeout=LONG)
            yield deployments
        finally:
            client.answer.set()


def a_list(deployments: Deployments) -> object:
    return deployments.poller.newest(ARN, fall_back_to_get=False, max_age=0.5)


def a_full_list(deployments: Deployments) -> object:
    return deployments.poller.everything(since=0, max_age=0.5)


def a_model(deployments: Deployments) -> object:
    return deployments.poller.model(MODEL, max_age=0.5)


def never_called() -> str:
    raise AssertionError("a create was called without a slot")


@pytest.mark.parametrize(
    ("other", "wait"),
    [
        (a_list, lambda deployments, deadline: deployments.wait_active(ARN, deadline)),
        (a_list, lambda deployments, deadline: deployments.delete(ARN, deadline)),
        (a_list, lambda deployments, deadline: _call_when_free(deployments, never_called, deadline)),
        (a_model, lambda deployments, deadline: deployments.wait_model_active(MODEL, deadline)),
        (a_full_list, lambda deployments, deadline: UnfinishedSearch()._list(deployments, deadline)),
    ],
    ids=["activation", "deletion", "slot", "model", "search"],
)
def test_wait_at_its_deadline_does_not_wait_for_the_call_of_another(
    other: Callable[[Deployments], object], wait: Callable[[Deployments, Deadline], object]
) -> None:
    with busy(other) as deployments, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wait, deployments, Deadline(0.05))
        try:
            error = waiting.exception(timeout=LONG)
        finally:
            deployments.client.answer.set()  # type: ignore[attr-defined]

    assert isinstance(error, errors.WaitTimeout)
    assert "The last error was AnswerLost: AWS has not answered a call yet" in str(error)


def test_call_of_another_is_awaited_before_the_deadline() -> None:
    with busy(a_model) as deployments, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(deployments.poller.model, MODEL, max_age=LONG, until=deployments.clock.now() + LONG)
        deployments.client.answer.set()  # type: ignore[attr-defined]

        assert waiting.result(timeout=LONG).value.status == "Creating"
