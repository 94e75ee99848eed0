"""Find, install or build a Pulumi CLI: the package pulumi on PyPI is only the SDK.

It tries, in this order: the CLI on PATH; Pulumi's own installer, which needs the internet; a build from Go modules,
which needs only package registries. An installed or built CLI is kept in the user's cache folder, for all clones. The
CLI and its three companion programs are then linked into one folder.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from progress import CommandFailedError, one_at_a_time, run, say

__all__ = ["link_cli"]

TOOLS = Path(__file__).resolve().parent
CLI_MODULE = TOOLS / "cli"
LANGUAGE_MODULE = TOOLS / "language-python"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3"
SDK_PACKAGE = "github.com/pulumi/pulumi/sdk/v3"

LANGUAGE_HOST = "pulumi-language-python"
SCRIPTS = {
    "pulumi-language-python-exec": "python/cmd/pulumi-language-python-exec",
    "pulumi-resource-pulumi-python": "python/dist/pulumi-resource-pulumi-python",
}
"""The scripts that run the program and the dynamic host, and their paths in Pulumi's SDK module."""

PROGRAMS = ("pulumi", LANGUAGE_HOST, *SCRIPTS)

INSTALLER_TIMEOUT = 300
INSTALLER = """
import socket, sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
socket.setdefaulttimeout(10)
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""
"""Runs in its own process: without internet, a timeout can end it and its downloads."""


class NotThisWayError(Exception):
    """The reason why one of the ways can't provide a CLI."""


def link_cli(folder: Path, asked: str = "") -> str:
    """Link a usable CLI and its companions into the folder, and return their source.

    :param asked: This version and no other, or ``newest``; by default, the tested version, or a newer one on PATH.
    :raises NotThisWayError: when no way provides one; its message has a line for each.
    """
    version = newest_version() if asked == "newest" else asked or tested_version()
    try:
        programs, source = on_path(version, exactly=bool(asked)), "the one on PATH"
    except NotThisWayError as reason:
        programs, source = in_cache(version, on_path=str(reason))
    folder.mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        _link(folder / name, programs[name])
    return f"Pulumi CLI {_version_of(programs['pulumi'])}: {source} ({programs['pulumi'].parent})"


def tested_version() -> str:
    """Return the version that everything here is tested with, from the module that the CLI is built from."""
    module = CLI_MODULE / "go.mod"
    found = re.search(rf"^\s*{re.escape(CLI_PACKAGE)} v(\S+)", module.read_text(), re.MULTILINE)
    if not found:
        raise NotThisWayError(f"{module} requires no {CLI_PACKAGE}")
    return found[1]


def newest_version() -> str:
    """Return the newest version that Go's registry of modules has."""
    go = shutil.which("go")
    if go is None:
        raise NotThisWayError("  - The newest version: there is no go on PATH to ask for it.")
    ask = [go, "list", "-m", "-f", "{{.Version}}", f"{CLI_PACKAGE}@latest"]
    asked = subprocess.run(ask, cwd=CLI_MODULE, capture_output=True, text=True)
    if asked.returncode:
        raise NotThisWayError(f"  - The newest version: {asked.stderr.strip()}")
    return asked.stdout.strip().removeprefix("v")


def on_path(version: str, *, exactly: bool) -> dict[str, Path]:
    """Return the programs of the user's own CLI, if it is complete and new enough, or has exactly this version."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise NotThisWayError("there is no pulumi")
    # Beside the CLI as well: Pulumi looks there too, and a linked CLI's companions needn't be on PATH.
    places = os.pathsep.join([os.environ.get("PATH", ""), str(Path(pulumi).resolve().parent)])
    programs = {name: shutil.which(name, path=places) for name in PROGRAMS}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        raise NotThisWayError(f"{pulumi} comes without {', '.join(missing)}")
    found = _version_of(Path(pulumi))
    if found != version if exactly else _numbers(found) < _numbers(version):
        raise NotThisWayError(f"{pulumi} has version {found or 'unknown'}, and {version} is needed")
    return {name: Path(path).resolve() for name, path in programs.items() if path}


def in_cache(version: str, *, on_path: str) -> tuple[dict[str, Path], str]:
    """Return the CLI in the user's cache and how it was made, now or earlier; ``on_path`` is why it is needed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-bedrock"
    cache.mkdir(parents=True, exist_ok=True)
    home = cache / f"pulumi-{version}"
    programs = {name: home / "bin" / name for name in PROGRAMS}
    ways: dict[str, Callable[[Path, str], None]] = {
        "Pulumi's own installer": install,
        "a build from Go modules": build,
    }
    reasons = [f"The one on PATH: {on_path}."]
    with one_at_a_time(cache):
        if (home / "made-by").exists():
            return programs, f"{(home / 'made-by').read_text()}, kept from an earlier run"
        say(f"A Pulumi CLI is needed. {reasons[0]}")
        for way, attempt in ways.items():
            say(f"   Trying {way}.")
            try:
                _make(home, version, way, attempt)
            except NotThisWayError as reason:
                reasons.append(f"{way[0].upper()}{way[1:]}: {reason}.")
                say(f"   Not possible: {reason}.")
            else:
                return programs, way
    raise NotThisWayError("\n".join(f"  - {reason}" for reason in reasons))


def _make(home: Path, version: str, way: str, attempt: Callable[[Path, str], None]) -> None:
    """Make the CLI in a temporary folder and move it when it is complete, so an interruption leaves no half of one."""
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "bin").mkdir(parents=True)
    try:
        attempt(partial, version)
        missing = [name for name in PROGRAMS if not os.access(partial / "bin" / name, os.X_OK)]
        if missing:
            raise NotThisWayError(f"it made no {', '.join(missing)}")
        found = _version_of(partial / "bin/pulumi")
        if found != version:
            raise NotThisWayError(f"it made version {found or 'unknown'}, not {version}")
        (partial / "made-by").write_text(way)
        shutil.rmtree(home, ignore_errors=True)
        partial.rename(home)
    except CommandFailedError as error:
        raise NotThisWayError(error.last_line) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def install(root: Path, version: str) -> None:
    """Install the CLI with Pulumi's own installer, through the SDK."""
    run([sys.executable, "-c", INSTALLER, root, version], timeout=INSTALLER_TIMEOUT)


def build(root: Path, version: str) -> None:
    """Build the CLI and the Python language host with Go; copy their scripts from Pulumi's SDK module."""
    go = shutil.which("go")
    if go is None:
        raise NotThisWayError("there is no go on PATH")
    say("   Building the Pulumi CLI: 4 to 10 minutes and about 4 GB in Go's caches, the first time only.")
    stamp = f"-s -w -X {SDK_PACKAGE}/go/common/version.Version={version}"
    compile_into = [go, "build", "-v", "-ldflags", stamp, "-o", str(root / "bin")]
    module = CLI_MODULE if version == tested_version() else _module_of(version, root / "module", go)
    run([*compile_into, f"{CLI_PACKAGE}/cmd/pulumi"], cwd=module)
    say("   Building Pulumi's Python language host.")
    run([*compile_into, f"{SDK_PACKAGE}/python/cmd/{LANGUAGE_HOST}"], cwd=LANGUAGE_MODULE)
    listed = subprocess.run([go, "list", "-m", "-json", SDK_PACKAGE], cwd=module, stdout=subprocess.PIPE, check=True)
    source = Path(json.loads(listed.stdout)["Dir"])
    for name, path in SCRIPTS.items():
        shutil.copyfile(source / path, root / "bin" / name)
        (root / "bin" / name).chmod(0o755)


def _module_of(version: str, module: Path, go: str) -> Path:
    """Return a copy of the module that the CLI is built from, with another version of the CLI."""
    shutil.copytree(CLI_MODULE, module)
    run([go, "get", f"{CLI_PACKAGE}@v{version}"], cwd=module)
    run([go, "mod", "tidy"], cwd=module)
    return module


def _version_of(pulumi: Path) -> str:
    """Return the output of `pulumi version` without its v; empty if it doesn't run."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.check_output([pulumi, "version"], env=env, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.strip().removeprefix("v")


def _numbers(version: str) -> tuple[int, ...]:
    """Return the version as numbers to compare, without a suffix such as -alpha."""
    return tuple(int(number) for number in re.findall(r"\d+", re.split("[-+]", version)[0]))


def _link(link: Path, target: Path) -> None:
    if link == target or (link.is_symlink() and link.readlink() == target):
        return
    new = link.with_name(f"{link.name}.{os.getpid()}")
    new.symlink_to(target)
    new.replace(link)


def main() -> None:
    """Link a CLI into the folder named on the command line, and print that folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the CLI and its companions are linked")
    parser.add_argument("--version", default="", help="another version than the tested one: a number, or newest")
    options = parser.parse_args()
    folder: Path = options.folder.absolute()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        say(link_cli(folder, options.version))
    except NotThisWayError as reasons:
        sys.exit(
            f"error: no Pulumi CLI was found, installed or built.\n{reasons}\n"
            "Install the Pulumi CLI (with its Python support), or Go 1.25 or newer, and run this again."
        )
    print(folder)


if __name__ == "__main__":
    main()
