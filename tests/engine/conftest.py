"""Tests in the real Pulumi engine: CLI, language host and dynamic host, boto3 over HTTP, state in files.

Nothing is faked but AWS: a local Bedrock (`pulumi_bedrock.local`) runs in the pytest process, one for each
worker of pytest-xdist, so tests look at the account directly. Each test has a stack of its own (`stack`), in
a project and a backend of its own; what a user's environment says about AWS or Pulumi doesn't reach it.

One test by hand, from the repo's root:

    PULUMI_BEDROCK_CLI_BIN=$PWD/.tools/bin .venv/bin/python -m pytest tests/engine/test_drift.py -k tags

Without PULUMI_BEDROCK_CLI_BIN, `pulumi` is taken from PATH. To see a test fail, put a changed copy of the
package in front with PYTHONPATH. A failing test leaves its project and state in pytest's temporary folder
(`--basetemp`).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.stack import Stack
from engine.witness import Witness
from pulumi_bedrock.local import LocalBedrock

PROJECT, STACK = "engine-test", "dev"
TOP = Path(__file__).parents[2]
OTHER_PYTHONS = ("3.10", "3.13", "3.12", "3.11")


QUICK_PIP = """
import pathlib, runpy, sys
here = pathlib.Path(__file__).parent
if sys.argv[1:] == ["list", "-v", "--format", "json"]:
    sys.stdout.write((here / "list.json").read_text())
else:
    sys.path = [place for place in sys.path if pathlib.Path(place) != here.parent]
    del sys.modules["pip"]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


SHORT_LIVED = """
import atexit, gc
gc.disable()
atexit.register(gc.freeze)
"""


def make_python_start_faster(folder: Path) -> None:
    """Write modules for PYTHONPATH that save CPU time of each command.

    `pip` returns one saved list: each command of the CLI asks for it, at 0.3 s of CPU a time. What another version of
    the language host asks is answered by pip itself. `sitecustomize` turns garbage collection off, also the one at the
    end, as a process lives for a second. A test that sets PYTHONPATH itself gets neither.
    """
    folder.joinpath("sitecustomize.py").write_text(SHORT_LIVED)
    package = folder / "pip"
    package.mkdir()
    command = [sys.executable, "-m", "pip", "list", "-v", "--format", "json"]
    package.joinpath("list.json").write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    package.joinpath("__init__.py").touch()
    package.joinpath("__main__.py").write_text(QUICK_PIP)


@pytest.fixture(scope="session")
def cli_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every command runs in: nothing of the user's but PATH and PYTHONPATH; this Python comes first."""
    places = [
        str(Path(sys.executable).parent),
        os.environ.get("PULUMI_BEDROCK_CLI_BIN", ""),
        os.environ["PATH"],
    ]
    path = os.pathsep.join(place for place in places if place)
    if shutil.which("pulumi", path=path) is None:
        pytest.fail(
            "there is no Pulumi CLI: set PULUMI_BEDROCK_CLI_BIN to the folder that holds one (`make cli` "
            "makes .tools/bin), or put pulumi on PATH"
        )
    home = tmp_path_factory.mktemp("home")
    faster = tmp_path_factory.mktemp("faster-python")
    make_python_start_faster(faster)
    return {
        "PATH": path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_CONFIG_PASSPHRASE": "engine tests",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        # The engine would look for plugins of all installed packages named pulumi-…, on the internet.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(faster)])),
        # The engine lives for a second or two: collecting its garbage as usual takes a tenth of the CPU time.
        "GOGC": "400",
    }


@pytest.fixture(scope="session")
def empty_stack(tmp_path_factory: pytest.TempPathFactory, cli_environment: dict[str, str]) -> Path:
    """A project with a stack in which nothing was done yet; each test has a copy."""
    folder = tmp_path_factory.mktemp("empty-stack")
    project = folder / "project"
    project.mkdir()
    (folder / "backend").mkdir()
    project.joinpath("Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    subprocess.run(
        ["pulumi", "stack", "init", STACK, "--non-interactive"],
        cwd=project,
        env={**cli_environment, "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}"},
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def local(local_bedrock: LocalBedrock) -> LocalBedrock:
    """The account: a local Bedrock, empty; what is made or deleted is Active or gone at once by default."""
    return local_bedrock


@pytest.fixture
def witness(local: LocalBedrock) -> Iterator[Witness]:
    """The account as it was at each create and delete."""
    assert local._server is not None  # the one in this process
    log = local._server.application.log
    log.on_record = witness = Witness(local.deployments)
    yield witness
    log.on_record = None


@pytest.fixture
def model(local: LocalBedrock) -> str:
    """The ARN of a custom model."""
    return local.create_custom_model("tickets-v1")


@pytest.fixture
def other_model(local: LocalBedrock) -> str:
    """The ARN of another custom model."""
    return local.create_custom_model("tickets-v2")


@pytest.fixture
def stack(tmp_path: Path, empty_stack: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Stack:
    """A stack that deploys to `local`, still empty."""
    folder = tmp_path / "stack"
    shutil.copytree(empty_stack, folder)
    return Stack(folder, project=PROJECT, name=STACK, environment={**cli_environment, **local.environment()})


@pytest.fixture(scope="session")
def other_python() -> Path:
    """The `bin` of a virtual environment like this one, of another Python: a stack outlives its first one.

    PULUMI_BEDROCK_OTHER_PYTHON names one; otherwise it is that of `make test-pythons`, made now if need be.
    """
    given = os.environ.get("PULUMI_BEDROCK_OTHER_PYTHON")
    if given:
        return Path(given) / "bin"
    tools = importlib.util.spec_from_file_location("test_pythons", TOP / "tools/test_pythons.py")
    assert tools is not None
    assert tools.loader is not None
    module = importlib.util.module_from_spec(tools)
    tools.loader.exec_module(module)
    for version in OTHER_PYTHONS:
        python = module.find_python(version)
        if python is None or version == f"{sys.version_info.major}.{sys.version_info.minor}":
            continue
        venv = TOP / f".venv-{version}"
        subprocess.run([str(python), str(TOP / "tools/make_venv.py"), "--test", str(venv)], check=True)
        return venv / "bin"
    pytest.skip(f"none of Python {', '.join(OTHER_PYTHONS)} is installed here beside {sys.version.split()[0]}")
