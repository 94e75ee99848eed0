"""Converse and InvokeModel on a deployment: only when it is Active, and the same answer each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_bedrock.local import LocalBedrock

HELLO = [{"role": "user", "content": [{"text": "Say hello to everyone."}]}]


def test_response_names_deployment_model_and_prompt(runtime: Any, deploy: Callable[..., str]) -> None:
    answer = runtime.converse(modelId=deploy("support-bot"), messages=HELLO)
    answer.pop("ResponseMetadata")
    said = "support-bot, which serves support-bot-v1, was told: Say hello to everyone."
    assert answer == {
        "output": {"message": {"role": "assistant", "content": [{"text": said}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 4, "outputTokens": 10, "totalTokens": 14},
        "metrics": {"latencyMs": 1},
    }


def test_usage_counts_tokens_of_whole_conversation(runtime: Any, deploy: Callable[..., str]) -> None:
    messages = [*HELLO, {"role": "assistant", "content": [{"text": "Hello."}]}, *HELLO]
    answer = runtime.converse(modelId=deploy(), messages=messages, system=[{"text": "Be brief."}])
    assert answer["usage"]["inputTokens"] == 4 + 1 + 4 + 2


def test_long_prompt_is_shortened_in_response(runtime: Any, deploy: Callable[..., str]) -> None:
    words = [f"word{number}" for number in range(50)]
    messages = [{"role": "user", "content": [{"text": " ".join(words)}]}]
    answer = runtime.converse(modelId=deploy(), messages=messages)
    said = answer["output"]["message"]["content"][0]["text"]
    assert said.endswith("was told: " + " ".join(words[:12]))
    assert answer["usage"]["inputTokens"] == 50


@pytest.mark.parametrize(("limit", "reason"), [(1, "max_tokens"), (9, "max_tokens"), (10, "end_turn")])
def test_response_respects_max_tokens(runtime: Any, deploy: Callable[..., str], limit: int, reason: str) -> None:
    answer = runtime.converse(modelId=deploy(), messages=HELLO, inferenceConfig={"maxTokens": limit})
    assert answer["stopReason"] == reason
    assert answer["usage"]["outputTokens"] == limit
    assert len(answer["output"]["message"]["content"][0]["text"].split()) == limit


def test_invoke_model_returns_same_text(runtime: Any, deploy: Callable[..., str]) -> None:
    arn = deploy()
    body = {"messages": HELLO, "inferenceConfig": {"maxTokens": 3}}
    answer = runtime.invoke_model(modelId=arn, body=json.dumps(body))
    assert answer["contentType"] == "application/json"
    said = json.loads(answer["body"].read())
    converse = runtime.converse(modelId=arn, **body)
    assert said == {name: converse[name] for name in ("output", "stopReason", "usage", "metrics")}


@pytest.mark.parametrize("body", ["", "no json", "[]", '{"messages": "Say hello."}', '{"messages": [{}]}'])
def test_malformed_body_is_refused(
    runtime: Any, deploy: Callable[..., str], body: str, refused: Callable[..., str]
) -> None:
    message = refused("ValidationException", runtime.invoke_model, modelId=deploy(), body=body)
    assert message == "Malformed input request, please reformat your input and try again."


@pytest.mark.parametrize("messages", [[], [{"role": "assistant", "content": [{"text": "Hello."}]}]])
def test_conversation_must_start_with_user(
    runtime: Any, deploy: Callable[..., str], messages: list[Any], refused: Callable[..., str]
) -> None:
    message = refused("ValidationException", runtime.converse, modelId=deploy(), messages=messages)
    assert message == "A conversation must start with a user message. Try again with a user message."


@pytest.mark.parametrize("call", ["converse", "invoke_model"])
@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        ("Creating", "ModelNotReadyException", "The model is not ready for inference."),
        (
            "Failed",
            "ValidationException",
            "The custom model deployment {arn} is Failed and takes no requests.",
        ),
        (
            "Deleting",
            "ValidationException",
            "The custom model deployment {arn} is Deleting and takes no requests.",
        ),
        ("gone", "ResourceNotFoundException", "Could not find the custom model deployment {arn}."),
    ],
)
def test_inactive_deployment_is_refused(
    local: LocalBedrock,
    bedrock: Any,
    runtime: Any,
    deploy: Callable[..., str],
    call: str,
    status: str,
    code: str,
    message: str,
    refused: Callable[..., str],
) -> None:
    arn = deploy()
    if status in ("Deleting", "gone"):
        local.set_deletion(manual=status == "Deleting")
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    else:
        local.set_status(arn, status)
    request = {"messages": HELLO} if call == "converse" else {"body": json.dumps({"messages": HELLO})}
    said = refused(code, getattr(runtime, call), modelId=arn, **request)
    assert said.startswith(message.format(arn=arn))


def test_converse_with_other_model_is_refused(runtime: Any, model_arn: str, refused: Callable[..., str]) -> None:
    for identifier in ("amazon.nova-lite-v1:0", "support-bot"):
        message = refused("ValidationException", runtime.converse, modelId=identifier, messages=HELLO)
        assert message == "The provided model identifier is invalid."


def test_invoke_model_of_foundation_model_reaches_moto(runtime: Any) -> None:
    answer = runtime.invoke_model(modelId="amazon.nova-lite-v1:0", body="{}")
    assert json.loads(answer["body"].read()) == {}
