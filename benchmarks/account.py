"""A local Bedrock in a process of its own, so that what it does isn't counted as the work of those that call it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_bedrock.local import LocalBedrock

__all__ = ["LIMIT", "local_bedrock"]

LIMIT = 10
"""Requests a second that the limit lets through for each operation; as many may come in one burst."""


@contextmanager
def local_bedrock(activation: float) -> Iterator[LocalBedrock]:
    """An account whose deployments take `activation` seconds."""
    command = [sys.executable, "-m", "pulumi_bedrock.local", "--port=0", f"--activation-seconds={activation}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            first = next(iter(server.stdout))
            for line in server.stdout:
                if line.startswith("Ready"):
                    break
            yield LocalBedrock(first.split()[3].rstrip(","))
        finally:
            server.terminate()
            server.communicate()
