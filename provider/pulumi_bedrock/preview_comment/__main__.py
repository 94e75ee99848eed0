"""`python -m pulumi_bedrock.preview_comment [FILE]`: turn `pulumi preview --json` into a Markdown comment."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .comment import rendered
from .preview import MalformedPreview
from .reading import read

__all__ = ["main"]

_EPILOG = (
    "Set PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 for pulumi preview: only then the JSON has the order of a replacement. "
    "Exit code: 0, also for a preview that failed (the comment says so); 2 for JSON that is malformed or cut off."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="pulumi-bedrock-preview-comment",
        description="Turn the output of pulumi preview --json, in either of its forms, into a pull-request comment.",
        epilog=_EPILOG,
    )
    parser.add_argument("file", nargs="?", default="-", help="the JSON; standard input when left out or -")
    parser.add_argument("--project", help="the project's name, for a preview that doesn't contain it")
    parser.add_argument("--stack", help="the stack's name, for a preview that doesn't contain it")
    options = parser.parse_args(arguments)
    try:
        data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        preview = read(data.decode())
    except UnicodeDecodeError as error:
        return _refused(options.file, f"it is not UTF-8: {error.reason} at byte {error.start}")
    except MalformedPreview as error:
        return _refused(options.file, str(error))
    except OSError as error:
        print(f"error: can't read {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    if preview.root is None and not (options.project and options.stack):
        # Two such stacks would edit the same comment.
        print("warning: the preview doesn't name its project and stack; give --project and --stack", file=sys.stderr)
    sys.stdout.buffer.write(rendered(preview, project=options.project, stack=options.stack).encode())
    return 0


def _refused(file: str, reason: str) -> int:
    name = "standard input" if file == "-" else file
    print(f"error: {name} is not the output of `pulumi preview --json`: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
