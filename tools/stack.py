"""How the stack in this checkout is run on a local Bedrock, for the demo and for `make local`."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["LOCAL_ENDPOINT", "MODELS", "PROGRAMS", "STACK", "TOP", "pulumi_variables", "stack_environment"]

TOP = Path(__file__).resolve().parent.parent
STACK = "local"
PASSPHRASE = "testing"
MODELS = ("support-bot-v1", "support-bot-v2")
"""Custom models to start with. Their ARNs follow from their names; Pulumi.local.yaml has the first one's."""


def _local_endpoint() -> str:
    found = re.search(r"bedrock: (http://\S+)", (TOP / f"Pulumi.{STACK}.yaml").read_text())
    assert found, f"Pulumi.{STACK}.yaml names no endpoint"
    return found[1]


LOCAL_ENDPOINT = _local_endpoint()
"""Where Pulumi.local.yaml expects the local Bedrock."""


PROGRAMS = (str(TOP / ".venv/bin"), str(TOP / ".tools/bin"))
"""The folders that come first on PATH: the language host that we build takes its Python from there."""


def pulumi_variables(folder: Path) -> dict[str, str]:
    """What tells the Pulumi CLI to keep the state, and its own files, in that folder."""
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    return {
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # Not ~/.pulumi, where the user's own log-in is.
        "PULUMI_HOME": str(folder / "home"),
        # pulumi-aws is installed, but not used here; its plugin is 100 MB and more.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def stack_environment(folder: Path) -> dict[str, str]:
    """The whole environment for the Pulumi CLI, with its state and its own files in that folder.

    What the user has set for AWS or Pulumi is left out: nothing here may reach a real account.
    """
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    path = os.pathsep.join([*PROGRAMS, os.environ.get("PATH", "")])
    return {**theirs, "PATH": path, **pulumi_variables(folder)}
