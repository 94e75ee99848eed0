"""Converse and InvokeModel on a deployment: a deterministic answer that says which deployment gave it.

Only an Active deployment answers. Tokens are words: near enough to see a limit at work, and a test can
count them.
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

__all__ = ["BedrockRuntimeResponse"]

_DEPLOYMENT = ":custom-model-deployment/"
_EXCERPT_WORDS = 12


class BedrockRuntimeResponse(CheckedResponse, MotoBedrockRuntimeResponse):
    """Inference on custom model deployments; InvokeModel on anything else is moto's."""

    def __init__(self) -> None:
        CheckedResponse.__init__(self, "bedrock-runtime")

    def converse(self) -> TYPE_RESPONSE:
        """Answer a conversation."""
        return _answer(self._reply(self.params))

    def invoke_model(self) -> TYPE_RESPONSE | ActionResult:  # type: ignore[override]
        """Answer a body in Amazon Nova's schema, or leave it to moto if it isn't for a deployment."""
        if _DEPLOYMENT not in self.params["modelId"]:
            return super().invoke_model()
        try:
            return _answer(self._reply(json.loads(self.params.get("body", ""))))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValidationException("Malformed input request, please reformat your input and try again.") from None

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        speaker = self._speaker()
        messages = request.get("messages") or []
        if not messages or messages[0]["role"] != "user":
            raise ValidationException("A conversation must start with a user message. Try again with a user message.")
        prompt = [message for message in messages if message["role"] == "user"][-1]
        words = f"{speaker} was told: {' '.join(_words(prompt)[:_EXCERPT_WORDS])}".split()
        spoken = words[: (request.get("inferenceConfig") or {}).get("maxTokens", len(words))]
        heard = sum(len(_words(message)) for message in [*messages, {"content": request.get("system") or []}])
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": " ".join(spoken)}]}},
            "stopReason": "end_turn" if len(spoken) == len(words) else "max_tokens",
            "usage": {"inputTokens": heard, "outputTokens": len(spoken), "totalTokens": heard + len(spoken)},
            "metrics": {"latencyMs": 1},
        }

    def _speaker(self) -> str:
        """Say which deployment answers and what it serves; raises where none can."""
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
