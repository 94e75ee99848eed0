"""`make demo`: deploy, replace and destroy a custom model on a local Bedrock, in a minute and without an AWS account.

It uses a copy of the stack, so the checkout stays clean. Each step checks its result; a wrong result ends the demo
with an error.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulumi_bedrock.local import LocalBedrock
from stack import LOCAL_ENDPOINT, MODELS, STACK, TOP, stack_environment

ACTIVATION_SECONDS = 4
DELETION_SECONDS = 1
STACK_FILES = ("Pulumi.yaml", f"Pulumi.{STACK}.yaml", "__main__.py")
PROMPT = "Where is my order?"
WRITES = ("CreateCustomModelDeployment", "DeleteCustomModelDeployment")
STOPPED = "\nThe demo was stopped. Its processes have ended and its files are deleted."
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class StepFailedError(Exception):
    """A step with another result than the demo describes."""


class Stack:
    """A copy of the stack, and the Pulumi CLI that runs on it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        for name in STACK_FILES:
            text = (TOP / name).read_text()
            (folder / name).write_text(text.replace(LOCAL_ENDPOINT, endpoint))
        (folder / ".venv").symlink_to(TOP / ".venv")
        # Without the display that moves the cursor, all lines stay on the screen, in order.
        self.environment = {**stack_environment(folder / "pulumi"), "TERM": "dumb"}

    def pulumi(self, *arguments: str) -> None:
        """Run a command, and show the command and its output."""
        print(paint("2", f"$ pulumi {' '.join(arguments)}"), flush=True)
        self._run((*arguments, "--color", "always" if COLOUR else "never"))

    def captured(self, *arguments: str) -> str:
        """Run a command without showing it, and return its output. An error shows the output."""
        return self._run(arguments, output=subprocess.PIPE)

    def _run(self, arguments: tuple[str, ...], *, output: int | None = None) -> str:
        with subprocess.Popen(
            ["pulumi", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        ) as cli:
            try:
                written, errors = cli.communicate()
            except (KeyboardInterrupt, SystemExit) as ending:
                # Wait: the CLI records running operations before it ends. It got the Ctrl-C too, and a second
                # signal would stop it before that.
                if isinstance(ending, SystemExit):
                    cli.send_signal(signal.SIGINT)
                cli.wait()
                raise
        if cli.returncode:
            raise StepFailedError(f"pulumi {arguments[0]} exited with {cli.returncode}\n{errors or ''}".rstrip())
        return written or ""


def demo(stack: Stack, local: LocalBedrock, models: dict[str, str]) -> None:
    """Run all steps.

    :raises StepFailedError: when a step has another result than described.
    """
    first, second = MODELS
    with step("Deploy the custom model, and wait until it is Active"):
        stack.captured("stack", "init", STACK)
        stack.pulumi("up", "--yes", "--skip-preview")

    with step("Call the deployed model"):
        old = active_deployment(stack, local)
        call(local, old, expected=first)

    with step("Run the same program again: nothing changes"):
        stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    with step("Preview a change of the model"):
        stack.captured("config", "set", "modelArn", models[second])
        stack.pulumi("preview", "--diff")

    with step("Replace the deployment"):
        local.clear_requests()
        stack.pulumi("up", "--yes", "--skip-preview")
        order = [operation for operation in (each["operation"] for each in local.requests()) if operation in WRITES]
        expect(order == list(WRITES), f"one create and then one delete, found {order}")
        print("The new deployment was created first. The old one was deleted when everything used the new ARN.")

    with step("Call the new deployment; the old one is gone"):
        new = active_deployment(stack, local)
        expect(new != old, f"another ARN than {old}")
        call(local, new, expected=second)

    with step("Destroy the stack"):
        stack.pulumi("destroy", "--yes", "--skip-preview")
        left = local.deployments()
        expect(left == [], f"no deployment in the account, found {left}")
        print("Custom model deployments in the account: none.")


def active_deployment(stack: Stack, local: LocalBedrock) -> str:
    """Return the ARN that the stack exports, and check that it is the account's only deployment, and `Active`."""
    arn = stack.captured("stack", "output", "customModelDeploymentArn").strip()
    found = [(each["customModelDeploymentArn"], each["status"]) for each in local.deployments()]
    expect(found == [(arn, "Active")], f"{arn} to be the only deployment, and Active; found {found}")
    print(f"ARN:     {arn}")
    return arn


def call(local: LocalBedrock, arn: str, *, expected: str) -> None:
    """Call a deployment once, and check that the expected model answers."""
    client = local.client("bedrock-runtime")
    answer = client.converse(modelId=arn, messages=[{"role": "user", "content": [{"text": PROMPT}]}])
    client.close()
    text = answer["output"]["message"]["content"][0]["text"]
    expect(f"which serves {expected}," in text, f"an answer of {expected}, found {text}")
    print(f"Prompt:  {PROMPT}\nAnswer:  {text}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show the title of a step, and name the step in its error."""
    print("\n" + paint("1;36", f"— {title}") + "\n", flush=True)
    try:
        yield
    except StepFailedError as error:
        raise StepFailedError(f"step “{title}”: {error}") from error


def expect(is_so: bool, what: str) -> None:
    """Raise StepFailedError unless the result is as expected."""
    if not is_so:
        raise StepFailedError(f"expected {what}")


def paint(code: str, text: str) -> str:
    """Return the text in a colour, if the output is a terminal."""
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder and delete it at the end, even if an interrupted process still writes to it."""
    folder = Path(tempfile.mkdtemp(prefix="pulumi-bedrock-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the demo. The exit code is 0 only if every step had the described result."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    try:
        with (
            temporary_folder() as folder,
            LocalBedrock.serve(activation_seconds=ACTIVATION_SECONDS, deletion_seconds=DELETION_SECONDS) as local,
        ):
            with step("Start a local Bedrock with two custom models"):
                models = {name: local.create_custom_model(name) for name in MODELS}
                print(f"It listens at {local.endpoint_url}.")
                print(f"A deployment takes {ACTIVATION_SECONDS} s to become Active.")
                for name, arn in models.items():
                    print(f"Custom model {name}: {arn}")
            demo(Stack(folder, local.endpoint_url), local, models)
    except StepFailedError as error:
        sys.exit(f"\nerror: the demo failed: {error}")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    print("\nDone. `make local` keeps a local Bedrock running for your own experiments.")


if __name__ == "__main__":
    main()
