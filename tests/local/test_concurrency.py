"""Many at once: 200 connections, 1,000 deployments, and exactly what was asked for at the end."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from local.command import ONE_ATTEMPT
from pulumi_bedrock.local import LocalBedrock

CONNECTIONS = 200


@pytest.fixture
def many(local: LocalBedrock) -> Iterator[Any]:
    """A client with a connection for each of 200 threads, and an account without quotas."""
    local.set_quota_in_progress(None)
    local.set_quota(None)
    client = local.client("bedrock", config=ONE_ATTEMPT.merge(Config(max_pool_connections=CONNECTIONS)))
    yield client
    client.close()


def test_thousand_deployments_are_created_from_many_threads(local: LocalBedrock, many: Any, model_arn: str) -> None:
    def create(number: int) -> str:
        name = f"deployment-{number}"
        answer = many.create_custom_model_deployment(modelDeploymentName=name, modelArn=model_arn)
        return str(answer["customModelDeploymentArn"])

    with ThreadPoolExecutor(50) as pool:
        arns = list(pool.map(create, range(1000)))
    assert len(set(arns)) == 1000
    listed = many.list_custom_model_deployments(maxResults=1000)["modelDeploymentSummaries"]
    assert {summary["customModelDeploymentArn"] for summary in listed} == set(arns)
    moments = [summary["createdAt"] for summary in listed]
    assert moments == sorted(moments, reverse=True)
    assert len(set(moments)) == 1000
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda arn: many.delete_custom_model_deployment(customModelDeploymentIdentifier=arn), arns))
    assert local.deployments() == []
    assert local.counts() == {
        "CreateCustomModelDeployment": 1000,
        "ListCustomModelDeployments": 1,
        "DeleteCustomModelDeployment": 1000,
    }
    numbers = [entry["sequence"] for entry in local.requests()]
    assert numbers == list(range(numbers[0], numbers[0] + 2001))


def test_two_hundred_open_connections_are_served_concurrently(endpoint_url: str, local: LocalBedrock) -> None:
    """Each thread holds its connection until all have an answer, and then asks again on the same one."""
    everyone = threading.Barrier(CONNECTIONS, timeout=60)

    def ask(_: int) -> list[int]:
        connection = http.client.HTTPConnection(urlsplit(endpoint_url).netloc, timeout=60)
        try:
            statuses = []
            for _ in range(2):
                connection.request("GET", "/moto-api/bedrock/faults")
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
                socket_number = connection.sock.fileno()
                everyone.wait()
            assert connection.sock.fileno() == socket_number, "the connection was not kept"
            return statuses
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        assert list(pool.map(ask, range(CONNECTIONS))) == [[200, 200]] * CONNECTIONS


def test_concurrent_creates_with_same_name_make_one_deployment(local: LocalBedrock, many: Any, model_arn: str) -> None:
    together = threading.Barrier(20, timeout=60)

    def create(_: int) -> str:
        together.wait()
        try:
            many.create_custom_model_deployment(modelDeploymentName="support-bot", modelArn=model_arn)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "created"

    with ThreadPoolExecutor(20) as pool:
        assert Counter(pool.map(create, range(20))) == {"created": 1, "ValidationException": 19}
    assert len(local.deployments()) == 1


def test_concurrent_creates_with_same_token_get_same_deployment(
    local: LocalBedrock, many: Any, deploy: Callable[..., str], model_arn: str
) -> None:
    together = threading.Barrier(20, timeout=60)

    def create(number: int) -> str:
        together.wait()
        return str(
            many.create_custom_model_deployment(
                modelDeploymentName=f"deployment-{number}", modelArn=model_arn, clientRequestToken="token-1"
            )["customModelDeploymentArn"]
        )

    with ThreadPoolExecutor(20) as pool:
        arns = set(pool.map(create, range(20)))
    assert arns == {found["customModelDeploymentArn"] for found in local.deployments()}
    assert len(arns) == 1


def test_fault_count_is_exact_under_concurrency(local: LocalBedrock, many: Any) -> None:
    local.add_fault(operation="ListCustomModels", error="ThrottlingException", count=37)

    def ask(_: int) -> str:
        try:
            many.list_custom_models()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "answered"

    with ThreadPoolExecutor(50) as pool:
        assert Counter(pool.map(ask, range(100))) == {"ThrottlingException": 37, "answered": 63}
    assert (local.counts(), local.throttled()) == ({"ListCustomModels": 100}, {"ListCustomModels": 37})
