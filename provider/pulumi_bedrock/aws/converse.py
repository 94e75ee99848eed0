"""A call to a deployed model, AWS's side of it: Converse, tried until the deployment is ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_bedrock import errors
from pulumi_bedrock.values.durations import spoken
from pulumi_bedrock.values.redaction import Redaction

from .error_mapping import translated
from .waiting import Deadline, Wait

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = ["ACTIONS", "Answer", "converse"]

ACTIONS = ("bedrock:InvokeModel",)
"""Converse is allowed by the action of InvokeModel."""

NOT_FOUND_GRACE = 30.0
"""Seconds in which a deployment that was just made may not be known yet to the part of AWS that serves it."""


@dataclass(frozen=True)
class Answer:
    """What a model said.

    :param usage: Tokens, as boto3 spells them: `inputTokens`, `outputTokens`, `totalTokens`.
    """

    text: str = field(repr=False)
    stop_reason: str
    usage: Mapping[str, int]


def converse(
    client: BedrockRuntimeClient,
    request: Mapping[str, Any],
    *,
    deadline: Deadline,
    report: Callable[[str], None] = lambda _line: None,
    withhold: Redaction | None = None,
) -> Answer:
    """Asks a model once, as soon as it answers.

    IAM: bedrock:InvokeModel on the deployment.

    :param request: The arguments of boto3's `converse`.
    :raises WaitTimeout: when the deployment isn't ready at the deadline.
    :raises BedrockError: for every other answer of AWS's.
    """
    model_id = request["modelId"]
    wait = Wait(deadline, report=report, what=(model_id.rpartition("/")[2], "the model to answer"))
    for waited in wait:
        try:
            with (
                wait.riding_out(),
                translated(
                    "bedrock:InvokeModel",
                    subject=f"model {model_id}",
                    region=str(client.meta.region_name),
                    withhold=withhold,
                    not_found="Check model_id: it must be the ARN of a deployment in this account and Region.",
                ),
            ):
                answer = client.converse(**request)
                return Answer(
                    text="".join(block.get("text", "") for block in answer["output"]["message"]["content"]),
                    stop_reason=answer["stopReason"],
                    usage={key: answer["usage"][key] for key in ("inputTokens", "outputTokens", "totalTokens")},
                )
        except errors.ResourceNotFound:
            if waited > NOT_FOUND_GRACE:
                raise
            wait.progress("not found yet")
    raise errors.WaitTimeout(
        f"model {model_id}: no answer after {spoken(deadline.timeout)}. The last one was: "
        f"{wait.last_error or 'not found'} Give it longer with custom_timeouts create."
    )
