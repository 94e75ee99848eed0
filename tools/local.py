"""`make local`: keep a local Bedrock running, and print the commands to deploy to it from another terminal."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from urllib.parse import urlsplit

from pulumi_bedrock.local import LocalBedrock
from pulumi_bedrock.local.__main__ import main as serve
from stack import LOCAL_ENDPOINT, MODELS, PROGRAMS, STACK, TOP, pulumi_variables

PORT = urlsplit(LOCAL_ENDPOINT).port or 0
SERVICES = ("bedrock", "bedrockruntime", "sts")


def instructions(local: LocalBedrock, environment: Path) -> str:
    """Write the variables of another terminal to the file `environment`, and return the commands to type there."""
    variables = {**pulumi_variables(environment.parent), **local.environment()}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += [
        # An active virtual environment stays first: that of a project beside this one.
        f'export PATH="${{VIRTUAL_ENV:+$VIRTUAL_ENV/bin:}}"{shlex.quote(os.pathsep.join(PROGRAMS))}:"$PATH"',
        "unset AWS_BEARER_TOKEN_BEDROCK AWS_PROFILE AWS_SESSION_TOKEN",
    ]
    environment.write_text("\n".join(lines) + "\n")
    commands = [
        (f". {os.path.relpath(environment, TOP)}", "PATH, state in .local, fake credentials, endpoint"),
        (f"pulumi stack select --create {STACK}", ""),
        *_set_endpoint(local.endpoint_url),
        ("pulumi up", f"deploys {MODELS[0]}"),
        ('python tools/converse.py "Where is my order?"', "asks the deployed model"),
        (f"pulumi config set modelArn {local.custom_models()[1]['modelArn']}", ""),
        ("pulumi up", f"replaces the deployment with one of {MODELS[1]}"),
        ("pulumi destroy", "do this before you stop the local Bedrock, which keeps no deployments"),
        (f"git checkout Pulumi.{STACK}.yaml", "undoes the change of the configuration"),
    ]
    typed = "\n".join(f"  {command:<48}{'  # ' if why else ''}{why}".rstrip() for command, why in commands)
    return f"In another terminal, in {TOP}:\n\n{typed}\n\nRequests to Bedrock are shown here."


def _set_endpoint(endpoint: str) -> list[tuple[str, str]]:
    """Return the command that points the stack at this endpoint, if its configuration names another one."""
    if endpoint == LOCAL_ENDPOINT:
        return []
    values = " ".join(f"--plaintext 'aws:endpoints[0].{service}={endpoint}'" for service in SERVICES)
    return [(f"pulumi config set-all --path {values}", "")]


def main() -> int:
    """Serve until Ctrl-C. Return the exit code: 1 when the port is in use."""
    parser = argparse.ArgumentParser(
        prog="make local",
        description="Keep a local Bedrock running, and print the commands to deploy to it from another terminal.",
    )
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on (default: %(default)s)")
    port = parser.parse_args().port
    arguments = ["--log-requests", f"--port={port}"]
    arguments += [argument for name in MODELS for argument in ("--custom-model", name)]
    return serve(
        arguments,
        instructions=lambda local: instructions(local, TOP / ".local/env"),
        other_port=f"make local PORT={port + 1}",
    )


if __name__ == "__main__":
    sys.exit(main())
