"""Starts ``python -m pulumi_bedrock.local`` as a user does, and waits for the line that says it is ready."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.config import Config

__all__ = ["ONE_ATTEMPT", "Served", "serve"]

# One attempt, so that each call is one request; unchecked, so that what is invalid reaches the server.
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


@dataclass
class Served:
    """A running command, and what it printed until it was ready."""

    process: subprocess.Popen[str]
    printed: list[str]

    @property
    def endpoint_url(self) -> str:
        """Where it listens, as it says itself."""
        return self.printed[0].split(" at ")[1].split(",")[0]


@contextmanager
def serve(*arguments: str, **environment: str) -> Iterator[Served]:
    """Run the command until the block is left; `environment` is added to this process's own."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "error::ResourceWarning",
            "-m",
            "pulumi_bedrock.local",
            "--port",
            "0",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": ""} | environment,
    )
    assert process.stdout
    assert process.stderr
    try:
        printed = []
        for line in process.stdout:
            printed.append(line.rstrip("\n"))
            if line.startswith("Ready."):
                break
        else:
            raise AssertionError(f"the local Bedrock didn't start: {process.stderr.read()}")
        yield Served(process, printed)
    finally:
        process.terminate()
        process.communicate(timeout=30)
