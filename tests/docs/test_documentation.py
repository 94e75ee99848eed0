"""What the documentation shows and names is what the code has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pulumi_bedrock as bedrock
import pytest
from docs.pages import PAGES, TOP, code, text

MOST_LINES = 200


def between(page: str, name: str) -> str:
    """The part of a page between two markers."""
    _, begin, rest = text(page).partition(f"<!-- {name} -->")
    shown, end, _ = rest.partition(f"<!-- /{name} -->")
    assert begin and end, f"{page} has no <!-- {name} -->"
    return shown.strip()


def test_readme_is_short() -> None:
    assert len(text("README.md").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_make_targets_of_page_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    named = {name for part in code(page) for name in re.findall(r"(?:^|\s)make ([a-z-]+)", part)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_of_page_exist(page: Path) -> None:
    scripts = set(re.findall(r"^(pulumi-bedrock-[a-z-]+) =", text("provider/pyproject.toml"), re.M))
    named = {name for part in code(page) for name in re.findall(r"(?:^|\s)(pulumi-bedrock-[a-z-]+)", part)}
    assert named <= scripts


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_modules_of_page_exist(page: Path) -> None:
    modules = {name for part in code(page) for name in re.findall(r"python -m (pulumi_bedrock[\w.]*)", part)}
    provider = TOP / "provider"
    assert [name for name in modules if not (provider / name.replace(".", "/") / "__main__.py").exists()] == []


def test_readme_names_every_command() -> None:
    scripts = re.findall(r"^(pulumi-bedrock-[a-z-]+) =", text("provider/pyproject.toml"), re.M)
    assert scripts
    assert [script for script in scripts if f"`{script}`" not in text("README.md")] == []


def test_architecture_names_modules_that_exist() -> None:
    package = TOP / "provider/pulumi_bedrock"
    table = text("docs/architecture.md").partition("## Where would I change")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", table))
    assert named
    assert [name for name in named if not (package / name).exists() and not (TOP / name).exists()] == []


def test_pull_requests_page_shows_the_golden_comment() -> None:
    golden = text("tests/preview_comment/goldens/model-changed-fixed-name.md")
    assert between("docs/pull-requests.md", "comment") == golden.strip()


def test_aws_page_shows_the_alarms_of_the_example() -> None:
    assert between("docs/aws.md", "alarms") == f"```python\n{text('examples/fine-tune-to-serve/alarms.py')}```"


def test_errors_table_lists_every_error() -> None:
    table = text("docs/failure-modes.md").partition("| error | meaning |")[2].partition("\n\n")[0]
    listed = [name for row in table.splitlines()[1:] for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])]
    classes = {name for name in bedrock.errors.__all__ if isinstance(getattr(bedrock.errors, name), type)}
    assert sorted(listed) == sorted(classes - {"BedrockError"})


def test_mocks_example_passes(tmp_path: Path) -> None:
    example = between("docs/testing.md", "mocks").removeprefix("```python\n").removesuffix("```")
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


def test_requirements_name_what_the_repository_stands_on() -> None:
    floors = dict(re.findall(r"^([\w-]+)>=([\d.]+)", text("requirements.txt"), re.M))
    assert floors.keys() == {"pulumi", "pulumi-aws", "boto3", "pytest"}
    provider = dict(re.findall(r'^ +"([\w-]+)>=([\d.]+)', text("provider/pyproject.toml"), re.M))
    assert {name: floors[name] for name in ("pulumi", "boto3")} == {
        name: provider[name] for name in ("pulumi", "boto3")
    }
    tested = text("requirements-test.txt") + text("requirements-dev.txt")
    assert {line for line in text("requirements.txt").splitlines() if line.startswith(("pulumi-aws", "pytest"))} <= set(
        tested.splitlines()
    )


def test_readme_and_changelog_agree_on_where_the_package_is() -> None:
    first = text("README.md").partition("\n## Install\n")[2].partition("```console\n")[2].partition("\n")[0]
    newest = text("CHANGELOG.md").partition("\n## 0.1.0 ")[2].partition("\n### ")[0]
    unpublished = "is on no package registry yet"
    assert (unpublished in first) == (unpublished in newest)
