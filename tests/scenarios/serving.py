"""Local Bedrocks in processes of their own, so that several scenarios can run at the same time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.server import LocalBedrockServer
from scenarios.condition import eventually

__all__ = ["accounts", "unreachable"]


@contextmanager
def accounts(names: list[str], folder: Path) -> Iterator[dict[str, LocalBedrock]]:
    """Start one account for each name with `python -m pulumi_bedrock.local`; tests control it over HTTP."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in names:
            command = [sys.executable, "-m", "pulumi_bedrock.local", "--port", "0", "--activation-seconds", "0"]
            with (folder / f"{name}.txt").open("wb") as output:
                started[name] = subprocess.Popen(
                    [*command, "--deletion-seconds", "0"], stdout=output, stderr=subprocess.STDOUT
                )
        yield {name: LocalBedrock(_address(folder / f"{name}.txt")) for name in names}
    finally:
        for process in started.values():
            process.kill()
        for process in started.values():
            process.wait()


@contextmanager
def unreachable(local: LocalBedrock) -> Iterator[None]:
    """Stop the server inside the block. Then start it again on the same port, with the same account."""
    server = local._server
    assert server is not None
    server.stop()
    try:
        yield
    finally:
        local._server = LocalBedrockServer(host="127.0.0.1", port=server.port)
        local._server.start()


def _address(output: Path) -> str:
    found = eventually(
        lambda: re.search(r"^Local Bedrock at (http://\S+),", output.read_text(), re.M), "a local Bedrock"
    )
    return found[1]
