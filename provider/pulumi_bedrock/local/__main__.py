"""``python -m pulumi_bedrock.local``: serve a local Bedrock for development and demonstrations."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .local_bedrock import LocalBedrock
from .quotas import QUOTA, QUOTA_IN_PROGRESS

__all__ = ["main"]


def _exports(local: LocalBedrock) -> str:
    lines = [f"  export {name}={value}" for name, value in local.environment().items()]
    return "\n".join(["To use it:", *lines])


def main(
    arguments: Sequence[str] | None = None,
    *,
    instructions: Callable[[LocalBedrock], str] = _exports,
    other_port: str = "--port",
) -> int:
    """Serve until SIGTERM or Ctrl-C, then return 0; return 1 when it can't listen or create a custom model.

    ``instructions`` returns the text that says how to use the server. ``other_port`` is how to choose another port.
    """
    options = _parse(arguments)
    # A queue, since a signal handler must not wait for a lock: an Event's lock may be held by the thread that it stops.
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
            quota_in_progress=options.quota_in_progress,
            quota=options.quota,
            on_request=_print_request if options.log_requests else None,
        )
    except OSError as error:
        print(
            f"error: cannot listen on {options.host}:{options.port}: {os.strerror(error.errno or 0)}. "
            f"Choose another port with {other_port}.",
            file=sys.stderr,
        )
        return 1
    with local:
        print(f"Local Bedrock at {local.endpoint_url}, with moto's S3, IAM, SSM, STS and other services.")
        print(
            f"A deployment takes {options.activation_seconds:g} s to become Active, "
            f"{options.deletion_seconds:g} s to be deleted; a custom model takes {options.model_seconds:g} s. "
            "There is no authentication."
        )
        quotas = ["unlimited" if each is None else each for each in (options.quota_in_progress, options.quota)]
        print("Quotas of deployments: in progress {}, in all {}.".format(*quotas))
        try:
            for name in options.custom_model:
                print(f"Custom model {name}: {local.create_custom_model(name)}")
        except ValueError as error:
            print(f"error: custom model {name}: {error}", file=sys.stderr)
            return 1
        print(instructions(local))
        print("Ready. Press Ctrl-C to stop it.", flush=True)
        ended.get()
    print("Stopped.", flush=True)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pulumi_bedrock.local", description="Serve a local Bedrock for development and demonstrations."
    )
    parser.add_argument(
        "--port", type=int, default=4599, help="port to listen on; 0 chooses a free one (default: %(default)s)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--region", default="us-east-1", help="Region of the custom models (default: %(default)s)")
    parser.add_argument(
        "--custom-model", action="append", default=[], metavar="NAME", help="create a custom model; can be repeated"
    )
    for name, seconds, what in (
        ("activation", 3.0, "seconds until a new deployment is Active"),
        ("deletion", 1.0, "seconds until a deleted deployment is gone"),
        ("model", 0.0, "seconds until a new custom model is Active"),
        ("training", 0.0, "seconds until a model customization job is completed"),
    ):
        parser.add_argument(
            f"--{name}-seconds",
            type=float,
            default=seconds,
            metavar="S",
            help=f"{what} (default: %(default)s)",
        )
    for option, quota, what in (
        ("--quota-in-progress", QUOTA_IN_PROGRESS, "deployments that may be Creating in a Region"),
        ("--quota", QUOTA, "deployments that may exist in a Region, in any status"),
    ):
        parser.add_argument(
            option, type=_quota, default=quota, metavar="N", help=f"{what}; none for no limit (default: %(default)s)"
        )
    parser.add_argument("--log-requests", action="store_true", help="print a line for each Bedrock request")
    return parser.parse_args(arguments)


def _quota(text: str) -> int | None:
    if text == "none":
        return None
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is neither a number nor none")


def _print_request(entry: dict[str, Any]) -> None:
    outcome = "no response" if entry["status"] is None else entry["status"]
    parts = (entry["operation"], entry["resource"], entry["region"], outcome, entry["error"])
    # The reader may have ended, as in "… | head"; the request still gets its response.
    with contextlib.suppress(BrokenPipeError):
        print(" ".join(str(part) for part in parts if part is not None), flush=True)


if __name__ == "__main__":
    sys.exit(main())
