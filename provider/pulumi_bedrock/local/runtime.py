"""Converse and InvokeModel on a deployment: a deterministic answer that says which deployment gave it.

Only an Active deployment answers. Tokens are words: near enough to see a limit at work, and a test can count them.
"""

from __future__ import annotations

import json
from typing import Any

from moto.bedrockruntime.responses import BedrockRuntimeResponse as MotoBedrockRuntimeResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult

from .exceptions import ModelNotReadyException, ResourceNotFoundException, ValidationException
from .models import BedrockBackend, bedrock_backends
from .resources import CustomModelDeployment
from .responses import CheckedResponse

__all__ = ["BedrockRuntimeResponse"]

_EXCERPT_WORDS = 12


class BedrockRuntimeResponse(CheckedResponse, MotoBedrockRuntimeResponse):
    """Inference on custom model deployments; InvokeModel on anything else is moto's."""

    def __init__(self) -> None:
        CheckedResponse.__init__(self, "bedrock-runtime")

    def converse(self) -> TYPE_RESPONSE:
        return _answer(self._reply(self._deployment(), self.params))

    def invoke_model(self) -> TYPE_RESPONSE | ActionResult:  # type: ignore[override]
        if ":custom-model-deployment/" not in self.params["modelId"]:
            return super().invoke_model()
        deployment = self._deployment()
        try:
            body = json.loads(self.params.get("body", ""))
            return _answer(self._reply(deployment, body))
        except (ValueError, TypeError, AttributeError):
            raise ValidationException(
                "Malformed input request, please reformat your input and try again."
            ) from None

    def _deployment(self) -> CustomModelDeployment:
        identifier = self.params["modelId"]
        if ":custom-model-deployment/" not in identifier:
            raise ValidationException("The provided model identifier is invalid.")
        with BedrockBackend.lock:
            deployment = bedrock_backends[self.current_account][self.region].find_deployment(identifier)
            status = deployment.shown_status
        if status in ("Failed", "Deleting"):
            raise ValidationException(f"The custom model deployment {identifier} is {status} and takes no requests.")
        if status != "Active":
            raise ModelNotReadyException("The model is not ready for inference. Wait and try your request again.")
        return deployment

    def _reply(self, deployment: CustomModelDeployment, request: dict[str, Any]) -> dict[str, Any]:
        messages = request.get("messages") or []
        if not messages or messages[0].get("role") != "user":
            raise ValidationException("A conversation must start with a user message. Try again with a user message.")
        said = [message for message in messages if message.get("role") == "user"][-1]
        backend = bedrock_backends[self.current_account][self.region]
        model = backend.models.get(deployment.model_arn)
        model_name = model.custom_model_name if model else deployment.model_arn
        excerpt = " ".join(_words([said])[:_EXCERPT_WORDS])
        words = f"{deployment.name}, which serves {model_name}, was told: {excerpt}".split()
        limit = (request.get("inferenceConfig") or {}).get("maxTokens", len(words))
        spoken = words[:limit]
        heard = len(_words(messages)) + len(_words([{"content": request.get("system") or []}]))
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": " ".join(spoken)}]}},
            "stopReason": "end_turn" if len(spoken) == len(words) else "max_tokens",
            "usage": {"inputTokens": heard, "outputTokens": len(spoken), "totalTokens": heard + len(spoken)},
            "metrics": {"latencyMs": 1},
        }


def _words(messages: list[dict[str, Any]]) -> list[str]:
    return [word for message in messages for block in message["content"] for word in block.get("text", "").split()]


def _answer(content: dict[str, Any]) -> TYPE_RESPONSE:
    return 200, {"Content-Type": "application/json"}, json.dumps(content)
