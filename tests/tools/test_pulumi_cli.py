"""Which Pulumi CLI set-up takes: stand-ins on PATH and in the cache, and no way to the internet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools/pulumi_cli.py"
COMPANIONS = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
VERSION = "3.255.0"


def make_cli(folder: Path, version: str, *, companions: tuple[str, ...] = COMPANIONS) -> Path:
    folder.mkdir(parents=True)
    for name in ("pulumi", *companions):
        (folder / name).write_text(f"#!/bin/sh\necho v{version}\n")
        (folder / name).chmod(0o755)
    return folder


class Setup:
    """One machine: what is on PATH, and a cache."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "path"
        self.cache = folder / "cache"
        self.kept = self.cache / f"pulumi-bedrock/pulumi-{VERSION}"
        self.links = folder / "links"

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": str(self.path),
            "XDG_CACHE_HOME": str(self.cache),
            # Nothing listens there: Pulumi's own installer gets nowhere.
            "https_proxy": "http://127.0.0.1:9",
        }
        command = [sys.executable, str(TOOL), *options, str(self.links)]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def linked(self) -> dict[str, Path]:
        return {link.name: link.readlink().parent for link in self.links.iterdir()}


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def test_cli_on_path_is_used(setup: Setup) -> None:
    make_cli(setup.path, "3.300.1")

    done = setup.run()

    assert done.stdout.strip() == str(setup.links)
    assert done.stderr.strip() == f"Pulumi CLI 3.300.1: the one on PATH ({setup.path})"
    assert setup.linked() == dict.fromkeys(("pulumi", *COMPANIONS), setup.path)


def test_linked_cli_on_path_brings_its_neighbours(setup: Setup, tmp_path: Path) -> None:
    installed = make_cli(tmp_path / "installed", VERSION)
    setup.path.mkdir()
    (setup.path / "pulumi").symlink_to(installed / "pulumi")

    setup.run()

    assert setup.linked() == dict.fromkeys(("pulumi", *COMPANIONS), installed)


@pytest.mark.parametrize(
    ("version", "companions", "reason"),
    [
        ("3.254.9", COMPANIONS, "has version 3.254.9, and 3.255.0 is needed"),
        (VERSION, COMPANIONS[1:], "comes without pulumi-language-python."),
        ("", COMPANIONS, "has version unknown, and 3.255.0 is needed"),
    ],
)
def test_unsuitable_cli_on_path_is_not_used(
    setup: Setup, version: str, companions: tuple[str, ...], reason: str
) -> None:
    make_cli(setup.path, version, companions=companions)

    done = setup.run()

    assert done.returncode == 1
    assert f"A Pulumi CLI is needed. The one on PATH: {setup.path}/pulumi {reason}" in done.stderr


def test_cli_of_earlier_run_is_used_again(setup: Setup) -> None:
    make_cli(setup.kept / "bin", VERSION)
    (setup.kept / "made-by").write_text("a build from Go modules")

    done = setup.run()

    assert "a build from Go modules, kept from an earlier run" in done.stderr
    assert setup.linked() == dict.fromkeys(("pulumi", *COMPANIONS), setup.kept / "bin")


def test_incomplete_cli_of_interrupted_run_is_not_used(setup: Setup) -> None:
    partial = make_cli(setup.kept.with_name(f"{setup.kept.name}.partial") / "bin", VERSION).parent

    assert "error: no Pulumi CLI was found, installed or built." in setup.run().stderr
    assert not partial.exists()
    assert not setup.links.exists()


def test_missing_cli_names_all_three_ways_and_leaves_nothing(setup: Setup) -> None:
    done = setup.run()

    assert done.returncode == 1
    lines = done.stderr.splitlines()[-5:]
    assert lines[0] == "error: no Pulumi CLI was found, installed or built."
    assert lines[1] == "  - The one on PATH: there is no pulumi."
    assert lines[2].startswith("  - Pulumi's own installer: urllib.error.URLError: ")
    assert lines[3] == "  - A build from Go modules: there is no go on PATH."
    assert lines[4].startswith("Install the Pulumi CLI")
    assert list(setup.kept.parent.iterdir()) == []


def test_version_that_is_asked_for_is_taken_exactly(setup: Setup) -> None:
    make_cli(setup.path, "3.300.1")

    done = setup.run("--version", "3.300.1")

    assert done.stderr.strip() == f"Pulumi CLI 3.300.1: the one on PATH ({setup.path})"
    assert "has version 3.300.1, and 3.300.0 is needed" in setup.run("--version", "3.300.0").stderr


def test_newest_version_is_that_of_the_go_modules(setup: Setup) -> None:
    make_cli(setup.path, VERSION)
    make_cli(setup.kept.with_name("pulumi-3.300.1") / "bin", "3.300.1")
    (setup.kept.with_name("pulumi-3.300.1") / "made-by").write_text("a build from Go modules")
    (setup.path / "go").write_text('#!/bin/sh\ncase "$*" in *@latest) echo v3.300.1;; *) exit 1;; esac\n')
    (setup.path / "go").chmod(0o755)

    done = setup.run("--version", "newest")

    assert "Pulumi CLI 3.300.1: a build from Go modules, kept from an earlier run" in done.stderr
    assert set(setup.linked().values()) == {setup.kept.with_name("pulumi-3.300.1") / "bin"}


def test_newest_version_without_go_is_an_error_of_one_line(setup: Setup) -> None:
    make_cli(setup.path, VERSION)

    done = setup.run("--version", "newest")

    assert done.returncode == 1
    assert "  - The newest version: there is no go on PATH to ask for it." in done.stderr.splitlines()
