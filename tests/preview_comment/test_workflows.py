"""The workflows are valid and ask for little, and their scripts do what they say, with stand-ins for both commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi_bedrock
import pytest
import yaml
from preview_comment.goldens import GOLDENS, stored_comment

ROOT = Path(__file__).parents[2]
OURS = ROOT / ".github/workflows/test.yml"
PREVIEW = ROOT / "examples/preview-in-pr/preview.yml"
PAGE = (ROOT / "docs/pull-requests.md").read_text(encoding="utf-8")
WORKFLOWS = sorted([*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("examples/**/preview.yml")])
NEEDS_JQ = pytest.mark.skipif(shutil.which("jq") is None, reason="GitHub's runners have jq, and it is not here")


def loaded(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in found.items()}  # YAML 1.1's `on`


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in loaded(path)["jobs"].values() for step in job["steps"]]


def check(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)


def test_workflows_exist() -> None:
    assert {OURS, PREVIEW} <= set(WORKFLOWS)


def test_workflows_satisfy_github_schema() -> None:
    done = check(*WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_schema_check_detects_mistake(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(PREVIEW.read_text().replace("runs-on:", "run-on:"))
    assert check(wrong).returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_major_version_and_to_a_commit_where_it_may_publish(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    pin = r"[0-9a-f]{40}" if path.name in ("docs.yml", "release.yml") else r"v\d+"
    assert [use for use in used if not re.fullmatch(rf"[\w-]+/[\w-]+@{pin}", use)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_is_interpolated_into_script(path: Path) -> None:
    """`${{ }}` in a script is how a branch's name becomes a command; the environment is safe."""
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_workflow_runs_same_as_make_test() -> None:
    assert [step["run"] for step in steps(OURS) if "run" in step] == [".ci/run"]
    assert loaded(OURS)["permissions"] == {"contents": "read"}
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_preview_workflow_has_least_permissions() -> None:
    workflow = loaded(PREVIEW)
    assert workflow["on"] == "pull_request"
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "preview": {"contents": "read", "id-token": "write"},
        "comment": {"pull-requests": "write"},
    }


def test_preview_workflow_skips_forks_and_uses_no_secret() -> None:
    condition = "github.event.pull_request.head.repo.full_name == github.repository"
    jobs = loaded(PREVIEW)["jobs"]
    assert jobs["preview"]["if"] == condition
    assert jobs["comment"]["needs"] == "preview"
    assert "secrets." not in PREVIEW.read_text()
    assert all(step["with"]["persist-credentials"] is False for step in steps(PREVIEW) if "checkout" in str(step))


def test_job_with_write_permission_runs_no_pull_request_code() -> None:
    told = loaded(PREVIEW)["jobs"]["comment"]["steps"]
    assert not any("checkout" in step.get("uses", "") for step in told)
    [install, write, _post] = [step["run"] for step in told if "run" in step]
    assert install.partition(" #")[0] == f"python -m pip install pulumi-bedrock=={version('pulumi-bedrock')}"
    assert write == "python -m pulumi_bedrock.preview_comment preview.json --state state.json > comment.md"


def test_only_the_events_and_pending_operations_reach_the_job_that_writes() -> None:
    [upload] = [step["with"] for step in steps(PREVIEW) if "upload-artifact" in step.get("uses", "")]
    assert upload["path"].split() == ["preview.json", "state.json"]


def test_readme_names_every_workflow_variable() -> None:
    readme = (PREVIEW.parent / "README.md").read_text(encoding="utf-8")
    variables = set(re.findall(r"vars\.(\w+)", PREVIEW.read_text(encoding="utf-8")))
    assert variables
    assert [name for name in variables if f"`{name}`" not in readme] == []


class Runner:
    """Runs a step's script as GitHub does, in a folder with stand-ins for commands first on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.output = folder / "output"

    def stand_in(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/usr/bin/env bash\n{script}\n")
        path.chmod(0o755)

    def run(self, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (script,) = [step["run"] for step in steps(PREVIEW) if step.get("name") == name]
        return self.script(script, "-e", **environment)

    def script(self, script: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", *options, "-c", script],
            cwd=self.folder,
            env={
                "PATH": os.pathsep.join([str(self.bin), str(Path(sys.executable).parent), os.environ["PATH"]]),
                "PYTHONPATH": str(Path(pulumi_bedrock.__file__).parents[1]),
                "GITHUB_OUTPUT": str(self.output),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def pulumi(preview: str, *, export: str = "echo '{\"deployment\": {}}'") -> str:
    """A stand-in for the CLI: the command for `pulumi preview`, and the one for `pulumi stack export`."""
    return f'echo "$@" >> arguments; if [ "$1" = preview ]; then {preview}; else {export}; fi'


@NEEDS_JQ
@pytest.mark.parametrize(("case", "code"), [("drift", 0), ("failing", 255), ("interrupted", 0)])
def test_preview_step_makes_comment_and_keeps_exit_code(runner: Runner, case: str, code: int) -> None:
    preview = f'cat "{GOLDENS / f"{case}.json"}"; exit {code}'
    state = GOLDENS / f"{case}.state.json"
    runner.stand_in("pulumi", pulumi(preview, export=f'cat "{state}"') if state.exists() else pulumi(preview))
    assert runner.run("Preview", STACK="dev").returncode == 0
    assert (runner.folder / "arguments").read_text() == (
        "preview --json --non-interactive --stack dev\nstack export --non-interactive --stack dev\n"
    )
    assert runner.output.read_text() == f"code={code}\n"
    assert runner.run("Write the comment").returncode == 0
    assert (runner.folder / "comment.md").read_text(encoding="utf-8") == stored_comment(case)
    assert runner.run("Fail if the preview failed", CODE=str(code)).returncode == code


@pytest.mark.parametrize(("case", "code"), [("drift", 0), ("failing", 255)])
@pytest.mark.parametrize("commands", re.findall(r"```bash\n(.*?)```", PAGE, re.S), ids=["file", "pipe"])
def test_documented_commands_make_comment_and_keep_exit_code(
    runner: Runner, commands: str, case: str, code: int
) -> None:
    runner.stand_in("pulumi", pulumi(f'cat "{GOLDENS / f"{case}.json"}"; exit {code}'))
    runner.stand_in("pulumi-bedrock-preview-comment", 'exec python -m pulumi_bedrock.preview_comment "$@"')

    assert runner.script(commands).returncode == code
    assert (runner.folder / "comment.md").read_text(encoding="utf-8") == stored_comment(case)


@NEEDS_JQ
def test_empty_preview_fails_check(runner: Runner) -> None:
    runner.stand_in("pulumi", pulumi("echo 'error: no stack named dev' >&2; exit 6"))
    assert runner.run("Preview", STACK="dev").returncode == 0
    done = runner.run("Write the comment")
    assert done.returncode == 2
    assert done.stderr.startswith("error: preview.json is not the event stream of `pulumi preview --json`: it is empty")


@NEEDS_JQ
def test_failed_export_fails_check(runner: Runner) -> None:
    runner.stand_in("pulumi", pulumi("echo '{}'", export="exit 255"))
    assert runner.run("Preview", STACK="dev").returncode == 255


GH = r"""
printf '%s\n' "$*" >> calls
while [ $# -gt 0 ]; do
  if [ "$1" = --jq ]; then exec jq -r "$2" comments.json; fi
  shift
done
"""


@NEEDS_JQ
@pytest.mark.parametrize(
    ("author", "first_line", "edited"),
    [
        ("github-actions[bot]", "<!-- pulumi-bedrock-preview: engine-test/dev -->", True),
        ("github-actions[bot]", "<!-- pulumi-bedrock-preview: engine-test/dev-2 -->", False),
        ("someone", "<!-- pulumi-bedrock-preview: engine-test/dev -->", False),
    ],
)
def test_comment_is_created_or_edited(runner: Runner, author: str, first_line: str, *, edited: bool) -> None:
    there = [
        {"id": 1, "user": {"login": "someone"}, "body": "Looks good"},
        {"id": 2, "user": {"login": author}, "body": f"{first_line}\r\n**Preview of `engine-test/dev`: …**"},
    ]
    runner.stand_in("gh", GH)
    (runner.folder / "comments.json").write_text(json.dumps(there))
    (runner.folder / "comment.md").write_text(stored_comment("drift"), encoding="utf-8")
    done = runner.run("Create or edit the comment", GITHUB_REPOSITORY="o/r", PULL_REQUEST="7")
    assert done.returncode == 0, done.stderr
    last = (runner.folder / "calls").read_text().splitlines()[-1]
    assert last == (
        "api --silent --method PATCH repos/o/r/issues/comments/2 --field body=@comment.md"
        if edited
        else "api --silent --method POST repos/o/r/issues/7/comments --field body=@comment.md"
    )
