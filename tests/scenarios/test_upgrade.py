"""A new version of the package uses the state that an older one has written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pulumi_bedrock
import pytest
from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.values.kinds import CUSTOM_MODEL, DEPLOYMENT, Kind
from scenarios.outcomes import scenario
from scenarios.stacks import ScenarioStack
from scenarios.subject import Subject, both

pytestmark = pytest.mark.usefixtures("nothing_lost")

PROVIDERS = {
    DEPLOYMENT: ("deployment_provider.py", "DeploymentProvider"),
    CUSTOM_MODEL: ("custom_model_provider.py", "CustomModelProvider"),
}
CHANGED = """

import pathlib, importlib.metadata
pathlib.Path({witness!r}).write_text(importlib.metadata.version("pulumi-bedrock"))


class _Changed({provider}):
    '''Code that wasn't there when the stack was made.'''


{provider} = _Changed
"""


@scenario(
    "The package is upgraded, then `up` and `destroy`",
    "`up` shows no diff, and `destroy` works: the state stores the name of the provider's code, not the code.",
)
@both
def test_upgraded_package_shows_no_diff_and_destroys(
    stack: ScenarioStack, subject: Subject, local: LocalBedrock, tmp_path: Path
) -> None:
    subject.declare(stack)
    stack.up()
    before = stack.resource()["inputs"]["__provider"]

    witness = tmp_path / "version-of-the-host"
    site = _upgraded(tmp_path / "site", witness, subject.kind)
    stack.environment["PYTHONPATH"] = str(site)
    local.clear_requests()
    stack.up("--expect-no-changes")
    assert local.counts() == {}
    assert witness.read_text() == "99.0.0", "the upgraded package ran in the host"
    assert stack.resource()["inputs"]["__provider"] == before
    stack.destroy()
    assert (subject.live(), stack.recorded) == ([], set())


def _upgraded(site: Path, witness: Path, kind: Kind) -> Path:
    """Make a folder with another version of the package, with changed code of the provider."""
    installed = Path(pulumi_bedrock.__file__).parent
    shutil.copytree(installed, site / "pulumi_bedrock", ignore=shutil.ignore_patterns("__pycache__"))
    module, provider = PROVIDERS[kind]
    with (site / "pulumi_bedrock/host" / module).open("a") as code:
        code.write(CHANGED.format(witness=str(witness), provider=provider))
    metadata = site / "pulumi_bedrock-99.0.0.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: pulumi-bedrock\nVersion: 99.0.0\n")
    return site
