"""`ModelInvocation` in the host: one Converse call when it is created, tried until the deployment answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from arns import ARN
from dynamic_host import UNKNOWN, DynamicHost, HostError, Stored
from fake_clock import FakeClock
from pulumi_bedrock import serialized
from pulumi_bedrock.local import LocalBedrock

MESSAGES = [{"role": "user", "content": [{"text": "Say hello."}]}]

INPUTS: dict[str, Any] = {
    "modelId": ARN,
    "prompt": "Say hello.",
    "system": [{"text": "Be kind."}],
    "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "stopSequences": ["END"]},
    "triggers": {"release": "1"},
    "region": "us-east-1",
    "timeouts": {"create": "5m"},
}


@pytest.fixture
def host(start_host: Callable[..., DynamicHost]) -> DynamicHost:
    """A host process whose resources are invocations."""
    return start_host(make=serialized.invocation)


@pytest.fixture
def model_id(model_arn: str, local_bedrock: LocalBedrock) -> str:
    """A deployment that answers; its ARN."""
    answer = local_bedrock.client("bedrock").create_custom_model_deployment(
        modelDeploymentName="support-bot", modelArn=model_arn
    )
    return str(answer["customModelDeploymentArn"])


def failure_of(host: DynamicHost, inputs: dict[str, Any]) -> str:
    with pytest.raises(HostError) as failure:
        host.create(inputs)
    line = str(failure.value).removesuffix("\n")
    assert "\n" not in line
    return line


def test_create_invokes_model_once_and_stores_response(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock
) -> None:
    created = host.create({"modelId": model_id, "prompt": "Say hello.", "triggers": {"release": "1"}})

    assert created.id.startswith("invocation-")
    assert created.outputs == {
        "modelId": model_id,
        "prompt": "Say hello.",
        "triggers": {"release": "1"},
        "outputText": "support-bot, which serves support, was told: Say hello.",
        "stopReason": "end_turn",
        "usage": {"inputTokens": 2, "outputTokens": 8, "totalTokens": 10},
    }
    assert local_bedrock.counts()["Converse"] == 1


def test_messages_system_and_inference_config_are_sent(host: DynamicHost, model_id: str) -> None:
    created = host.create(
        {
            "modelId": model_id,
            "messages": MESSAGES,
            "system": [{"text": "Be kind today."}],
            "inferenceConfig": {"maxTokens": 3},
        }
    )

    assert created.outputs["outputText"] == "support-bot, which serves"
    assert created.outputs["stopReason"] == "max_tokens"
    assert created.outputs["usage"]["inputTokens"] == 5


def test_invocation_retries_while_model_is_not_ready(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.set_status(model_id, "Creating")
    clock.after(40, lambda: local_bedrock.set_status(model_id, "Active"))

    created = host.create({"modelId": model_id, "prompt": "Hello"})

    assert created.outputs["stopReason"] == "end_turn"
    assert sum(clock.slept) >= 40


@pytest.mark.parametrize(
    "error",
    [
        "ModelNotReadyException",
        "ThrottlingException",
        "ServiceUnavailableException",
        "InternalServerException",
    ],
)
def test_invocation_retries_transient_errors(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, error: str
) -> None:
    local_bedrock.add_fault(operation="Converse", error=error, count=10)

    host.create({"modelId": model_id, "prompt": "Hello"})

    assert local_bedrock.counts()["Converse"] == 11


@pytest.mark.parametrize(("timeouts", "minutes"), [({}, 9), ({"create": "30m"}, 29)])
def test_invocation_throttled_by_other_callers_lasts_its_timeout(
    host: DynamicHost,
    model_id: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    timeouts: dict[str, str],
    minutes: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A deployed model may have a quota of four requests a minute, and production traffic uses it up."""
    local_bedrock.add_fault(operation="Converse", error="ThrottlingException", message="Too many requests.")
    clock.after(minutes * 60, local_bedrock.clear_faults)

    created = host.create({"modelId": model_id, "prompt": "Hello", "timeouts": timeouts})

    assert created.outputs["stopReason"] == "end_turn"
    assert minutes * 60 <= sum(clock.slept) < (minutes + 1) * 60
    rows = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("Throttled, waiting for the model")
    ]
    assert rows[0].startswith(f"Throttled, waiting for the model to answer (0 s of {minutes + 1} min)")
    assert len(rows) > minutes, "a row every 30 s, and fewer when the pauses are that long"
    assert local_bedrock.counts()["Converse"] < 5 * minutes + 60


def test_throttled_invocation_that_times_out_names_the_quota(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    local_bedrock.add_fault(operation="Converse", error="ThrottlingException", message="Too many requests.")

    assert failure_of(host, {"modelId": model_id, "prompt": "Hello"}) == (
        f"WaitTimeout: model {model_id}: no answer after 10 min. The last error was: AWS said: Too many requests. Its "
        "other callers share a quota of few requests a minute (pulumi_bedrock's docs/aws.md). Set a longer "
        "custom_timeouts create."
    )


NOT_REPEATED = (
    "Run the command again. It was not repeated automatically, since AWS may charge each call. If it timed out, set a "
    "longer custom_timeouts create."
)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "delay", "seconds": 2}, 'Read timeout on endpoint URL: "{}".'),
        (
            {"kind": "close", "when": "after"},
            'Connection was closed before we received a valid response from endpoint URL: "{}".',
        ),
        ({"error": "GatewayTimeout", "status": 504, "message": "Try again."}, "Try again. (HTTP 504)"),
    ],
    ids=["slow", "closed", "504"],
)
def test_invocation_is_not_repeated_after_lost_answer(
    start_host: Callable[..., DynamicHost], model_id: str, local_bedrock: LocalBedrock, fault: dict[str, Any], said: str
) -> None:
    host = start_host({"aws:maxRetries": "4"}, make=serialized.invocation)
    url = f"{local_bedrock.endpoint_url}/model/{quote(model_id, safe='')}/converse"
    local_bedrock.add_fault(operation="Converse", **fault)

    assert failure_of(host, {"modelId": model_id, "prompt": "Hello", "timeouts": {"create": "1s"}}) == (
        f"AnswerLost: model {model_id}: the answer to bedrock:InvokeModel was lost: {said.format(url)} {NOT_REPEATED}"
    )
    assert local_bedrock.counts()["Converse"] == 1


def test_invocation_after_lost_answer_succeeds_in_the_next_run(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.add_fault(operation="Converse", kind="close", when="after", count=1)
    failure_of(host, {"modelId": model_id, "prompt": "Hello"})

    assert host.create({"modelId": model_id, "prompt": "Hello"}).outputs["stopReason"] == "end_turn"
    assert local_bedrock.counts()["Converse"] == 2


def test_invocation_is_not_called_at_the_deadline(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, clock: FakeClock
) -> None:
    """Nobody would wait for the answer, and AWS may charge the call."""
    local_bedrock.set_status(model_id, "Creating")
    clock.after(2.5, lambda: local_bedrock.set_status(model_id, "Active"))

    failure_of(host, {"modelId": model_id, "prompt": "Hello", "timeouts": {"create": "2.5s"}})

    assert local_bedrock.counts()["Converse"] == 3


def test_invocation_retries_while_deployment_is_not_found(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, capsys: pytest.CaptureFixture[str]
) -> None:
    local_bedrock.add_fault(operation="Converse", error="ResourceNotFoundException", count=5)

    host.create({"modelId": model_id, "prompt": "Hello"})

    [first, last] = capsys.readouterr().out.splitlines()
    assert first.startswith("not found yet, waiting for the model to answer (0 s of 10 min): ")
    assert last.startswith("Answered after ")


def test_invocation_fails_when_deployment_is_missing_for_30_seconds(
    host: DynamicHost, model_id: str, clock: FakeClock
) -> None:
    nobody = f"{model_id[:-12]}zzzzzzzzzzzz"

    said = failure_of(host, {"modelId": nobody, "prompt": "Hello"})

    assert said.startswith(f"ResourceNotFound: model {nobody}: AWS said: ")
    assert said.endswith("Check model_id: it must be the ARN of a deployment in this account and Region.")
    assert 30 < sum(clock.slept) < 40


@pytest.mark.parametrize(("timeouts", "minutes"), [({}, 10), ({"create": "3m"}, 3)])
def test_invocation_times_out_when_model_never_answers(
    host: DynamicHost,
    model_id: str,
    local_bedrock: LocalBedrock,
    clock: FakeClock,
    timeouts: dict[str, str],
    minutes: int,
) -> None:
    local_bedrock.set_status(model_id, "Creating")

    said = failure_of(host, {"modelId": model_id, "prompt": "Hello", "timeouts": timeouts})

    assert said.startswith(
        f"WaitTimeout: model {model_id}: no answer after {minutes} min. The last error was: AWS said:"
    )
    assert said.endswith("Set a longer custom_timeouts create.")
    assert sum(clock.slept) == pytest.approx(minutes * 60)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            "AccessDeniedException",
            "AccessDenied: model {}: AWS said: No. Allow bedrock:InvokeModel to the identity that runs Pulumi.",
        ),
        (
            "ValidationException",
            "ValidationFailed: model {}: AWS said: No. Change the arguments that AWS names.",
        ),
        (
            "ExpiredTokenException",
            "CredentialsExpired: model {}: AWS said: No. Sign in again (for instance with `aws sso login`), then "
            "run the command again.",
        ),
    ],
)
def test_other_errors_fail_with_one_line(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock, error: str, said: str
) -> None:
    local_bedrock.add_fault(operation="Converse", error=error, message="No.")

    assert failure_of(host, {"modelId": model_id, "prompt": "Hello"}) == said.format(model_id)


def test_prompt_in_aws_error_is_redacted(host: DynamicHost, model_id: str, local_bedrock: LocalBedrock) -> None:
    local_bedrock.add_fault(
        operation="Converse",
        error="ValidationException",
        message="'s3cret words' after 'be s3cret' is refused.",
    )

    said = failure_of(host, {"modelId": model_id, "prompt": "s3cret words", "system": [{"text": "be s3cret"}]})

    assert "AWS said: '[redacted]' after '[redacted]' is refused." in said


def test_region_is_taken_from_arn(start_host: Callable[..., DynamicHost], model_id: str) -> None:
    host = start_host({"aws:region": "eu-west-1"}, make=serialized.invocation)

    assert host.create({"modelId": model_id, "prompt": "Hello"}).outputs["stopReason"] == "end_turn"


def test_delete_and_read_call_nothing(host: DynamicHost, model_id: str, local_bedrock: LocalBedrock) -> None:
    created = host.create({"modelId": model_id, "prompt": "Hello"})
    local_bedrock.clear_requests()

    read = host.read(created.id, created.outputs)
    host.delete(created.id, created.outputs)

    assert (read.id, read.outputs) == (created.id, created.outputs)
    assert local_bedrock.requests() == []


# check


def test_check_accepts_valid_and_unknown_inputs(host: DynamicHost) -> None:
    for given in (
        INPUTS,
        {"modelId": UNKNOWN, "prompt": UNKNOWN},
        {"modelId": ARN, "messages": [{"role": "user", "content": [{"text": UNKNOWN}]}]},
        {
            "modelId": ARN,
            "messages": UNKNOWN,
            "system": UNKNOWN,
            "inferenceConfig": UNKNOWN,
            "triggers": UNKNOWN,
        },
    ):
        checked = host.check(given)
        assert checked.failures == []
        assert checked.inputs == given


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (
            {"prompt": "Hello"},
            [
                "modelId: is required; give the ARN of the deployment to call "
                "(an output has no value if its resource failed)"
            ],
        ),
        ({"modelId": ARN}, ["prompt, messages: both are missing; give one of them"]),
        (
            {"modelId": ARN, "prompt": "Hello", "messages": MESSAGES},
            ["prompt: give either prompt or messages, and not both"],
        ),
        ({"modelId": ARN, "prompt": "  "}, ["prompt: must be a string that isn't blank"]),
        (
            {"modelId": ARN, "messages": [{"role": "s3cret", "content": [{"txt": "s3cret"}]}]},
            [
                "messages[0].role: must be one of user, assistant",
                "messages[0].content[0].txt: is not known to AWS",
            ],
        ),
        (
            {
                "modelId": ARN,
                "prompt": "Hello",
                "inferenceConfig": {"maxTokens": 0, "temperature": "hot"},
            },
            [
                "inferenceConfig.maxTokens: must be at least 1",
                "inferenceConfig.temperature: must be a number, and this is a string",
            ],
        ),
        (
            {"modelId": ARN, "prompt": "Hello", "timeouts": {"create": "soon"}},
            ['custom_timeouts: create must be a positive duration such as "45m" or "1h30m"'],
        ),
    ],
    ids=["no model", "no prompt", "both", "blank", "messages", "limits", "timeouts"],
)
def test_check_reports_failures_without_values(host: DynamicHost, given: dict[str, Any], reasons: list[str]) -> None:
    checked = host.check(given)

    for said, expected in zip(sorted(checked.reasons), sorted(reasons), strict=True):
        assert said.startswith(expected)
    assert {name for name, _ in checked.failures} == {""}
    assert "s3cret" not in "".join(checked.reasons)


# diff


def test_same_inputs_are_no_change(host: DynamicHost) -> None:
    outputs = {**INPUTS, "outputText": "Hello", "stopReason": "end_turn", "usage": {"inputTokens": 1}}

    assert not host.diff(outputs, INPUTS).changes


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("modelId", ARN.replace("12", "34")),
        ("prompt", "Say goodbye."),
        ("messages", MESSAGES),
        ("system", [{"text": "Be brief."}]),
        ("inferenceConfig", {"maxTokens": 99}),
        ("triggers", {"release": "2"}),
        ("region", "eu-west-1"),
    ],
)
def test_any_changed_input_forces_replacement(host: DynamicHost, key: str, value: Any) -> None:
    for new in (value, UNKNOWN):
        answer = host.diff(INPUTS, {**INPUTS, key: new})
        assert (answer.changes, answer.replaces) == (True, [key])


def test_unknown_value_inside_input_is_change(host: DynamicHost) -> None:
    assert host.diff(INPUTS, {**INPUTS, "triggers": {"release": UNKNOWN}}).replaces == ["triggers"]


def test_changed_timeouts_are_update_without_call(
    host: DynamicHost, model_id: str, local_bedrock: LocalBedrock
) -> None:
    created: Stored = host.create({"modelId": model_id, "prompt": "Hello"})
    news = {"modelId": model_id, "prompt": "Hello", "timeouts": {"create": "1m"}}
    local_bedrock.clear_requests()

    answer = host.diff(created.outputs, news)
    updated = host.update(created.id, created.outputs, news)

    assert (answer.changes, answer.replaces) == (True, [])
    assert updated.outputs == {**created.outputs, "timeouts": {"create": "1m"}}
    assert local_bedrock.requests() == []
