"""A new version of the package uses the state that an older one has written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pulumi_bedrock
import pytest
from pulumi_bedrock.local import LocalBedrock
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack

pytestmark = pytest.mark.usefixtures("nothing_lost")

CHANGED = """

import pathlib, importlib.metadata
pathlib.Path({witness!r}).write_text(importlib.metadata.version("pulumi-bedrock"))


class _Changed(DeploymentProvider):
    '''Code that wasn't there when the stack was made.'''


DeploymentProvider = _Changed
"""


@scenario(
    "The package is upgraded, then `up` and `destroy`",
    "`up` shows no diff, and `destroy` works: the state stores the name of the provider's code, not the code.",
)
def test_upgraded_package_shows_no_diff_and_destroys(
    stack: ScenarioStack, local: LocalBedrock, model: str, tmp_path: Path
) -> None:
    stack.declare(model_arn=model)
    stack.up()
    before = stack.resource()["inputs"]["__provider"]

    witness = tmp_path / "version-of-the-host"
    site = _upgraded(tmp_path / "site", witness)
    stack.environment["PYTHONPATH"] = str(site)
    local.clear_requests()
    stack.up("--expect-no-changes")
    assert local.counts() == {}
    assert witness.read_text() == "99.0.0", "the upgraded package ran in the host"
    assert stack.resource()["inputs"]["__provider"] == before
    stack.destroy()
    assert (local.deployments(), stack.recorded) == ([], set())


def _upgraded(site: Path, witness: Path) -> Path:
    """Make a folder with another version of the package, with changed code of the provider."""
    installed = Path(pulumi_bedrock.__file__).parent
    shutil.copytree(installed, site / "pulumi_bedrock", ignore=shutil.ignore_patterns("__pycache__"))
    with (site / "pulumi_bedrock/host/deployment_provider.py").open("a") as code:
        code.write(CHANGED.format(witness=str(witness)))
    metadata = site / "pulumi_bedrock-99.0.0.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: pulumi-bedrock\nVersion: 99.0.0\n")
    return site
