"""The command `pulumi-bedrock-orphans`."""

from __future__ import annotations

import subprocess
import sys

from .stacks import ScenarioStack

__all__ = ["orphans"]


def orphans(stack: ScenarioStack, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "pulumi_bedrock.orphans", "--stack", stack.name, *flags],
        cwd=stack.work,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
