"""The hosts of one run tell each other what they hold, by a file that each keeps locked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from arns import ARN
from pulumi_bedrock import errors
from pulumi_bedrock.lifecycle.guard import Guard, Verdict
from pulumi_bedrock.lifecycle.siblings import Siblings

RUN = "127.0.0.1:4000"
HELD = f"held {ARN}"
HOST = """
import sys
from pathlib import Path
from pulumi_bedrock.lifecycle.siblings import Siblings

siblings = Siblings(sys.argv[1], Path(sys.argv[2]))
for line in sys.stdin:
    what, fact = line.rstrip().split(maxsplit=1)
    if what == "?":
        print(siblings.say(fact), flush=True)
    else:
        siblings.tell(fact, holds=what == "+")
        print("told", flush=True)
"""


class Host:
    """Another process of a run."""

    def __init__(self, folder: Path, run: str = RUN) -> None:
        command = [sys.executable, "-c", HOST, run, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.says(HELD)  # it has joined

    def tell(self, fact: str, *, holds: bool = True) -> None:
        assert self._ask(f"{'+' if holds else '-'} {fact}") == "told"

    def says(self, fact: str) -> bool:
        return self._ask(f"? {fact}") == "True"

    def end(self) -> None:
        self._process.communicate()

    def _ask(self, line: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.end()


def test_host_sees_what_another_holds_and_releases(tmp_path: Path, other: Host) -> None:
    siblings = Siblings(RUN, tmp_path)
    assert not siblings.say(HELD)

    other.tell(HELD)
    assert siblings.say(HELD)
    assert not siblings.say(f"{HELD}x")
    assert not other.says(HELD), "its own are not another host's"

    other.tell(HELD, holds=False)
    assert not siblings.say(HELD)


def test_guard_keeps_what_another_host_holds(tmp_path: Path, other: Host) -> None:
    guard = Guard(Siblings(RUN, tmp_path))
    assert guard.judge(ARN, {}) is Verdict.DELETE

    other.tell(HELD)

    assert guard.judge(ARN, {}) is Verdict.HELD


def test_guard_tells_the_other_hosts_what_it_holds(tmp_path: Path, other: Host) -> None:
    guard = Guard(Siblings(RUN, tmp_path))
    props = {"owner": {"logicalName": "bot"}}

    guard.created(ARN)
    assert other.says(HELD)

    guard.checked(props, will_create=False)
    guard.shown(ARN, props, keeps=False)
    assert not other.says(HELD), "it is about to be replaced"
    guard.shown(ARN, props, keeps=True)
    assert other.says(HELD)
    guard.checked(props, will_create=True)
    assert not other.says(HELD), "a forced replacement makes another one"


def test_guard_refuses_a_delete_when_the_create_failed_in_another_host(tmp_path: Path, other: Host) -> None:
    """The resource has moved to another provider, whose host created its successor, and failed."""
    guard, props = Guard(Siblings(RUN, tmp_path)), {"owner": {"logicalName": "bot"}}
    other.tell("failed ::bot")
    assert guard.judge(ARN, props) is Verdict.CREATE_FAILED
    assert guard.judge(ARN, {"owner": {"logicalName": "sales"}}) is Verdict.DELETE

    other.tell("failed ::bot", holds=False)
    assert guard.judge(ARN, props) is Verdict.DELETE


def test_guard_tells_the_other_hosts_of_a_create_that_failed(tmp_path: Path, other: Host) -> None:
    guard, props = Guard(Siblings(RUN, tmp_path)), {"owner": {"logicalName": "bot"}}
    with pytest.raises(errors.NameTaken), guard.creating(props):
        raise errors.NameTaken("No")
    assert other.says("failed ::bot")

    with guard.creating(props):
        assert not other.says("failed ::bot"), "a retry"


def test_first_host_of_a_run_forgets_an_earlier_run_with_the_same_address(tmp_path: Path) -> None:
    earlier = Host(tmp_path)
    earlier.tell(HELD)
    earlier.end()

    assert not Siblings(RUN, tmp_path).say(HELD)


def test_files_of_runs_that_are_over_are_removed_and_those_of_others_kept(tmp_path: Path, other: Host) -> None:
    over = Host(tmp_path, "127.0.0.1:4001")
    over.end()
    assert len(list(tmp_path.iterdir())) == 2

    third = Siblings("127.0.0.1:4002", tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["127.0.0.1-4000", "127.0.0.1-4002"]
    other.tell(HELD)
    assert not third.say(HELD), "another run"
    assert Siblings(RUN, tmp_path).say(HELD)


def test_file_holds_no_arn(tmp_path: Path) -> None:
    Siblings(RUN, tmp_path).tell(HELD)
    [file] = tmp_path.iterdir()
    assert ARN not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_folder_that_others_may_use_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"pulumi-bedrock-{os.getuid()}"
    folder.mkdir()
    folder.chmod(mode)

    siblings = Siblings(RUN)
    siblings.tell(HELD)

    assert (list(folder.iterdir()), siblings.say(HELD)) == ([], False)


def test_without_an_engine_there_are_no_other_hosts(tmp_path: Path) -> None:
    siblings = Siblings(None, tmp_path)
    siblings.tell(HELD)
    assert (list(tmp_path.iterdir()), siblings.say(HELD)) == ([], False)
