"""Host side of `ModelInvocation`: one call when the resource is created, and the next when an input changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from . import durations, errors
from .constraints import UNKNOWN, operation_input, problems, within
from .deployment import region_of
from .host import HostedProvider, decoded, encoded, one_line
from .inputs import holds_unknown, option_failures
from .invocation import converse
from .redaction import Redaction
from .waiting import Deadline

__all__ = ["ModelInvocationProvider"]

DEFAULT_TIMEOUT = 10 * 60.0
"""Seconds that a deployment may take to answer for the first time."""

_COMPARED = ("modelId", "prompt", "messages", "system", "inferenceConfig", "triggers", "region")
_SENT = ("modelId", "messages", "system", "inferenceConfig")


class ModelInvocationProvider(HostedProvider):
    """One Converse call. IAM: bedrock:InvokeModel on the deployment."""

    @one_line
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Validates the request against botocore's service model. No network."""
        checked = {key: value for key, value in decoded(news).items() if value is not None}
        return CheckResult(encoded(checked), [CheckFailure("", reason) for reason in _failures(checked)])

    @one_line
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Any change asks the model again, which is a replacement: an answer can't be updated."""
        old, new = decoded(_olds), decoded(_news)
        replaces = [key for key in _COMPARED if holds_unknown(new.get(key)) or old.get(key) != new.get(key)]
        return DiffResult(changes=bool(replaces) or old.get("timeouts") != new.get("timeouts"), replaces=replaces)

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
        timeout = (given.get("timeouts") or {}).get("create")
        answer = converse(
            self.clients.bedrock_runtime(region),
            request,
            deadline=Deadline(durations.seconds(timeout) if timeout else DEFAULT_TIMEOUT, self.clock),
            report=self.report,
            withhold=Redaction(private=_texts([given.get("system"), request["messages"]]), public=[given["modelId"]]),
        )
        outputs = {"outputText": answer.text, "stopReason": answer.stop_reason, "usage": dict(answer.usage)}
        return CreateResult(f"invocation-{secrets.token_hex(8)}", {**props, **outputs})

    @one_line
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """An answer is what it was: there is nothing to ask AWS."""
        return ReadResult(id_, dict(props))

    @one_line
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Takes over a changed timeout."""
        kept = {key: value for key, value in _olds.items() if key != "timeouts"}
        return UpdateResult({**kept, **{key: _news[key] for key in ("timeouts",) if key in _news}})

    @one_line
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing to do: a call leaves nothing behind."""


def _failures(props: Mapping[str, Any]) -> Iterator[str]:
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
    yield from option_failures(props)


def _texts(value: Any) -> list[str]:
    """Every string in a request: a prompt may be secret, and AWS may repeat it."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item) if text not in ("user", "assistant")]
