"""Inference on a deployment, whole or as a stream: a deterministic answer that names the deployment and its model.

Only an Active deployment answers. A token is a word, so a test can count tokens.
"""

from __future__ import annotations

import json
from typing import Any

from moto.bedrockruntime.responses import BedrockRuntimeResponse as MotoBedrockRuntimeResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult

from .exceptions import ModelNotReadyException, ValidationException
from .models import BedrockBackend, backend_of
from .responses import CheckedResponse
from .streams import chunks_of, events_of

__all__ = ["BedrockRuntimeResponse"]

_DEPLOYMENT = ":custom-model-deployment/"
_EXCERPT_WORDS = 12


class BedrockRuntimeResponse(CheckedResponse, MotoBedrockRuntimeResponse):
    """Inference on custom model deployments; moto handles InvokeModel on other models."""

    def __init__(self) -> None:
        CheckedResponse.__init__(self, "bedrock-runtime")

    def converse(self) -> TYPE_RESPONSE:
        """Answer a Converse request."""
        return _answer(self._reply(self.params))

    def invoke_model(self) -> TYPE_RESPONSE | ActionResult:  # type: ignore[override]
        """Answer an InvokeModel request in Amazon Nova's schema; moto answers those for other models."""
        if _DEPLOYMENT not in self.params["modelId"]:
            return super().invoke_model()
        return _answer(self._reply_to_body())

    def converse_stream(self) -> ActionResult:
        """Answer a ConverseStream request."""
        return ActionResult({"stream": events_of(self._reply(self.params))})

    def invoke_model_with_response_stream(self) -> ActionResult:
        """Answer an InvokeModelWithResponseStream request in Amazon Nova's schema; other models have no answer."""
        chunks = chunks_of(self._reply_to_body())
        # moto writes no headers of a stream's answer, and the service model requires this one.
        self.response_headers["X-Amzn-Bedrock-Content-Type"] = "application/json"
        return ActionResult({"body": chunks})

    def _reply_to_body(self) -> dict[str, Any]:
        try:
            return self._reply(json.loads(self.params.get("body", "")))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValidationException("Malformed input request, please reformat your input and try again.") from None

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        speaker = self._speaker()
        messages = request.get("messages") or []
        if not messages or messages[0]["role"] != "user":
            raise ValidationException("A conversation must start with a user message. Try again with a user message.")
        prompt = [message for message in messages if message["role"] == "user"][-1]
        words = f"{speaker} was told: {' '.join(_words(prompt)[:_EXCERPT_WORDS])}".split()
        answer = words[: (request.get("inferenceConfig") or {}).get("maxTokens", len(words))]
        read = sum(len(_words(message)) for message in [*messages, {"content": request.get("system") or []}])
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": " ".join(answer)}]}},
            "stopReason": "end_turn" if len(answer) == len(words) else "max_tokens",
            "usage": {"inputTokens": read, "outputTokens": len(answer), "totalTokens": read + len(answer)},
            "metrics": {"latencyMs": 1},
        }

    def _speaker(self) -> str:
        """Return the names of the deployment and its model. Raise an error when it can't answer."""
        identifier = self.params["modelId"]
        if _DEPLOYMENT not in identifier:
            raise ValidationException("The provided model identifier is invalid.")
        with BedrockBackend.lock:
            backend = backend_of(self.current_account, self.region)
            deployment = backend.deployments.find(identifier)
            status = deployment.shown_status
            model = backend.models.find(deployment.model_arn)
        if status in ("Failed", "Deleting"):
            raise ValidationException(f"The custom model deployment {identifier} is {status} and takes no requests.")
        if status != "Active":
            raise ModelNotReadyException("The model is not ready for inference. Wait and try your request again.")
        return f"{deployment.name}, which serves {model.name},"


def _words(message: dict[str, Any]) -> list[str]:
    return [word for block in message["content"] for word in block.get("text", "").split()]


def _answer(content: dict[str, Any]) -> TYPE_RESPONSE:
    return 200, {"Content-Type": "application/json"}, json.dumps(content)
