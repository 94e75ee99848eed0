"""The poll that many waits share: when an earlier answer is used, which waits get an error, what the list omits."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from arns import MODEL
from botocore.stub import Stubber
from fake_clock import FakeClock
from pulumi_bedrock import errors
from pulumi_bedrock.aws.poller import Poller, SharedAnswer, Snapshot
from pulumi_bedrock.values.kinds import DEPLOYMENT

PREFIX = "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/"
MAX_AGE = 0.5
CREATED = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.timezone.utc)


def arn(number: int) -> str:
    return f"{PREFIX}{number:012}"


def page(*numbers: int, more: str | None = None, status: str = "Creating") -> dict[str, Any]:
    summaries = [
        {
            "customModelDeploymentArn": arn(number),
            "customModelDeploymentName": f"bot-{number}",
            "modelArn": MODEL,
            "createdAt": CREATED,
            "status": status,
        }
        for number in numbers
    ]
    return {"modelDeploymentSummaries": summaries, **({"nextToken": more} if more else {})}


def model(status: str) -> dict[str, Any]:
    return {"modelArn": MODEL, "modelName": "m", "creationTime": CREATED, "modelStatus": status}


@pytest.fixture
def client() -> Any:
    return boto3.client("bedrock", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def aws(client: Any) -> Iterator[Stubber]:
    """Answers in the order given; every one must be asked for, and no other is."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def poller(client: Any, clock: FakeClock) -> Poller:
    return Poller(DEPLOYMENT, client, clock.clock)


# One question, asked for many


def answering(*answers: str | errors.BedrockError) -> Callable[[], str]:
    """Return a call with these answers, one after the other; an error is raised."""
    left = iter(answers)

    def ask() -> str:
        answer = next(left)
        if isinstance(answer, errors.BedrockError):
            raise answer
        return answer

    return ask


def test_recent_answer_is_shared(clock: FakeClock) -> None:
    shared = SharedAnswer(answering("a", "b"), clock.clock)

    first = shared.get(max_age=MAX_AGE)
    clock.sleep(0.25)

    assert shared.get(max_age=MAX_AGE) is first
    assert first == Snapshot(1_000.0, "a")


def test_old_answer_is_requested_again(clock: FakeClock) -> None:
    shared = SharedAnswer(answering("a", "b"), clock.clock)

    shared.get(max_age=MAX_AGE)
    clock.sleep(1)

    assert shared.get(max_age=MAX_AGE) == Snapshot(1_001.0, "b")


def test_wait_that_accepts_an_older_answer_makes_no_request(clock: FakeClock) -> None:
    shared = SharedAnswer(answering("a", "b"), clock.clock)

    shared.get(max_age=MAX_AGE)
    clock.sleep(15)

    assert shared.get(max_age=15).value == "a"
    assert shared.get(max_age=14).value == "b"


def test_age_of_answer_counts_from_request(clock: FakeClock) -> None:
    def slowly() -> str:
        clock.sleep(10)
        return "a"

    assert SharedAnswer(slowly, clock.clock).get(max_age=MAX_AGE).at == 1_000.0


def test_shared_failure_raises_separate_exceptions(clock: FakeClock) -> None:
    asked = []

    def fail() -> str:
        asked.append(1)
        raise errors.Throttled("slow down")

    shared = SharedAnswer(fail, clock.clock)
    caught = []
    for _ in range(3):
        with pytest.raises(errors.Throttled, match="slow down") as failure:
            shared.get(max_age=MAX_AGE)
        caught.append(failure.value)

    assert len(asked) == 1
    assert len({id(error) for error in caught}) == 3


def test_old_failure_is_requested_again(clock: FakeClock) -> None:
    shared = SharedAnswer(answering(errors.Throttled("slow down"), "a"), clock.clock)
    with pytest.raises(errors.Throttled):
        shared.get(max_age=MAX_AGE)
    clock.sleep(1)

    assert shared.get(max_age=MAX_AGE).value == "a"


def test_failure_is_shared_as_long_as_an_answer(clock: FakeClock) -> None:
    shared = SharedAnswer(answering("a", errors.Throttled("slow down"), "b"), clock.clock)
    shared.get(max_age=MAX_AGE)
    clock.sleep(10)
    with pytest.raises(errors.Throttled):
        shared.get(max_age=9)
    with pytest.raises(errors.Throttled):  # though the older answer would be new enough
        shared.get(max_age=15)
    clock.sleep(10)

    with pytest.raises(errors.Throttled):
        shared.get(max_age=10)
    assert shared.get(max_age=9).value == "b"


class Crowd:
    """Threads that all ask one question while the first answer is awaited. `ask` returns when all others wait too."""

    def __init__(self, number: int, clock: FakeClock, answer: Callable[[], str]) -> None:
        self.number, self.asked, self.answer, self.time = number, 0, answer, clock
        self.arrived = threading.Semaphore(0)
        self.shared = SharedAnswer(self.ask, dataclasses.replace(clock.clock, now=self.now))

    def now(self) -> float:
        self.arrived.release()
        return self.time.time

    def ask(self) -> str:
        self.asked += 1
        if self.asked == 1:
            for _ in range(self.number + 1):  # each on its arrival, and the first once more when it asks
                assert self.arrived.acquire(timeout=10), "a thread takes its time of arrival only after its wait"
            self.time.sleep(1)
        return self.answer()

    def get(self, _index: int) -> str:
        try:
            return self.shared.get(max_age=MAX_AGE).value
        except errors.Throttled as error:
            return str(error)

    def answers(self) -> list[str]:
        with ThreadPoolExecutor(self.number) as threads:
            return list(threads.map(self.get, range(self.number)))


def test_slow_answer_is_shared_by_all_who_waited_for_it(clock: FakeClock) -> None:
    crowd = Crowd(40, clock, lambda: "a")

    assert crowd.answers() == ["a"] * 40
    assert crowd.asked == 1


def test_slow_failure_is_shared_by_all_who_waited_for_it(clock: FakeClock) -> None:
    def fail() -> str:
        raise errors.Throttled("slow down")

    crowd = Crowd(40, clock, fail)

    assert crowd.answers() == ["slow down"] * 40
    assert crowd.asked == 1


def test_answer_is_as_old_as_its_question_after_a_wait_for_another_answer(clock: FakeClock) -> None:
    shared = SharedAnswer(lambda: "a", clock.clock)
    shared.get(max_age=MAX_AGE)
    clock.sleep(1)

    class TakesTwoSeconds:
        """A lock that another thread holds for so long."""

        def acquire(self, *, timeout: float) -> bool:
            assert timeout > 2
            clock.sleep(2)
            return True

        def release(self) -> None:
            pass

    shared._lock = TakesTwoSeconds()  # type: ignore[assignment]

    assert shared.get(max_age=MAX_AGE).at == 1_003.0


# Deployments


def test_two_waits_share_one_poll(aws: Stubber, poller: Poller) -> None:
    aws.add_response("list_custom_model_deployments", page(2, 1), {"maxResults": 1000})

    with poller.tracking(arn(1)), poller.tracking(arn(2)):
        for number in (1, 2):
            found = poller.newest(arn(number), fall_back_to_get=True, max_age=MAX_AGE).value
            assert found
            assert found.name == f"bot-{number}"


def test_poll_stops_at_oldest_tracked_deployment(aws: Stubber, poller: Poller) -> None:
    aws.add_response("list_custom_model_deployments", page(9, 8, more="2"), {"maxResults": 1000})
    aws.add_response("list_custom_model_deployments", page(7, 6, more="3"), {"maxResults": 1000, "nextToken": "2"})

    with poller.tracking(arn(9)), poller.tracking(arn(7)):
        assert poller.newest(arn(7), fall_back_to_get=False, max_age=MAX_AGE).value


def test_new_deployment_missing_from_list_is_not_requested_at_first(aws: Stubber, poller: Poller) -> None:
    aws.add_response("list_custom_model_deployments", page(9))

    with poller.tracking(arn(1)):
        assert poller.newest(arn(1), fall_back_to_get=False, max_age=MAX_AGE).value is None


def test_deployment_missing_from_list_falls_back_to_get(aws: Stubber, poller: Poller) -> None:
    aws.add_response("list_custom_model_deployments", page(9))
    summary = page(1)["modelDeploymentSummaries"][0]
    summary["modelDeploymentName"] = summary.pop("customModelDeploymentName")
    aws.add_response("get_custom_model_deployment", summary, {"customModelDeploymentIdentifier": arn(1)})

    with poller.tracking(arn(1)):
        found = poller.newest(arn(1), fall_back_to_get=True, max_age=MAX_AGE).value

    assert found
    assert found.arn == arn(1)


def test_denied_list_falls_back_to_get_permanently(aws: Stubber, poller: Poller, clock: FakeClock) -> None:
    aws.add_client_error("list_custom_model_deployments", "AccessDeniedException")
    for _ in range(2):
        aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")

    with poller.tracking(arn(1)):
        for _ in range(2):
            assert poller.newest(arn(1), fall_back_to_get=False, max_age=MAX_AGE).value is None
            clock.sleep(1)


def test_list_and_model_are_for_all_waits(aws: Stubber, poller: Poller) -> None:
    aws.add_response("list_custom_model_deployments", page(1))
    aws.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")
    aws.add_response("get_custom_model", model("Creating"))

    with poller.tracking(arn(1)), poller.tracking(arn(2)):
        assert poller.newest(arn(1), fall_back_to_get=True, max_age=MAX_AGE).is_for_all
        assert not poller.newest(arn(2), fall_back_to_get=True, max_age=MAX_AGE).is_for_all
    assert poller.model(MODEL, max_age=MAX_AGE).is_for_all


def test_other_list_error_does_not_fall_back_to_get(aws: Stubber, poller: Poller) -> None:
    aws.add_client_error("list_custom_model_deployments", "ThrottlingException")

    with poller.tracking(arn(1)), pytest.raises(errors.Throttled):
        poller.newest(arn(1), fall_back_to_get=True, max_age=MAX_AGE)


# Models


def test_active_model_is_polled_once_a_minute(aws: Stubber, poller: Poller, clock: FakeClock) -> None:
    aws.add_response("get_custom_model", model("Active"), {"modelIdentifier": MODEL})
    for _ in range(10):
        assert poller.model(MODEL, max_age=MAX_AGE).value.status == "Active"
        clock.sleep(5)

    clock.sleep(30)
    aws.add_response("get_custom_model", model("Failed"), {"modelIdentifier": MODEL})

    assert poller.model(MODEL, max_age=MAX_AGE).value.status == "Failed"


def test_creating_model_is_polled_each_time(aws: Stubber, poller: Poller, clock: FakeClock) -> None:
    for status in ("Creating", "Creating", "Active"):
        aws.add_response("get_custom_model", model(status))

    for status in ("Creating", "Creating", "Active"):
        assert poller.model(MODEL, max_age=MAX_AGE).value.status == status
        clock.sleep(1)


def test_failed_poll_of_a_model_is_not_shared_for_a_minute(aws: Stubber, poller: Poller, clock: FakeClock) -> None:
    aws.add_client_error("get_custom_model", "ThrottlingException")
    aws.add_response("get_custom_model", model("Active"))

    with pytest.raises(errors.Throttled):
        poller.model(MODEL, max_age=MAX_AGE)
    clock.sleep(1)

    assert poller.model(MODEL, max_age=MAX_AGE).value.status == "Active"
