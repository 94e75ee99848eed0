"""`make local`: a local Bedrock that stays up, and what to type in another terminal to play with it."""

from __future__ import annotations

import os
import shlex
import sys
from urllib.parse import urlsplit

from pulumi_bedrock.local import LocalBedrock
from stack import LOCAL_ENDPOINT, MODELS, PROGRAMS, STACK, TOP, pulumi_variables

ENVIRONMENT = TOP / ".local/env"

HOW_TO_PLAY = f"""\
In another terminal, in {TOP}:

  . .local/env                          # the programs on PATH, state in .local, fake credentials, endpoint
  pulumi stack select --create {STACK}
  pulumi up                             # deploys support-bot-v1
  python tools/converse.py "Where is my order?"
  pulumi config set modelArn …          # support-bot-v2's ARN, below; then pulumi up replaces the deployment
  pulumi destroy
  git checkout Pulumi.{STACK}.yaml         # if you changed the configuration

What is asked of Bedrock is shown here. Ctrl-C ends it, and forgets what was deployed: destroy first.
"""


def main() -> None:
    """Write the environment to a file, print the commands, and become the local Bedrock."""
    endpoint = urlsplit(LOCAL_ENDPOINT)
    variables = {**pulumi_variables(TOP / ".local"), **LocalBedrock(LOCAL_ENDPOINT).environment()}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines += [
        f'export PATH={shlex.quote(os.pathsep.join(PROGRAMS))}:"$PATH"',
        "unset AWS_PROFILE AWS_SESSION_TOKEN",
    ]
    ENVIRONMENT.write_text("\n".join(lines) + "\n")
    print(HOW_TO_PLAY, flush=True)
    serve = [sys.executable, "-m", "pulumi_bedrock.local", "--log-requests", f"--port={endpoint.port}"]
    serve += [argument for name in MODELS for argument in ("--custom-model", name)]
    os.execv(sys.executable, serve)


if __name__ == "__main__":
    main()
