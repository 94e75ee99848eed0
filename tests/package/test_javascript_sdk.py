"""The JavaScript SDK, installed from a registry, works with a deployment and reads its streams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pulumi_bedrock.local import LocalBedrock

PACKAGES = ("@aws-sdk/client-bedrock@3", "@aws-sdk/client-bedrock-runtime@3", "@smithy/node-http-handler@4")
PROGRAM = Path(__file__).with_name("javascript_sdk.mjs")
SAID = "support-bot, which serves support-bot-v1, was told: Sag Grüße 👋."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the SDK and the program."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed here")
    folder = tmp_path_factory.mktemp("javascript-sdk")
    (folder / "package.json").write_text('{"name": "bot", "private": true}')
    install = ["npm", "install", "--engine-strict", "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True)
    if "EBADENGINE" in done.stderr:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        pytest.skip(f"the SDK needs a newer node than the {version} that is installed here")
    assert done.returncode == 0, done.stderr
    shutil.copy(PROGRAM, folder)
    return folder


def test_deployment_serves_streams_to_the_sdk(
    project: Path, local_bedrock_in_environment: None, local_bedrock: LocalBedrock
) -> None:
    local_bedrock.set_activation(seconds=0.5)
    first, second = (local_bedrock.create_custom_model(name) for name in ("support-bot-v1", "support-bot-v2"))
    done = subprocess.run(
        ["node", PROGRAM.name, first, second],
        cwd=project,
        env={**os.environ, "AWS_MAX_ATTEMPTS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    arn = seen.pop("arn")
    words = ["support-bot,", " which", " serves", " support-bot-v1,", " was", " told:", " Sag", " Grüße", " 👋."]
    metadata = {"usage": {"inputTokens": 3, "outputTokens": 9, "totalTokens": 12}, "metrics": {"latencyMs": 1}}
    events = [
        {"messageStart": {"role": "assistant"}},
        *({"contentBlockDelta": {"delta": {"text": word}, "contentBlockIndex": 0}} for word in words),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": metadata},
    ]
    invocation = {"inputTokenCount": 3, "outputTokenCount": 9, "invocationLatency": 1, "firstByteLatency": 1}
    assert seen == {
        "converse": SAID,
        "converseStream": events,
        "contentType": "application/json",
        "chunks": [*events[:-1], {"metadata": metadata, "amazon-bedrock-invocationMetrics": invocation}],
        "modelArn": second,
        "modelStatus": "Active",
        "listed": [True],
        "tags": [{"key": "team", "value": "support"}],
        "modelInUse": f"ConflictException: The custom model {second} is used by the deployment {arn}.",
        "afterDelete": f"ResourceNotFoundException: Could not find the custom model deployment {arn}.",
        "unserved": "UnknownOperationException: The local Bedrock does not serve ListGuardrails.",
        "http2": "Error: Protocol error",
    }
    assert local_bedrock.deployments() == []
    assert [model["modelArn"] for model in local_bedrock.custom_models()] == [first, second]
    counts = local_bedrock.counts()
    assert (counts["Converse"], counts["ConverseStream"], counts["InvokeModelWithResponseStream"]) == (1, 2, 1)
    assert counts["UpdateCustomModelDeployment"] == 1


def test_documentation_shows_the_clients_of_the_program() -> None:
    page = (Path(__file__).parents[2] / "docs/testing.md").read_text()
    line = "const runtime = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });"
    assert f"\n{line}\n" in page
    assert f"\n{line}\n" in PROGRAM.read_text()
