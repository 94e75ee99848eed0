"""A web page that somebody visits can send requests to 127.0.0.1: the local Bedrock answers none from elsewhere."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.server import LocalBedrockServer

PATHS = ["/moto-api/reset", "/moto-api/bedrock/quota", "/"]


def answer(url: str, path: str, headers: dict[str, str], body: str = '{"deployments": 1}') -> tuple[int, str]:
    """The status and body of a POST with these headers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0)
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost.example.com"},
        {"Host": "rebound.example.com"},
        {"Host": "10.0.0.1:4599"},
    ],
    ids=str,
)
def test_request_of_a_foreign_page_is_refused(local: LocalBedrock, headers: dict[str, str], path: str) -> None:
    model = local.create_custom_model("kept")

    status, said = answer(local.endpoint_url, path, headers)

    assert (status, json.loads(said)["message"]) == (
        403,
        "The local Bedrock answers programs of this machine only. To serve others, start it with --host.",
    )
    assert [each["modelArn"] for each in local.custom_models()] == [model]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://127.0.0.1:8080"},
        {"Host": "localhost:1"},
        {"Host": "[::1]:1"},
        {"Host": "bucket.localhost:1"},
    ],
    ids=str,
)
def test_request_of_this_machine_is_answered(local: LocalBedrock, headers: dict[str, str]) -> None:
    assert answer(local.endpoint_url, "/moto-api/bedrock/quota", headers) == (200, "{}")


@pytest.mark.parametrize("kind", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_control_needs_no_content_type(local: LocalBedrock, kind: str | None) -> None:
    """Curl sends the third one with -d."""
    body = '{"name": "tickets", "region": "us-east-1"}'
    headers = {"Content-Type": kind} if kind else {}

    status, said = answer(local.endpoint_url, "/moto-api/bedrock/custom-models", headers, body)

    assert (status, [json.loads(said)["modelArn"]]) == (200, [each["modelArn"] for each in local.custom_models()])


@pytest.fixture
def open_server(local_bedrock_server: LocalBedrock) -> Iterator[LocalBedrockServer]:
    """Another address of the same server, for all machines."""
    assert local_bedrock_server._server is not None
    server = LocalBedrockServer(host="0.0.0.0", port=0, application=local_bedrock_server._server.application)
    server.start()
    yield server
    server.stop()


def test_server_for_other_machines_answers_any_host(open_server: LocalBedrockServer) -> None:
    url = f"http://127.0.0.1:{open_server.port}"
    assert answer(url, "/moto-api/bedrock/quota", {"Host": "build-server:4599"}) == (200, "{}")
