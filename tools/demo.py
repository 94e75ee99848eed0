"""`make demo`: the whole life of a deployment on a local Bedrock, in a minute and without an AWS account.

It works on a copy of the stack, so that the checkout stays clean, and checks what it shows: a step
that doesn't do what is said of it ends the demo with an error.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pulumi_bedrock.local import LocalBedrock
from stack import LOCAL_ENDPOINT, MODELS, STACK, TOP, stack_environment

ACTIVATION_SECONDS = 6
DELETION_SECONDS = 2
STACK_FILES = ("Pulumi.yaml", f"Pulumi.{STACK}.yaml", "__main__.py")
STOPPED = "\nThe demo was stopped. Its processes and files are gone."
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


class StepFailedError(Exception):
    """A step that didn't do what the demo says of it."""


class Stack:
    """The copy of the stack, and the Pulumi CLI run on it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        for name in STACK_FILES:
            text = (TOP / name).read_text()
            (folder / name).write_text(text.replace(LOCAL_ENDPOINT, endpoint))
        (folder / ".venv").symlink_to(TOP / ".venv")
        # Not the display that moves the cursor: what happened, in its order, is to stay on the screen.
        self.environment = {**stack_environment(folder / "pulumi"), "TERM": "dumb"}

    def pulumi(self, *arguments: str) -> None:
        """Run a command and show it, with all that it writes."""
        print(paint("2", f"$ pulumi {' '.join(arguments)}"), flush=True)
        self._run((*arguments, "--color", "always" if COLOUR else "never"))

    def captured(self, *arguments: str, **environment: str) -> str:
        """Run a command that the user needn't see, unless it fails, and return what it writes."""
        return self._run(arguments, output=subprocess.PIPE, environment=environment)

    def _run(
        self,
        arguments: tuple[str, ...],
        *,
        output: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        with subprocess.Popen(
            ["pulumi", *arguments],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        ) as cli:
            try:
                written, errors = cli.communicate()
            except (KeyboardInterrupt, SystemExit) as ending:
                # The CLI records what is running before it ends: let it. A Ctrl-C has reached it too, and a
                # second signal would cut it off.
                if isinstance(ending, SystemExit):
                    cli.send_signal(signal.SIGINT)
                cli.wait()
                raise
        if cli.returncode:
            raise StepFailedError(f"pulumi {arguments[0]} ended with {cli.returncode}\n{errors or ''}".rstrip())
        return written or ""


def demo(stack: Stack, local: LocalBedrock, models: dict[str, str]) -> None:
    """Show one step after the other.

    :raises StepFailedError: for the first that isn't as it should be.
    """
    with step("Deploy the custom model, and wait until it serves"):
        stack.captured("stack", "init", STACK)
        stack.pulumi("up", "--yes", "--skip-preview")

    with step("What came of it"):
        outputs = json.loads(stack.captured("stack", "output", "--json"))
        arn, deployed = outputs["customModelDeploymentArn"], local.deployments()
        found = [(each["customModelDeploymentArn"], each["status"]) for each in deployed]
        expect(found == [(arn, "Active")], f"{arn} to be Active in the account, found {deployed}")
        print(f"The deployment's ARN:  {arn}")
        print(f"The model's answer:    {outputs['smokeTestAnswer']}")

    with step("The same program again: nothing changes"):
        stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    with step("Another model: what would happen?"):
        stack.captured("config", "set", "modelArn", models["support-bot-v2"])
        stack.pulumi("preview", "--diff")
        steps = planned_steps(stack, "support-bot")
        expect(steps == ["create-replacement", "replace", "delete-replaced"], f"a replacement, found {steps}")
        print("The new deployment is made first; the old one goes last, when all that use it have the new ARN.")

    with step("Take everything down"):
        stack.pulumi("destroy", "--yes", "--skip-preview")

    with step("What is left in the account"):
        left = local.deployments()
        expect(left == [], f"no deployment, found {left}")
        print("Custom model deployments: none.")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what comes next; if it fails, the error says which step it was."""
    print("\n" + paint("1;36", f"— {title}") + "\n", flush=True)
    try:
        yield
    except StepFailedError as error:
        raise StepFailedError(f"at the step “{title}”: {error}") from error


def planned_steps(stack: Stack, name: str) -> list[str]:
    """What a preview would do to a resource, in its true order, which only the stream of its events tells."""
    events = stack.captured("preview", "--json", PULUMI_ENABLE_STREAMING_JSON_PREVIEW="1")
    steps = [json.loads(line).get("resourcePreEvent", {}).get("metadata", {}) for line in events.splitlines()]
    return [step["op"] for step in steps if step.get("urn", "").endswith(f"::{name}")]


def expect(is_so: bool, what: str) -> None:
    """Hold the demo to what it says."""
    if not is_so:
        raise StepFailedError(f"expected {what}")


def paint(code: str, text: str) -> str:
    """The text in a colour, on a terminal."""
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, even if a process that was cut off still writes to it."""
    folder = Path(tempfile.mkdtemp(prefix="pulumi-bedrock-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the demo; the exit code is 0 only if all of it went as shown."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    try:
        with (
            temporary_folder() as folder,
            LocalBedrock.serve(activation_seconds=ACTIVATION_SECONDS, deletion_seconds=DELETION_SECONDS) as local,
        ):
            with step("Start a local Bedrock, with two custom models in it"):
                models = {name: local.create_custom_model(name) for name in MODELS}
                print(f"It listens at {local.endpoint_url}.")
                print(f"A deployment takes {ACTIVATION_SECONDS} s to activate.")
                for name, arn in models.items():
                    print(f"Custom model {name}: {arn}")
            demo(Stack(folder, local.endpoint_url), local, models)
    except StepFailedError as error:
        sys.exit(f"\nerror: the demo failed {error}")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    print("\nThat is all. `make local` keeps a local Bedrock running to play with.")


if __name__ == "__main__":
    main()
