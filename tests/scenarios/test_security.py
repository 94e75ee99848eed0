"""Credentials are never in clear text in state, output or logs, and only this machine can reach the local Bedrock."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi_bedrock.aws.deployments import ACTIONS
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack


@pytest.mark.usefixtures("nothing_lost")
@scenario(
    "After a whole life cycle (`up`, kill, failure, resume, replacement, `refresh`, `destroy`), somebody searches for "
    "the credentials",
    "No state, backup, output or log contains them in clear text. The stack used only IAM actions that are documented.",
)
def test_credentials_are_in_no_state_output_or_log(
    stack: ScenarioStack, local: LocalBedrock, model: str, other_model: str, tmp_path: Path
) -> None:
    logged = ("--logtostderr", "--verbose", "5", "--debug")
    environment, configuration = _credentials("environment"), _credentials("configuration")
    stack.environment |= {"TMPDIR": str(tmp_path)} | dict(
        zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), environment, strict=True)
    )
    stack.declare(model_arn=model)
    local.set_activation(manual=True)
    running = stack.start("up", "--yes", "--skip-preview", *logged)
    running.says("Creating, waiting for Active")
    running.kill_host()
    local.add_fault(error="ExpiredTokenException", message="Expired", count=1)
    stack.up(*logged, fails=True)
    local.set_activation(seconds=0)
    stack.up(*logged)

    for name, value in zip(("accessKey", "secretKey", "token"), configuration, strict=True):
        stack.set_secret(f"aws:{name}", value)
    stack.declare(model_arn=other_model)
    stack.up("--refresh", *logged)
    stack.pulumi("stack", "export")
    stack.destroy(*logged)

    assert set(local.counts()) <= {action.removeprefix("bedrock:") for action in ACTIONS}
    everything = [stack.screen.encode()] + [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(everything) > 10, "state, history, backups and output were looked at"
    for hidden in (*environment, *configuration):
        assert not [content for content in everything if hidden.encode() in content], hidden


def _credentials(given: str) -> tuple[str, str, str]:
    """Return a key ID, a key and a session token, each with its source in it."""
    return f"AKIDHUSH{given.upper()}", f"hush/secret+access/key/{given}", f"hush-session-token-{given}"


@scenario(
    "Another machine tries to connect to the local Bedrock",
    "The local Bedrock listens on the loopback address only, unless told otherwise.",
)
def test_local_bedrock_listens_on_the_loopback_only(local: LocalBedrock) -> None:
    assert local._server is not None
    command = [sys.executable, "-m", "pulumi_bedrock.local", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            address = re.search(r"http://([^:]+):(\d+)", started.stdout.readline())
            assert address is not None
            assert address[1] == "127.0.0.1"
            for port in (int(address[2]), local._server.port):
                socket.create_connection(("127.0.0.1", port)).close()
                with pytest.raises(ConnectionRefusedError):
                    # All of 127.0.0.0/8 is this machine: a server on 0.0.0.0 would answer here.
                    socket.create_connection(("127.0.0.2", port)).close()
        finally:
            started.kill()
