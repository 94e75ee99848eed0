"""`ModelInvocation` asks when it is created, and again when an input changes, such as the ARN."""

from __future__ import annotations

from typing import Any

from engine.stack import EXPORT, INVOCATION, Code, Stack, deployment
from pulumi_bedrock.local import LocalBedrock

ARN = Code("deployment.custom_model_deployment_arn")
EXPORTS = """
pulumi.export("answer", invocation.output_text)
pulumi.export("stop", invocation.stop_reason)
pulumi.export("usage", invocation.usage)
"""


def test_smoke_test_follows_the_deployment(
    stack: Stack, local: LocalBedrock, model: str, other_model: str
) -> None:
    ask(stack, model, prompt="Say hello.")
    assert stack.preview().changes["to create"] >= 3
    assert local.counts() == {}
    stack.up()
    assert local.counts()["Converse"] == 1
    name = stack.outputs("support-bot")["modelDeploymentName"]
    answer = f"{name}, which serves tickets-v1, was told: Say hello."
    outputs = stack.outputs("smoke-test")
    assert outputs["modelId"] == stack.resource()["id"]
    assert (outputs["outputText"], outputs["stopReason"]) == (answer, "end_turn")
    assert outputs["usage"] == {"inputTokens": 2, "outputTokens": 8, "totalTokens": 10}
    assert stack.exports()["answer"] == answer
    assert stack.exports()["stop"] == "end_turn"
    assert stack.exports()["usage"] == outputs["usage"]

    stack.up("--expect-no-changes")
    stack.refresh("--expect-no-changes")
    assert local.counts()["Converse"] == 1

    ask(stack, other_model, prompt="Say hello.")
    steps = stack.steps()
    assert {name: step["op"] for name, step in steps.items()} == {
        "support-bot": "replace",
        "smoke-test": "replace",
    }
    stack.up()
    assert local.counts()["Converse"] == 2
    assert stack.outputs("smoke-test")["modelId"] == stack.resource()["id"]
    assert "which serves tickets-v2," in stack.exports()["answer"]

    stack.destroy()
    assert stack.resources(INVOCATION) == local.deployments() == []
    assert local.counts()["Converse"] == 2


def test_any_change_asks_again(stack: Stack, local: LocalBedrock, model: str) -> None:
    text = [{"text": "Say hello."}]
    changes: list[dict[str, Any]] = [
        {"prompt": "Say hello."},
        {"prompt": "Say goodbye."},
        {"messages": [{"role": "user", "content": text}]},
        {"messages": [{"role": "user", "content": text}], "system": [{"text": "Be brief."}]},
        {"prompt": "Say hello.", "inference_config": {"maxTokens": 3, "temperature": 0.5}},
        {"prompt": "Say hello.", "triggers": {"release": "2"}},
    ]
    for calls, arguments in enumerate(changes, start=1):
        ask(stack, model, **arguments)
        stack.up()
        assert local.counts()["Converse"] == calls, arguments
    (made,) = stack.resources(INVOCATION)
    assert made["outputs"]["triggers"] == {"release": "2"}
    assert len(local.deployments()) == local.counts()["CreateCustomModelDeployment"] == 1


def test_waits_until_the_model_answers(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.set_activation(seconds=2)
    arn = local.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="by-hand", modelArn=model
    )["customModelDeploymentArn"]
    stack.program(f"bedrock.ModelInvocation('smoke-test', model_id={arn!r}, prompt='Say hello.')")
    said = stack.up().text
    refused = [entry for entry in local.requests() if entry["error"] == "ModelNotReadyException"]
    assert refused
    assert "waiting for the model to answer" in said
    assert stack.outputs("smoke-test")["outputText"].startswith("by-hand, which serves tickets-v1,")


def test_bad_request_is_refused_before_anything_is_made(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    ask(stack, model, inference_config={"maxTokens": 0, "warmth": 1})
    run = stack.up(fails=True)
    assert "Traceback" not in run.text
    for line in (
        "prompt: give either prompt or messages, and not both",
        "inferenceConfig.maxTokens: must be at least 1",
        "inferenceConfig.warmth: is not known to AWS",
    ):
        assert line in run.text
    assert local.counts().get("Converse") is None


def test_error_is_one_line_and_asks_again_next_time(stack: Stack, local: LocalBedrock, model: str) -> None:
    ask(stack, model, prompt="Keep this to yourself.")
    local.add_fault(
        operation="Converse",
        error="AccessDeniedException",
        message='You may not say "Keep this to yourself."',
        count=1,
    )
    error = stack.up(fails=True).error
    assert error.startswith("AccessDenied: model arn:aws:bedrock:us-east-1:")
    assert 'You may not say "[withheld]"' in error
    assert "Allow bedrock:InvokeModel" in error
    stack.up()
    assert stack.outputs("smoke-test")["stopReason"] == "end_turn"


def ask(stack: Stack, model: str, **arguments: Any) -> None:
    """A program with a deployment and a call to it."""
    given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    stack.program(
        f"deployment = {deployment('support-bot', model_arn=model)}\n{EXPORT}\n"
        f"invocation = bedrock.ModelInvocation('smoke-test', model_id={ARN}, {given})\n{EXPORTS}"
    )
