"""The workflow that publishes the site: who may write, and what its script pushes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

WORKFLOW = Path(__file__).parents[2] / ".github/workflows/docs.yml"


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


def test_job_that_may_write_runs_no_code_of_the_repository() -> None:
    assert {name: job["permissions"] for name, job in jobs().items()} == {
        "build": {"contents": "read"},
        "publish": {"contents": "write"},
    }
    uses = [step["uses"].partition("@")[0] for step in jobs()["publish"]["steps"] if "uses" in step]
    assert uses == ["actions/download-artifact"]


def test_publish_step_replaces_the_branch(tmp_path: Path) -> None:
    [publish] = [step for step in jobs()["publish"]["steps"] if "run" in step]
    remote, site, programs = tmp_path / "owner/repo.git", tmp_path / "site", tmp_path / "bin"
    subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
    programs.mkdir()
    (programs / "gh").write_text("#!/bin/sh\n")
    (programs / "gh").chmod(0o755)

    for text in ("old", "new"):
        site.mkdir()
        (site / "index.html").write_text(text)
        run = subprocess.run(
            ["bash", "-e", "-c", publish["run"]],
            cwd=site,
            env={
                "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
                "HOME": str(tmp_path),
                "GITHUB_SERVER_URL": f"file://{tmp_path}",
                "GITHUB_REPOSITORY": "owner/repo",
                "GITHUB_SHA": "0123abc",
            },
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        site.rename(tmp_path / text)

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=remote, capture_output=True, text=True, check=True).stdout

    assert git("show", "gh-pages:index.html") == "new"
    assert git("ls-tree", "--name-only", "gh-pages").split() == [".nojekyll", "index.html"]
    assert git("log", "--format=%s", "gh-pages") == "The site of 0123abc\n"
