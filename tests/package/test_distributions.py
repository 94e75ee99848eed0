"""The wheel and the sdist hold what a registry and a user need."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from package.conftest import PROVIDER, Distributions, build

TOP = PROVIDER.parent


@pytest.fixture(scope="module")
def metadata(distributions: Distributions) -> Message:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(wheel.read(name).decode())


def test_both_pass_the_strict_check_of_twine(distributions: Distributions) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", str(distributions.wheel), str(distributions.sdist)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2


def test_metadata_names_authors_license_and_addresses(metadata: Message) -> None:
    assert metadata["Name"] == "pulumi-bedrock"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Author"]
    addresses = dict(entry.split(", ", 1) for entry in metadata.get_all("Project-URL", []))
    assert addresses.keys() == {"Repository", "Changelog", "Documentation", "Issues"}
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "bedrock.CustomModelDeployment(" in str(metadata.get_payload())


@pytest.mark.parametrize("workflow", ["test.yml", "release.yml"])
def test_classifiers_name_the_pythons_that_a_workflow_tests(metadata: Message, workflow: str) -> None:
    classifiers = metadata.get_all("Classifier", [])
    versions = re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers))
    jobs = yaml.safe_load((TOP / ".github/workflows" / workflow).read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert [step["with"]["python-version"].split() for step in steps] == [versions]
    assert metadata["Requires-Python"] == f">={versions[0]}"
    assert "Typing :: Typed" in classifiers


def test_pulumi_aws_is_no_dependency(metadata: Message) -> None:
    names = {re.split(r"[^\w.-]", entry)[0] for entry in metadata.get_all("Requires-Dist", [])}
    assert names == {"pulumi", "boto3", "durationpy", "moto"}


def test_wheel_holds_the_package_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = set(wheel.namelist())
    assert {"pulumi_bedrock/py.typed", "pulumi_bedrock/pulumi-plugin.json", "pulumi_bedrock/serialized.py"} <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"pulumi_bedrock"}
    assert sum(name.endswith("/licenses/LICENSE") for name in names) == 1


def test_sdist_builds_the_same_wheel(distributions: Distributions, tmp_path: Path) -> None:
    with tarfile.open(distributions.sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
        archive.extractall(tmp_path / "sdist", filter="data")
    assert {"README.md", "LICENSE", "pyproject.toml", "pulumi_bedrock/py.typed"} <= set(names)
    [source] = (tmp_path / "sdist").iterdir()
    build(source, tmp_path, "--wheel")
    [again] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(distributions.wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_license_of_the_package_is_that_of_the_repository() -> None:
    assert (PROVIDER / "LICENSE").read_text() == (TOP / "LICENSE").read_text()


def test_changelog_knows_the_version(metadata: Message) -> None:
    versions = re.findall(r"^## (\d\S*)", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == metadata["Version"]
