"""`python -m pulumi_bedrock.orphans [FILE]`: list or delete what a stack left unfinished."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path

from pulumi_bedrock.aws.clients import Clients
from pulumi_bedrock.errors import NO_REGION, BedrockError, RegionMissing
from pulumi_bedrock.values.configuration import AwsConfiguration
from pulumi_bedrock.values.kinds import KINDS

from .display import as_json, as_text
from .hosts import Host
from .search import Orphan, delete, find
from .state import MalformedState, StackState

__all__ = ["main"]

_EPILOG = """\
Don't run it during a pulumi up of the stack: what it is creating is unfinished, too.
Exit code: 0 when no orphans are left, 1 when some are left, 2 on an error, also when not all accounts were searched.
IAM: bedrock:ListCustomModelDeployments, bedrock:ListCustomModels and bedrock:ListTagsForResource; with --delete also
bedrock:DeleteCustomModelDeployment, bedrock:GetCustomModelDeployment, bedrock:DeleteCustomModel and
bedrock:GetCustomModel.
"""
_NONE, _SOME, _ERROR = 0, 1, 2


class _Refused(Exception):
    """The export can't be read, or a host can't be searched; the text is one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        state = StackState.read(_export(options))
    except (_Refused, MalformedState) as error:
        return _error(str(error))
    if state.name is None:
        _say("note: the state is empty and names no stack, so all that is unfinished is shown")
    found: dict[str, Orphan] = {}
    complete = True
    for host in state.hosts:
        try:
            clients, regions = _reach(host, options)
        except (BedrockError, _Refused) as error:
            complete = _failed(error)
            continue
        for region in regions:
            try:
                for kind in KINDS:
                    for orphan in find(kind, state, clients, region, report=_say):
                        found.setdefault(orphan.found.arn, orphan)  # two hosts may call one account
            except BedrockError as error:
                complete = _failed(error)
                continue
            if not options.json:
                _say(f"Searched {region}{'' if len(state.hosts) == 1 and host.is_of_stack else f' with {host}'}.")
    orphans = list(found.values())
    if orphans or complete:
        print(as_json(orphans) if options.json else as_text(orphans))
    code = _act(orphans, options)
    return code if complete else _ERROR


def _reach(host: Host, options: argparse.Namespace) -> tuple[Clients, list[str]]:
    """Return the clients of a host, and the Regions to search.

    :raises BedrockError: when its settings can't be used, or the account isn't known.
    :raises _Refused: when it can't be searched.
    """
    if host.unreadable and not host.is_of_stack:
        raise _Refused(
            f"{host} was not searched: the state holds {', '.join(host.unreadable)} encrypted. Give the output of "
            "`pulumi stack export --show-secrets` to this command."
        )
    if host.unreadable:
        _say(f"note: {', '.join(host.unreadable)} is encrypted in the state and was not used")
    clients = Clients(AwsConfiguration.read(host.settings.get))
    regions = _regions(options.region, host, clients)
    if host.accounts and not clients.configuration.skip_requesting_account_id:
        caller = clients.account.get(regions[0])
        if caller not in host.accounts:
            raise _Refused(
                f"{host} was not searched: the credentials are of account {caller}, and what the state has "
                f"is in {' and '.join(sorted(host.accounts))}."
            )
    return clients, regions


def _act(found: Sequence[Orphan], options: argparse.Namespace) -> int:
    """Delete what is proven, if asked to, and return the exit code."""
    proven = [orphan for orphan in found if orphan.proven]
    if not (options.delete and proven):
        return _SOME if found else _NONE
    if not options.yes and not _agrees(len(proven)):
        return _SOME
    if not _delete(proven):
        return _ERROR
    return _SOME if len(found) > len(proven) else _NONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pulumi-bedrock-orphans",
        description="List what a stack left unfinished, deployments and custom models, and that is in no state.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        nargs="?",
        help="output of pulumi stack export, - for standard input; when left out, the tool runs that command",
    )
    parser.add_argument("--stack", "-s", help="the stack to export, if not the selected one")
    parser.add_argument("--cwd", "-C", help="the folder of the project to export from, if not this one")
    parser.add_argument(
        "--region",
        action="append",
        default=[],
        help="another Region to search, besides those of the state and the environment; can be repeated",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    parser.add_argument("--delete", action="store_true", help="delete those that are proven to be the stack's")
    parser.add_argument("--yes", "-y", action="store_true", help="delete without asking")
    return parser


def _export(options: argparse.Namespace) -> str:
    try:
        if options.file:
            return _decoded(sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise _Refused(f"can't read {options.file}: {error}") from error
    command = ["pulumi", "stack", "export", "--non-interactive"]
    command += ["--stack", options.stack] if options.stack else []
    command += ["--cwd", options.cwd] if options.cwd else []
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError as error:
        raise _Refused("there is no pulumi on PATH; give a file with the output of `pulumi stack export`") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = next((line for line in lines if line.startswith("error: ")), lines[-1] if lines else "nothing")
        raise _Refused(f"`pulumi stack export` failed: {said.removeprefix('error: ')}")
    return done.stdout


def _decoded(data: bytes) -> str:
    """Return a text, in UTF-8 or, as PowerShell's `>` writes it, in UTF-16 with a byte order mark."""
    return data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")


def _regions(given: Sequence[str], host: Host, clients: Clients) -> list[str]:
    """Return every Region that is given or in the state, and, for the stack's own host, set in the environment."""
    environment = (os.environ.get("AWS_REGION"), os.environ.get("AWS_DEFAULT_REGION")) if host.is_of_stack else ()
    regions = {*given, *host.regions, *(region for region in (*environment, clients.region) if region)}
    if not regions:
        raise RegionMissing(f"{NO_REGION} Set AWS_REGION, or give --region.")
    return sorted(regions)


def _agrees(count: int) -> bool:
    try:
        _say(f"Delete {'this one' if count == 1 else f'these {count}'}? Type yes to confirm: ", end="")
        return input().strip().lower() == "yes"
    except EOFError:
        _say("no answer; nothing was deleted (--yes deletes without asking)")
        return False


def _delete(orphans: Sequence[Orphan]) -> bool:
    """Delete all, one after the other, also after a failure. Return False when one could not be deleted."""
    done = True
    for orphan in orphans:
        arn = orphan.found.arn
        try:
            _say(f"deleted {arn}" if delete(orphan, report=_say) else f"kept {arn}: a run has resumed it")
        except BedrockError as error:
            done = False
            _error(f"{type(error).__name__}: {error}")
    return done


def _failed(error: Exception) -> bool:
    """Show why something was not searched, and return that the search isn't complete."""
    _error(f"{type(error).__name__}: {error}" if isinstance(error, BedrockError) else str(error))
    return False


def _say(line: str, *, end: str = "\n") -> None:
    print(line, end=end, file=sys.stderr, flush=True)


def _error(line: str) -> int:
    _say(f"error: {line}")
    return _ERROR


if __name__ == "__main__":
    sys.exit(main())
