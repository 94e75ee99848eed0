"""`make local`: the instructions that it prints, and the error for a port that is in use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TOOL = TOP / "tools/local.py"
ENDPOINT = "http://127.0.0.1:4599"
OTHER_ENDPOINT = "http://127.0.0.1:4600"

# A process of its own: the tests have folders with the names of modules in tools/.
INSTRUCTIONS = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(TOOL.parent)!r})
import local

class WithTwoModels(local.LocalBedrock):
    def custom_models(self, region=None):
        return [{{"modelArn": "arn:v1"}}, {{"modelArn": "arn:v2"}}]

print(local.instructions(WithTwoModels(sys.argv[1]), Path(sys.argv[2])))
"""


@pytest.mark.parametrize(
    ("endpoint", "set_endpoint"),
    [
        (ENDPOINT, []),
        (
            OTHER_ENDPOINT,
            [
                "pulumi config set-all --path "
                f"--plaintext 'aws:endpoints[0].bedrock={OTHER_ENDPOINT}' "
                f"--plaintext 'aws:endpoints[0].bedrockruntime={OTHER_ENDPOINT}' "
                f"--plaintext 'aws:endpoints[0].sts={OTHER_ENDPOINT}'"
            ],
        ),
    ],
)
def test_instructions_hold_one_recipe(tmp_path: Path, endpoint: str, set_endpoint: list[str]) -> None:
    environment = tmp_path / "env"
    lines = run("-c", INSTRUCTIONS, endpoint, str(environment)).stdout.splitlines()
    assert lines[0] == f"In another terminal, in {TOP}:"
    assert [line.partition("  # ")[0].strip() for line in lines if line.startswith("  ")] == [
        f". {os.path.relpath(environment, TOP)}",
        "pulumi stack select --create local",
        *set_endpoint,
        "pulumi up",
        'python tools/converse.py "Where is my order?"',
        "pulumi config set modelArn arn:v2",
        "pulumi up",
        "pulumi destroy",
        "git checkout Pulumi.local.yaml",
    ]
    shell = f'. {environment} && echo "$AWS_ENDPOINT_URL" "$PULUMI_HOME"'
    sourced = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=True)
    assert sourced.stdout.split() == [endpoint, str(tmp_path / "home")]


@pytest.mark.parametrize("active", [None, "/project/.venv"])
def test_active_virtual_environment_stays_first_on_path(tmp_path: Path, active: str | None) -> None:
    environment = tmp_path / "env"
    run("-c", INSTRUCTIONS, ENDPOINT, str(environment))
    variables = {"PATH": "/usr/bin:/bin"} | ({"VIRTUAL_ENV": active} if active else {})
    shell = ["/bin/sh", "-eu", "-c", f'. {environment} && echo "$PATH"']
    path = subprocess.run(shell, capture_output=True, text=True, check=True, env=variables).stdout.strip()
    first = [f"{active}/bin"] if active else []
    assert path.split(":") == [*first, str(TOP / ".venv/bin"), str(TOP / ".tools/bin"), "/usr/bin", "/bin"]


def test_port_in_use_is_one_line_that_names_the_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(str(TOOL), "--port", str(port))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use. "
        f"Choose another port with make local PORT={port + 1}.\n"
    )


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False)
