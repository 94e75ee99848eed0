"""Call a deployed model with Converse, and retry until the deployment is ready to answer.

AWS charges each call. So a call is repeated when AWS has answered that it didn't serve it, but not when the answer was
lost: then the model may have answered, and whoever runs Pulumi decides whether to call it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import format_duration
from pulumi_bedrock.values.redaction import Redaction

from .error_mapping import map_errors
from .waiting import Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = ["ACTIONS", "Answer", "converse"]

ACTIONS = ("bedrock:InvokeModel",)
"""IAM has no action of its own for Converse; InvokeModel's allows it."""

NOT_FOUND_GRACE = 30.0
"""Seconds in which the runtime endpoint may not know a new deployment."""


@dataclass(frozen=True)
class Answer:
    """A model's answer.

    :param usage: Tokens, as boto3 spells them: `inputTokens`, `outputTokens`, `totalTokens`.
    """

    text: str = field(repr=False)
    stop_reason: str
    usage: Mapping[str, int]


def converse(
    client_for: Callable[[float], BedrockRuntimeClient],
    request: Mapping[str, Any],
    *,
    deadline: Deadline,
    progress: Callable[[str], None] = lambda _line: None,
    name: str = "",
    redact: Redaction | None = None,
) -> Answer:
    """Call a model until it has answered once.

    IAM: bedrock:InvokeModel on the deployment.

    :param client_for: Returns a client that waits so many seconds for an answer, and makes one attempt for each call.
    :param request: The arguments of boto3's `converse`.
    :param name: Which call this is, in lines of progress; left out, it is the deployment's ID.
    :raises AnswerLost: when the connection broke before the answer, or the deadline passed while the model worked.
    :raises WaitTimeout: when the deployment isn't ready at the deadline.
    :raises BedrockError: on every other error.
    """
    model_id = request["modelId"]
    wait = Wait(deadline, show=progress, name=name or model_id.rpartition("/")[2], target="the model to answer")
    for waited in wait:
        if deadline.remaining <= 0:
            break  # a call that nobody would wait for
        try:
            with wait.retry_transient(lost_answers=False):
                answer = _call(client_for(deadline.remaining), request, redact)
                wait.done("Answered")
                return answer
        except errors.AnswerLost as lost:
            raise lost.with_advice(
                "It was not repeated automatically, since AWS may charge each call. If it timed out, set a longer "
                "custom_timeouts create."
            ) from lost
        except errors.ResourceNotFound:
            if waited > NOT_FOUND_GRACE:
                raise
            wait.progress("not found yet")
    last_error = wait.last_error.message if wait.last_error else "not found."
    raise errors.WaitTimeout(
        f"no answer after {format_duration(deadline.timeout)}. The last error was: {last_error} "
        "Set a longer custom_timeouts create.",
        subject=f"model {model_id}",
    )


def _call(client: BedrockRuntimeClient, request: Mapping[str, Any], redact: Redaction | None) -> Answer:
    with map_errors(
        "bedrock:InvokeModel",
        subject=f"model {request['modelId']}",
        region=str(client.meta.region_name),
        redact=redact,
        not_found="Check model_id: it must be the ARN of a deployment in this account and Region.",
    ):
        answer = client.converse(**request)
    return Answer(
        text="".join(block.get("text", "") for block in answer["output"]["message"]["content"]),
        stop_reason=answer["stopReason"],
        usage={key: answer["usage"][key] for key in ("inputTokens", "outputTokens", "totalTokens")},
    )
