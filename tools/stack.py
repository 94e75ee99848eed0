"""Settings to run this checkout's stack on a local Bedrock, for the demo and for `make local`."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["LOCAL_ENDPOINT", "MODELS", "PROGRAMS", "STACK", "TOP", "pulumi_variables", "stack_environment"]

TOP = Path(__file__).resolve().parent.parent
STACK = "local"
PASSPHRASE = "testing"
MODELS = ("support-bot-v1", "support-bot-v2")
"""The local Bedrock's custom models. Their ARNs depend only on their names; Pulumi.local.yaml has the first one's."""


def _local_endpoint() -> str:
    found = re.search(r"bedrock: (http://\S+)", (TOP / f"Pulumi.{STACK}.yaml").read_text())
    assert found, f"Pulumi.{STACK}.yaml names no endpoint"
    return found[1]


LOCAL_ENDPOINT = _local_endpoint()
"""The local Bedrock's endpoint in Pulumi.local.yaml."""


PROGRAMS = (str(TOP / ".venv/bin"), str(TOP / ".tools/bin"))
"""The folders that come first on PATH: a language host that is built from Go modules takes its Python from there."""


def pulumi_variables(folder: Path) -> dict[str, str]:
    """Return the variables with which the Pulumi CLI keeps the state and its own files in that folder."""
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    return {
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        # Not ~/.pulumi, which has the user's own login.
        "PULUMI_HOME": str(folder / "home"),
        # pulumi-aws is installed, but not used here; its plugin has more than 100 MB.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def stack_environment(folder: Path) -> dict[str, str]:
    """Return the environment for the Pulumi CLI, with its state and its own files in that folder.

    The user's variables for AWS and Pulumi are left out, so that nothing here can reach a real account.
    """
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    path = os.pathsep.join([*PROGRAMS, os.environ.get("PATH", "")])
    return {**theirs, "PATH": path, **pulumi_variables(folder)}
