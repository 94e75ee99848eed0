"""Host side of `ModelInvocation`: one call when the resource is created, and the next when an input changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult

from pulumi_bedrock import errors
from pulumi_bedrock.aws.constraints import UNKNOWN, operation_input, problems, within
from pulumi_bedrock.aws.converse import converse
from pulumi_bedrock.aws.deployments import region_of
from pulumi_bedrock.values.redaction import Redaction

from .base_provider import decoded, one_line
from .create_only_provider import AskingProvider

__all__ = ["ModelInvocationProvider"]

_SENT = ("modelId", "messages", "system", "inferenceConfig")


class ModelInvocationProvider(AskingProvider):
    """One Converse call. IAM: bedrock:InvokeModel on the deployment."""

    COMPARED = ("modelId", "prompt", "messages", "system", "inferenceConfig", "triggers", "region")
    TIMEOUT = 10 * 60.0
    """Seconds that a deployment may take to answer for the first time."""

    def failures(self, props: Mapping[str, Any]) -> Iterator[str]:
        """Held against botocore's service model."""
        shape = operation_input("Converse", "bedrock-runtime")
        if props.get("modelId") is None:
            yield "modelId: is required; give the ARN of the deployment to call"
        if (props.get("prompt") is None) == (props.get("messages") is None):
            yield "prompt: give either prompt or messages, and not both"
        prompt = props.get("prompt")
        if prompt is not None and prompt is not UNKNOWN and (not isinstance(prompt, str) or not prompt.strip()):
            yield "prompt: must be a string that isn't blank"
        for key in _SENT:
            if props.get(key) is not None:
                yield from problems(key, within(shape, key), props[key])

    @one_line
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Calls the model, and keeps what it said.

        :raises BedrockError: see `errors`.
        """
        given = decoded(props)
        request = {key: given[key] for key in _SENT if given.get(key) is not None}
        request.setdefault("messages", [{"role": "user", "content": [{"text": given.get("prompt")}]}])
        region = given.get("region") or region_of(given["modelId"]) or self.clients.region
        if region is None:
            raise errors.RegionMissing(f"model {given['modelId']}: no AWS Region is set: set aws:region, or region=.")
        answer = converse(
            self.clients.bedrock_runtime(region),
            request,
            deadline=self.deadline(props),
            report=self.report,
            withhold=Redaction(private=_texts([given.get("system"), request["messages"]]), public=[given["modelId"]]),
        )
        outputs = {"outputText": answer.text, "stopReason": answer.stop_reason, "usage": dict(answer.usage)}
        return CreateResult(f"invocation-{secrets.token_hex(8)}", {**props, **outputs})

    @one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """An answer is what it was: there is nothing to ask AWS."""
        return ReadResult(id_, dict(props))


def _texts(value: Any) -> list[str]:
    """Every string in a request: a prompt may be secret, and AWS may repeat it."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item) if text not in ("user", "assistant")]
