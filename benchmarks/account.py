"""A local Bedrock in its own process, so that its work isn't counted as that of its callers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.quotas import QUOTA, QUOTA_IN_PROGRESS

__all__ = ["LIMIT", "NO_QUOTAS", "QUOTAS", "local_bedrock"]

LIMIT = 10
"""The limit for each operation, in requests per second; also the size of a burst."""

QUOTAS = (f"--quota-in-progress={QUOTA_IN_PROGRESS}", f"--quota={QUOTA}")
"""The quotas that an account has until they are raised."""

NO_QUOTAS = ("--quota-in-progress=none", "--quota=none")
"""Stands for raised quotas: AWS's own allow no benchmark of many at once."""


@contextmanager
def local_bedrock(activation: float, quotas: tuple[str, str] = NO_QUOTAS) -> Iterator[LocalBedrock]:
    """An account with those quotas of deployments, whose deployments take `activation` seconds."""
    command = [
        sys.executable,
        "-m",
        "pulumi_bedrock.local",
        "--port=0",
        f"--activation-seconds={activation}",
        *quotas,
    ]
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
