"""Each operation of the two service models is either served or answered with UnknownOperationException."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

import botocore.session
from local.service_model import CONTROL_PLANE, RUNTIME
from pulumi_bedrock.local import LocalBedrock

JOBS = (
    "CreateModelCustomizationJob",
    "GetModelCustomizationJob",
    "ListModelCustomizationJobs",
    "StopModelCustomizationJob",
)
OF_MOTO = (
    "DeleteModelInvocationLoggingConfiguration",
    "GetModelInvocationLoggingConfiguration",
    "PutModelInvocationLoggingConfiguration",
)
SERVED = {*CONTROL_PLANE, *RUNTIME, *JOBS, *OF_MOTO}
SIGNED = "AWS4-HMAC-SHA256 Credential=testing/20261125/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0"
MODELS = [botocore.session.get_session().get_service_model(service) for service in ("bedrock", "bedrock-runtime")]
OPERATIONS = {name: model.operation_model(name) for model in MODELS for name in model.operation_names}


def test_list_of_served_operations_holds_real_names() -> None:
    assert set(OPERATIONS) >= SERVED


def test_each_operation_is_served_or_unknown(local: LocalBedrock) -> None:
    # Over plain HTTP: botocore has no method for InvokeModelWithBidirectionalStream.
    answers = {name: _answer(local, operation) for name, operation in OPERATIONS.items()}
    unknown = {name: answer for name, answer in answers.items() if answer[1] == "UnknownOperationException"}
    assert unknown.keys() == OPERATIONS.keys() - SERVED
    assert {status for status, _ in unknown.values()} == {404}
    assert {name: answer for name, answer in answers.items() if answer[0] in (500, 501)} == {}
    assert local.counts() == dict.fromkeys(OPERATIONS, 1)


def test_boto3_reports_unserved_operation(bedrock: Any, refused: Callable[..., str]) -> None:
    message = refused("UnknownOperationException", bedrock.list_guardrails)
    assert message == "The local Bedrock does not serve ListGuardrails."


def test_operation_newer_than_service_model_is_unknown(local: LocalBedrock) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(local.endpoint_url).netloc, timeout=60)
    connection.request("POST", "/next-year", body="{}", headers={"Authorization": SIGNED})
    response = connection.getresponse()
    assert (response.status, response.headers["X-Amzn-Errortype"]) == (404, "UnknownOperationException")
    assert response.read() == b'{"message": "The local Bedrock does not serve POST /next-year."}'
    connection.close()


def test_fault_applies_to_unserved_operation(local: LocalBedrock, bedrock: Any, refused: Callable[..., str]) -> None:
    local.add_fault(operation="ListGuardrails", error="AccessDeniedException", message="Not you.", count=1)
    assert refused("AccessDeniedException", bedrock.list_guardrails) == "Not you."


def _answer(local: LocalBedrock, operation: Any) -> tuple[int, str | None]:
    """Send a request without a body, and return the status and code of the answer."""
    shape = operation.input_shape
    uri = re.sub(r"\{[^}]+\}", "unknown", operation.http["requestUri"])
    locations = {name: shape.members[name].serialization for name in shape.required_members} if shape else {}
    query = {where["name"]: "unknown" for where in locations.values() if where.get("location") == "querystring"}
    uri += f"?{urllib.parse.urlencode(query)}" if query else ""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(local.endpoint_url).netloc, timeout=60)
    headers = {"Authorization": SIGNED, "Content-Type": "application/json"}
    connection.request(operation.http["method"], uri, body="{}", headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers["X-Amzn-Errortype"]
