"""Host side of `ModelInvocation`: one call to the model per create, and a new create when an input changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult

from pulumi_bedrock.aws.constraints import UNKNOWN, input_shape, member_shape, violations
from pulumi_bedrock.aws.converse import converse
from pulumi_bedrock.lifecycle.validation import NO_VALUE
from pulumi_bedrock.values.arns import Arn
from pulumi_bedrock.values.kinds import DEPLOYMENT
from pulumi_bedrock.values.redaction import Redaction

from .base_provider import from_wire, one_line_errors
from .create_only_provider import CreateOnlyProvider
from .engine_log import logical_name

__all__ = ["InvocationProvider"]

_SENT = ("modelId", "messages", "system", "inferenceConfig")


class InvocationProvider(CreateOnlyProvider):
    """One Converse call. IAM: bedrock:InvokeModel on the deployment."""

    COMPARED = ("modelId", "prompt", "messages", "system", "inferenceConfig", "triggers", "region")
    TIMEOUT = 10 * 60.0
    """Seconds. A new deployment may not answer at once."""

    def validate(self, props: Mapping[str, Any]) -> Iterator[str]:
        """Return one line for each input that botocore's service model refuses."""
        shape = input_shape("Converse", "bedrock-runtime")
        if props.get("modelId") is None:
            yield f"modelId: is required; give the ARN of the deployment to call {NO_VALUE}"
        model_id = props.get("modelId")
        if isinstance(model_id, str) and (arn := Arn.parse(model_id)) is not None and arn.kind == "custom-model":
            yield (
                "modelId: must be the ARN of a deployment, such as "
                f"{DEPLOYMENT.example}, and this is the ARN of a custom model, which can't be called"
            )
            props = {**props, "modelId": UNKNOWN}
        if props.get("prompt") is None and props.get("messages") is None:
            yield "prompt, messages: both are missing; give one of them"
        elif props.get("prompt") is not None and props.get("messages") is not None:
            yield "prompt: give either prompt or messages, and not both"
        prompt = props.get("prompt")
        if prompt is not None and prompt is not UNKNOWN and (not isinstance(prompt, str) or not prompt.strip()):
            yield "prompt: must be a string that isn't blank"
        for key in _SENT:
            if props.get(key) is not None:
                yield from violations(key, member_shape(shape, key), props[key])

    @one_line_errors
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Call the model, and store its answer.

        :raises AnswerLost: when the call may have been served, but the answer didn't arrive. It isn't repeated: the
            next `pulumi up` calls the model again.
        :raises BedrockError: see `errors`.
        """
        given = from_wire(props)
        request = {key: given[key] for key in _SENT if given.get(key) is not None}
        request.setdefault("messages", [{"role": "user", "content": [{"text": given.get("prompt")}]}])
        region = given.get("region") or self.clients.region_for(given["modelId"])
        answer = converse(
            lambda read_timeout: self.clients.bedrock_runtime(region, read_timeout=read_timeout),
            request,
            deadline=self.deadline(props),
            progress=self.progress,
            name=logical_name(),
            redact=Redaction(private=_texts([given.get("system"), request["messages"]]), public=[given["modelId"]]),
        )
        outputs = {"outputText": answer.text, "stopReason": answer.stop_reason, "usage": dict(answer.usage)}
        return CreateResult(f"invocation-{secrets.token_hex(8)}", {**props, **outputs})

    @one_line_errors
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return the stored answer. No network."""
        return ReadResult(id_, dict(props))


def _texts(value: Any) -> list[str]:
    """Return every string of a request: a prompt may be secret, and AWS may repeat it."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item) if text not in ("user", "assistant")]
