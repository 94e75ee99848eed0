"""``python -m pulumi_bedrock.local``: a local Bedrock to develop and demonstrate against."""

from __future__ import annotations

import argparse
import contextlib
import queue
import signal
import sys
from collections.abc import Sequence
from typing import Any

from .local_bedrock import LocalBedrock

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C, then return 0; return 1 if what was asked for can't be had."""
    options = _parse(arguments)
    # Not an Event: a signal that comes while one begins to wait would wait for itself. A queue can be put to then.
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _frame: ended.put(got))
    try:
        local = LocalBedrock.serve(
            port=options.port,
            host=options.host,
            region=options.region,
            activation_seconds=options.activation_seconds,
            deletion_seconds=options.deletion_seconds,
            model_seconds=options.model_seconds,
            training_seconds=options.training_seconds,
            on_request=_print_request if options.log_requests else None,
        )
    except OSError as error:
        print(f"error: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    with local:
        print(f"Local Bedrock at {local.endpoint_url}, with S3, IAM, SSM, STS and the rest of moto beside it.")
        print(
            f"A deployment takes {options.activation_seconds:g} s to activate, "
            f"{options.deletion_seconds:g} s to go; a custom model takes {options.model_seconds:g} s. "
            "There is no authentication."
        )
        try:
            for name in options.custom_model:
                print(f"Custom model {name}: {local.create_custom_model(name)}")
        except ValueError as error:
            print(f"error: custom model {name}: {error}", file=sys.stderr)
            return 1
        print("To use it:")
        for name, value in local.environment().items():
            print(f"  export {name}={value}")
        print("Ready. Ctrl-C ends it.", flush=True)
        ended.get()
    print("Stopped.", flush=True)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pulumi_bedrock.local", description=__doc__)
    parser.add_argument("--port", type=int, default=4567, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--region", default="us-east-1", help="of the custom models below (default: %(default)s)")
    parser.add_argument("--custom-model", action="append", default=[], metavar="NAME", help="make it; repeatable")
    for name, seconds, what in (
        ("activation", 3.0, "a deployment takes to activate"),
        ("deletion", 1.0, "a deployment takes to go"),
        ("model", 0.0, "a custom model takes to activate"),
        ("training", 0.0, "a model customization job takes"),
    ):
        parser.add_argument(
            f"--{name}-seconds",
            type=float,
            default=seconds,
            metavar="S",
            help=f"{what} (default: %(default)s)",
        )
    parser.add_argument("--log-requests", action="store_true", help="print a line for each Bedrock request")
    return parser.parse_args(arguments)


def _print_request(entry: dict[str, Any]) -> None:
    outcome = "no answer" if entry["status"] is None else entry["status"]
    parts = (entry["operation"], entry["resource"], entry["region"], outcome, entry["error"])
    # Nobody may be reading any more, as in "… | head"; the request is answered all the same.
    with contextlib.suppress(BrokenPipeError):
        print(" ".join(str(part) for part in parts if part is not None), flush=True)


if __name__ == "__main__":
    sys.exit(main())
