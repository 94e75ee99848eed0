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


def test_invocation_runs_again_after_deployment_is_replaced(
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

    stack.up("--refresh", "--expect-no-changes")
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


def test_changed_input_invokes_model_again(stack: Stack, local: LocalBedrock, model: str) -> None:
    text = [{"role": "user", "content": [{"text": "Say hello."}]}]
    cases: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "prompt": ({"prompt": "Say hello."}, {"prompt": "Say goodbye."}),
        "messages": ({"prompt": "Say hello."}, {"messages": text}),
        "system": ({"messages": text}, {"messages": text, "system": [{"text": "Be brief."}]}),
        "inference-config": (
            {"prompt": "Say hello.", "inference_config": {"maxTokens": 3}},
            {"prompt": "Say hello.", "inference_config": {"maxTokens": 4, "temperature": 0.5}},
        ),
        "triggers": ({"prompt": "Say hello."}, {"prompt": "Say hello.", "triggers": {"release": "2"}}),
        "nothing": ({"prompt": "Say hello."}, {"prompt": "Say hello."}),
    }
    declared = f"deployment = {deployment('support-bot', model_arn=model)}\n"
    stack.program(declared + "".join(asking(case, **before) for case, (before, _) in cases.items()))
    stack.up()
    assert local.counts()["Converse"] == len(cases)
    old = {case: stack.resource(case)["id"] for case in cases}
    stack.program(declared + "".join(asking(case, **after) for case, (_, after) in cases.items()))
    assert {name: step["op"] for name, step in stack.steps().items()} == {
        case: "replace" for case in cases if case != "nothing"
    }
    stack.up()
    assert local.counts()["Converse"] == 2 * len(cases) - 1
    new = {case: stack.resource(case)["id"] for case in cases}
    assert [case for case in cases if new[case] == old[case]] == ["nothing"]
    assert stack.outputs("inference-config")["usage"]["outputTokens"] == 4
    assert stack.outputs("inference-config")["stopReason"] == "max_tokens"
    assert len(local.deployments()) == local.counts()["CreateCustomModelDeployment"] == 1


def test_invocation_waits_until_model_answers(stack: Stack, local: LocalBedrock, model: str) -> None:
    local.add_fault(operation="Converse", error="ModelNotReadyException", count=3)
    stack.config["aws:maxRetries"] = "0"
    arn = local.client("bedrock").create_custom_model_deployment(modelDeploymentName="by-hand", modelArn=model)[
        "customModelDeploymentArn"
    ]
    stack.program(f"bedrock.ModelInvocation('smoke-test', model_id={arn!r}, prompt='Say hello.')")
    said = stack.up().text
    assert local.counts()["Converse"] == 4
    assert "waiting for the model to answer" in said
    assert stack.outputs("smoke-test")["outputText"].startswith("by-hand, which serves tickets-v1,")


def test_invalid_request_fails_preview_before_anything_is_created(
    stack: Stack, local: LocalBedrock, model: str
) -> None:
    ask(stack, model, inference_config={"maxTokens": 0, "warmth": 1})
    run = stack.up(fails=True)
    assert "Traceback" not in run.text
    for line in (
        "prompt, messages: both are missing; give one of them",
        "inferenceConfig.maxTokens: must be at least 1",
        "inferenceConfig.warmth: is not known to AWS",
    ):
        assert line in run.text
    assert local.counts().get("Converse") is None


def test_failed_invocation_is_one_line_and_next_up_retries(stack: Stack, local: LocalBedrock, model: str) -> None:
    ask(stack, model, prompt="Keep this to yourself.")
    local.add_fault(
        operation="Converse",
        error="AccessDeniedException",
        message='You may not say "Keep this to yourself."',
        count=1,
    )
    error = stack.up(fails=True).error
    assert error.startswith("AccessDenied: model arn:aws:bedrock:us-east-1:")
    assert 'You may not say "[redacted]"' in error
    assert "Allow bedrock:InvokeModel" in error
    stack.up()
    assert stack.outputs("smoke-test")["stopReason"] == "end_turn"


def ask(stack: Stack, model: str, **arguments: Any) -> None:
    """A program with a deployment and a call to it."""
    declared = f"deployment = {deployment('support-bot', model_arn=model)}\n{EXPORT}\n"
    stack.program(f"{declared}invocation = {asking('smoke-test', **arguments)}{EXPORTS}")


def asking(name: str, **arguments: Any) -> str:
    """The line that declares a call to the deployment."""
    given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"bedrock.ModelInvocation({name!r}, model_id={ARN}, {given})\n"
