"""ConverseStream and InvokeModelWithResponseStream: the answers of Converse and InvokeModel, as events."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.eventstream import EventStream
from botocore.exceptions import ConnectionClosedError
from local.service_model import conforms, operation_model
from pulumi_bedrock.local import LocalBedrock

HELLO = [{"role": "user", "content": [{"text": "Say hello to everyone."}]}]
REPLY = ["support-bot,", "which", "serves", "support-bot-v1,", "was", "told:", "Say", "hello", "to", "everyone."]
EVENTS = operation_model("ConverseStream").output_shape.members["stream"].members


def test_converse_stream_sends_events_of_service_model(runtime: Any, deploy: Callable[..., str]) -> None:
    answer = runtime.converse_stream(modelId=deploy("support-bot"), messages=HELLO)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/vnd.amazon.eventstream"
    events = list(answer["stream"])
    words = [REPLY[0], *(f" {word}" for word in REPLY[1:])]
    assert events == [
        {"messageStart": {"role": "assistant"}},
        *({"contentBlockDelta": {"delta": {"text": word}, "contentBlockIndex": 0}} for word in words),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {
            "metadata": {
                "usage": {"inputTokens": 4, "outputTokens": 10, "totalTokens": 14},
                "metrics": {"latencyMs": 1},
            }
        },
    ]
    assert [wrong for event in events for name, value in event.items() for wrong in conforms(EVENTS[name], value)] == []


@pytest.mark.parametrize("limit", [1, 9, 10])
def test_converse_stream_equals_converse(runtime: Any, deploy: Callable[..., str], limit: int) -> None:
    request = {
        "modelId": deploy(),
        "messages": [{"role": "user", "content": [{"text": "Sag Grüße 👋 an alle."}]}],
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": limit},
    }
    whole = runtime.converse(**request)
    events = list(runtime.converse_stream(**request)["stream"])
    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert text == whole["output"]["message"]["content"][0]["text"]
    assert events[-2] == {"messageStop": {"stopReason": whole["stopReason"]}}
    assert events[-1] == {"metadata": {"usage": whole["usage"], "metrics": whole["metrics"]}}


def test_invoke_stream_sends_chunks_in_schema_of_nova(runtime: Any, deploy: Callable[..., str]) -> None:
    request = {"messages": HELLO, "inferenceConfig": {"maxTokens": 2}}
    answer = runtime.invoke_model_with_response_stream(modelId=deploy("support-bot"), body=json.dumps(request))
    assert answer["contentType"] == "application/json"
    events = list(answer["body"])
    assert {name for event in events for name in event} == {"chunk"}
    assert [json.loads(event["chunk"]["bytes"]) for event in events] == [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "support-bot,"}, "contentBlockIndex": 0}},
        {"contentBlockDelta": {"delta": {"text": " which"}, "contentBlockIndex": 0}},
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "max_tokens"}},
        {
            "metadata": {
                "usage": {"inputTokens": 4, "outputTokens": 2, "totalTokens": 6},
                "metrics": {"latencyMs": 1},
            },
            "amazon-bedrock-invocationMetrics": {
                "inputTokenCount": 4,
                "outputTokenCount": 2,
                "invocationLatency": 1,
                "firstByteLatency": 1,
            },
        },
    ]


def test_malformed_body_is_refused_before_stream(
    runtime: Any, deploy: Callable[..., str], refused: Callable[..., str]
) -> None:
    invoke = runtime.invoke_model_with_response_stream
    message = refused("ValidationException", invoke, modelId=deploy(), body="no json")
    assert message == "Malformed input request, please reformat your input and try again."


@pytest.mark.parametrize("call", ["converse_stream", "invoke_model_with_response_stream"])
def test_stream_of_deployment_that_is_creating_is_refused(
    local: LocalBedrock, runtime: Any, deploy: Callable[..., str], call: str, refused: Callable[..., str]
) -> None:
    local.set_activation(manual=True)
    message = refused("ModelNotReadyException", getattr(runtime, call), modelId=deploy(), **_request(call))
    assert message == "The model is not ready for inference. Wait and try your request again."


@pytest.mark.parametrize("call", ["converse_stream", "invoke_model_with_response_stream"])
def test_stream_of_deleted_deployment_is_not_found(
    bedrock: Any, runtime: Any, deploy: Callable[..., str], call: str, refused: Callable[..., str]
) -> None:
    arn = deploy()
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    message = refused("ResourceNotFoundException", getattr(runtime, call), modelId=arn, **_request(call))
    assert message == f"Could not find the custom model deployment {arn}."


@pytest.mark.parametrize("call", ["converse_stream", "invoke_model_with_response_stream"])
def test_stream_of_foundation_model_is_refused(runtime: Any, call: str, refused: Callable[..., str]) -> None:
    foundation = "amazon.nova-lite-v1:0"
    message = refused("ValidationException", getattr(runtime, call), modelId=foundation, **_request(call))
    assert message == "The provided model identifier is invalid."


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        ("converse_stream", "ConverseStream"),
        ("invoke_model_with_response_stream", "InvokeModelWithResponseStream"),
    ],
)
def test_faults_and_log_know_streams(
    local: LocalBedrock,
    runtime: Any,
    deploy: Callable[..., str],
    call: str,
    operation: str,
    refused: Callable[..., str],
) -> None:
    arn = deploy()
    local.clear_requests()
    local.add_fault(operation=operation, error="ThrottlingException", count=1)
    local.add_fault(operation=operation, kind="close", when="after", count=1)
    stream = getattr(runtime, call)
    refused("ThrottlingException", stream, modelId=arn, **_request(call))
    with pytest.raises(ConnectionClosedError):
        stream(modelId=arn, **_request(call))
    (events,) = (value for value in stream(modelId=arn, **_request(call)).values() if isinstance(value, EventStream))
    assert len(list(events)) == 14
    assert [tuple(entry[name] for name in ("operation", "resource", "status")) for entry in local.requests()] == [
        (operation, arn, 429),
        (operation, arn, None),
        (operation, arn, 200),
    ]


def _request(call: str) -> dict[str, Any]:
    return {"messages": HELLO} if call == "converse_stream" else {"body": json.dumps({"messages": HELLO})}
