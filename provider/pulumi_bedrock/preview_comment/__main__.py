"""`python -m pulumi_bedrock.preview_comment [FILE]`: turn `pulumi preview --json` into a Markdown comment."""

from __future__ import annotations

import argparse
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from . import interrupted
from .comment import rendered
from .preview import MalformedPreview
from .reading import VARIABLE, read

__all__ = ["main"]

_T = TypeVar("_T")
_EPILOG = (
    f"Set {VARIABLE}=1 for pulumi preview. "
    "Exit code: 0, also for a preview that failed (the comment says so); 2 for input that is malformed or cut off."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="pulumi-bedrock-preview-comment",
        description="Turn the event stream of pulumi preview --json into a pull-request comment.",
        epilog=_EPILOG,
    )
    parser.add_argument("file", nargs="?", default="-", help="the JSON; standard input when left out or -")
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="the output of pulumi stack export; the comment then warns of operations that an earlier run has not "
        "finished",
    )
    parser.add_argument("--project", help="the project's name, for a preview that doesn't contain it")
    parser.add_argument("--stack", help="the stack's name, for a preview that doesn't contain it")
    options = parser.parse_args(arguments)
    try:
        preview = _parsed(options.file, read)
        operations = _parsed(options.state, interrupted.read) if options.state else ()
    except _Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if preview.root is None and not (options.project and options.stack):
        # Two such stacks would edit the same comment.
        print("warning: the preview doesn't name its project and stack; give --project and --stack", file=sys.stderr)
    comment = rendered(preview, operations, project=options.project, stack=options.stack)
    sys.stdout.buffer.write(comment.encode())
    return 0


class _Refused(Exception):
    """A file can't be used; the message is one line."""


def _parsed(file: str, parse: Callable[[str], _T]) -> _T:
    name = "standard input" if file == "-" else file
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        # PowerShell's `>` writes UTF-16, with a byte order mark.
        return parse(data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8"))
    except UnicodeDecodeError as error:
        raise _Refused(f"{name} is neither UTF-8 nor UTF-16: {error.reason} at byte {error.start}") from error
    except MalformedPreview as error:
        raise _Refused(f"{name} is not the event stream of `pulumi preview --json`: {error}") from error
    except interrupted.MalformedState as error:
        raise _Refused(f"{name}: {error}") from error
    except OSError as error:
        raise _Refused(f"can't read {file}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
