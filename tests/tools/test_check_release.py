"""A release whose tag, version, changelog or repository disagrees is refused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
PROJECT = (TOP / "provider/pyproject.toml").read_text()
VERSION = re.search(r'^version = "(.+)"$', PROJECT, re.MULTILINE)[1]
FORK = "https://github.com/somebody/fork"
REPOSITORY = re.search(r'^Repository = "(.+)"$', PROJECT, re.MULTILINE)[1]


def check(tag: str, repository: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOP / "tools/check_release.py"), tag, repository]
    return subprocess.run(command, capture_output=True, text=True)


def test_release_that_agrees_passes() -> None:
    done = check(f"v{VERSION}", REPOSITORY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("tag", "repository", "said"),
    [
        ("v9.9.9", REPOSITORY, f"error: the tag is v9.9.9, but provider/pyproject.toml has version {VERSION}.\n"),
        (
            f"v{VERSION}",
            FORK,
            f"error: the repository is {FORK}, but provider/pyproject.toml names {REPOSITORY}.\n",
        ),
    ],
    ids=["other tag", "fork"],
)
def test_release_that_disagrees_is_refused(tag: str, repository: str, said: str) -> None:
    done = check(tag, repository)
    assert (done.returncode, done.stderr) == (1, said)


def test_workflow_publishes_the_files_that_it_tests() -> None:
    jobs = yaml.safe_load((TOP / ".github/workflows/release.yml").read_text())["jobs"]
    steps = jobs["build"]["steps"]
    built = [index for index, step in enumerate(steps) if "-m build --outdir dist " in step.get("run", "")]
    tested = [index for index, step in enumerate(steps) if step.get("run") == ".ci/run"]
    uploaded = [index for index, step in enumerate(steps) if step.get("with", {}).get("path") == "dist/"]
    assert len(built) == len(tested) == len(uploaded) == 1
    assert built < tested < uploaded
    assert steps[tested[0]]["env"] == {"PULUMI_BEDROCK_DISTRIBUTIONS": "${{ github.workspace }}/dist"}
    assert [step["run"] for step in jobs["publish"]["steps"] if "run" in step] == []
