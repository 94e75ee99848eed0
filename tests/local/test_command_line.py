"""``python -m pulumi_bedrock.local`` as a user starts it: what it prints, where it listens, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from local.command import serve
from pulumi_bedrock.local import LocalBedrock

ID_OF_A_MODEL = "custom-model/amazon.nova-lite-v1:0:300k/"


def test_command_prints_address_and_settings() -> None:
    with serve("--custom-model", "bot-v1", "--custom-model", "bot-v2", "--region", "eu-west-1") as served:
        local = LocalBedrock(served.endpoint_url, region="eu-west-1")
        arns = [model["modelArn"] for model in local.custom_models("eu-west-1")]
        environment = [f"  export {name}={value}" for name, value in local.environment().items()]
    assert served.printed == [
        f"Local Bedrock at {local.endpoint_url}, with moto's S3, IAM, SSM, STS and other services.",
        "A deployment takes 3 s to become Active, 1 s to be deleted; a custom model takes 0 s. "
        "There is no authentication.",
        "Quotas of deployments: in progress 2, in all 10.",
        f"Custom model bot-v1: {arns[0]}",
        f"Custom model bot-v2: {arns[1]}",
        "To use it:",
        *environment,
        "Ready. Press Ctrl-C to stop it.",
    ]
    assert all(arn.startswith(f"arn:aws:bedrock:eu-west-1:123456789012:{ID_OF_A_MODEL}") for arn in arns)


def test_printed_environment_is_sufficient_for_boto3(monkeypatch: pytest.MonkeyPatch, no_aws_settings: None) -> None:
    with serve("--custom-model", "bot-v1") as served:
        for line in served.printed:
            if line.startswith("  export "):
                monkeypatch.setenv(*line.removeprefix("  export ").split("=", 1))
        bedrock = boto3.Session().client("bedrock")
        found = bedrock.list_custom_models()["modelSummaries"]
        bedrock.close()
    assert [summary["modelName"] for summary in found] == ["bot-v1"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_exits_with_0_after_signal(number: signal.Signals) -> None:
    with serve() as served:
        served.process.send_signal(number)
        printed, complaints = served.process.communicate(timeout=30)
    assert (served.process.returncode, printed, complaints) == (0, "Stopped.\n", "")


def test_activation_and_deletion_seconds_can_be_given() -> None:
    arguments = ["--activation-seconds", "3600", "--deletion-seconds", "3600", "--model-seconds", "3600"]
    with serve(*arguments, "--custom-model", "bot-v1") as served:
        local = LocalBedrock(served.endpoint_url)
        bedrock = local.client("bedrock")
        (model,) = local.custom_models()
        deployed = {"modelDeploymentName": "bot", "modelArn": model["modelArn"]}
        assert model["modelStatus"] == "Active", "a model that the command makes is there to be used"
        bedrock.create_custom_model_deployment(**deployed)
        assert [found["status"] for found in local.deployments()] == ["Creating"]
        local.set_activation(seconds=0)
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="bot")
        assert [found["status"] for found in local.deployments()] == ["Deleting"]
        local.set_deletion(seconds=0)
        assert local.deployments() == []
        bedrock.close()
        local.reset()
        local.create_custom_model("bot-v1", status=None)
        assert [found["modelStatus"] for found in local.custom_models()] == ["Creating"]


def test_server_listens_on_loopback_only(endpoint_url: str) -> None:
    address = urlsplit(endpoint_url)
    assert address.hostname == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    # All of 127/8 is the loopback; bound to one address, the server is on none of the others.
    for other in {"127.0.0.2", *others} - {"127.0.0.1"}:
        with (
            pytest.raises((ConnectionError, TimeoutError)),
            socket.create_connection((other, int(address.port or 0)), timeout=5),
        ):
            pass


def test_server_listens_on_given_host() -> None:
    with serve("--host", "127.0.0.2") as served:
        assert urlsplit(served.endpoint_url).hostname == "127.0.0.2"
        assert LocalBedrock(served.endpoint_url).deployments() == []


def test_command_prints_one_line_per_request(model_arn: str) -> None:
    with serve("--log-requests", "--custom-model", "support-bot-v1") as served:
        local = LocalBedrock(served.endpoint_url)
        local.add_fault(operation="ListCustomModels", error="ThrottlingException", count=1)
        bedrock = local.client("bedrock")
        bedrock.list_custom_models()
        bedrock.get_custom_model(modelIdentifier=model_arn)
        bedrock.close()
        served.process.terminate()
        printed, _ = served.process.communicate(timeout=30)
    assert printed.splitlines() == [
        "ListCustomModels us-east-1 429 ThrottlingException",
        "ListCustomModels us-east-1 200",
        f"GetCustomModel {model_arn} us-east-1 200",
        "Stopped.",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["--custom-model", "no spaces"],
            "error: custom model no spaces: ValidationException: 1 validation error",
        ),
        (
            ["--custom-model", "a", "--region", "us-east-9"],
            "error: custom model a: ValidationException: Amazon Bedr",
        ),
    ],
)
def test_invalid_arguments_fail_with_one_line(arguments: list[str], complaint: str) -> None:
    ended = _run("--port", "0", *arguments)
    assert ended.returncode == 1
    assert ended.stderr.startswith(complaint)
    assert ended.stderr.count("\n") == 1


def test_taken_port_fails_with_one_line(endpoint_url: str) -> None:
    port = urlsplit(endpoint_url).port
    ended = _run("--port", str(port))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use. Choose another port with --port.\n"
    )


def test_missing_extra_is_one_line_with_a_command_that_works(tmp_path: Path) -> None:
    (tmp_path / "moto.py").write_text("raise ModuleNotFoundError(\"No module named 'moto'\", name='moto')\n")
    ended = _run(env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "error: pulumi_bedrock.local needs moto's server, and moto is not installed. "
        "Run: python -m pip install 'pulumi-bedrock[local]'\n"
    )


def test_refused_http_2_names_the_setting_for_javascript() -> None:
    with serve() as served:
        host, _, port = served.endpoint_url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            assert b" 505 " in connection.recv(1000)
        served.process.terminate()
        assert served.process.stderr
        written = served.process.stderr.read()
    assert written.endswith(
        "refused an HTTP/2 connection: the local Bedrock speaks HTTP/1.1. In JavaScript, give BedrockRuntimeClient "
        "requestHandler: new NodeHttpHandler(), from @smithy/node-http-handler.\n"
    )


def test_operation_that_moto_lacks_does_not_stop_server(local: LocalBedrock, client: Callable[..., Any]) -> None:
    agents = local.client("bedrock-agent")
    with pytest.raises(agents.exceptions.ClientError) as caught:
        agents.list_prompts()
    agents.close()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "list_prompts action has not been implemented" in str(caught.value)
    assert client().list_custom_models()["modelSummaries"] == []


def _run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pulumi_bedrock.local", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
