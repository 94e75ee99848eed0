"""The main job with the real Pulumi CLI: create, refresh, drift, replace, import, update in place, invoke, destroy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_bedrock.values.tags import as_list

from .account import Account
from .answers import Answer, ask
from .creates import Creates
from .ledger import Ledger

__all__ = ["MainJob", "Step"]

PROGRAM = """\
import pulumi
import pulumi_bedrock as bedrock

config = pulumi.Config()
deployment = bedrock.CustomModelDeployment(
    "main-job",
    model_arn=config.require("modelArn"),
    model_deployment_name=config.require("name"),
    description=config.get("description"),
    tags=config.require_object("tags"),
    update_in_place=config.get_bool("updateInPlace") or False,
    opts=pulumi.ResourceOptions(
        import_=config.get("import") or None, retain_on_delete=config.get_bool("retain") or False
    ),
)
invocation = bedrock.ModelInvocation(
    "smoke-test",
    model_id=deployment.custom_model_deployment_arn,
    prompt="Say hello.",
    inference_config={"maxTokens": 5},
    triggers={"model": deployment.model_arn},
)
pulumi.export("arn", deployment.custom_model_deployment_arn)
pulumi.export("tokens", invocation.usage["outputTokens"])
"""
INTERRUPT_EVERY = 2.0
"""Seconds between two interrupts of a running command: the first asks it to end, the second ends it."""


@dataclass(frozen=True)
class Step:
    """One step of the main job.

    :param seconds: How long it took.
    """

    name: str
    worked: bool
    seconds: float
    said: str


class StepFailed(Exception):
    """A step that did not do what it should; the text is one line."""


class MainJob:
    """A stack of its own in a folder, with its state in a file.

    :param folder: Where the stack's project and state are.
    :param programs: The folders that come first on PATH: Python, the Pulumi CLI.
    """

    def __init__(
        self, account: Account, ledger: Ledger, folder: Path, programs: list[Path], say: Callable[[str], None]
    ) -> None:
        self._account, self._ledger, self._folder, self._say = account, ledger, folder, say
        self.steps: list[Step] = []
        self.creates = Creates()
        (folder / "backend").mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text("name: acceptance\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "acceptance",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        self._config: dict[str, Any] = {"name": ledger.name("main-job"), "tags": ledger.tags}

    def run(self, *, other_model: str | None) -> None:
        """Run every step; the first that fails ends the job."""
        self._config["modelArn"] = self._account.model_arn
        try:
            with self._step("create, and call the model"):
                self._pulumi("stack", "init", "acceptance")
                self._up()
                first = self._arn
                self._expect(self._outputs()["tokens"] > 0, "the model to answer")
            with self._step("up again changes nothing"):
                self._up("--expect-no-changes")
            with self._step("refresh changes nothing"):
                self._pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
            with self._step("drift of a tag is seen"):
                ask(self._account.bedrock.tag_resource, resourceARN=first, tags=as_list({"drifted": "yes"}))
                self._pulumi("refresh", "--yes", "--skip-preview")
                self._expect("drifted" in self._pulumi("preview", "--diff"), "the preview to show the tag")
                ask(self._account.bedrock.untag_resource, resourceARN=first, tagKeys=["drifted"])
                self._pulumi("refresh", "--yes", "--skip-preview")
            with self._step("replacement: another description"):
                self._config["description"] = "Replaced"
                self._up()
                replaced = self._arn
                self._expect(replaced != first, "another ARN")
                self._expect(not self._exists(first), "the old deployment to be gone")
            with self._step("import into a new state"):
                self._config["retain"] = True
                self._up()
                self._pulumi("destroy", "--yes", "--skip-preview")
                self._expect(self._exists(replaced), "the deployment to be retained")
                self._config.update({"retain": False, "import": replaced})
                self._up()
                self._expect(self._arn == replaced, "the same ARN")
                del self._config["import"]
                self._up()
            if other_model is not None:
                with self._step("update in place: another model, the same ARN"):
                    self._config.update({"updateInPlace": True, "modelArn": other_model})
                    self._up()
                    self._expect(self._arn == replaced, "the same ARN")
                    found = ask(
                        self._account.bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=replaced
                    )
                    self._expect(found.body.get("modelArn") == other_model, "the other model to serve")
            with self._step("destroy"):
                self._pulumi("destroy", "--yes", "--skip-preview")
                self._expect(not self._exists(replaced), "the deployment to be gone")
        except StepFailed as failure:
            self._say(f"main job: {failure}")

    @property
    def worked(self) -> bool:
        """Whether there were steps, and every one worked."""
        return bool(self.steps) and all(step.worked for step in self.steps)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self._say(f"main job: {name}")
        began = time.monotonic()
        try:
            yield
        except StepFailed as failure:
            self.steps.append(Step(name, False, time.monotonic() - began, str(failure)))
            raise
        self.steps.append(Step(name, True, time.monotonic() - began, ""))

    def _up(self, *flags: str) -> None:
        name = self._config["name"]
        self._ledger.plan(name)
        self._pulumi("up", "--yes", "--skip-preview", *flags)
        found = self._get(name)
        if found.code == "ok":
            self._ledger.settle(name, found.body["customModelDeploymentArn"])
            self.creates.note(found.body)

    @property
    def _arn(self) -> str:
        return str(self._outputs()["arn"])

    def _outputs(self) -> dict[str, Any]:
        return dict(json.loads(self._pulumi("stack", "output", "--json")))

    def _exists(self, arn: str) -> bool:
        return self._get(arn).code != "ResourceNotFoundException"

    def _get(self, arn: str) -> Answer:
        return ask(self._account.bedrock.get_custom_model_deployment, customModelDeploymentIdentifier=arn)

    @staticmethod
    def _expect(so: bool, what: str) -> None:
        if not so:
            raise StepFailed(f"expected {what}")

    def _pulumi(self, *arguments: str) -> str:
        self._write_configuration()
        try:
            with subprocess.Popen(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=self._folder,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as cli:
                try:
                    written, errors = cli.communicate()
                except KeyboardInterrupt:
                    _end(cli)
                    raise
        except OSError as error:
            raise StepFailed(f"pulumi {arguments[0]} did not start: {error}") from error
        if cli.returncode:
            lines = [line.strip() for line in (written + errors).splitlines() if "error:" in line]
            raise StepFailed(f"pulumi {arguments[0]} failed: {lines[0] if lines else errors.strip()[-300:]}")
        return written

    def _write_configuration(self) -> None:
        settings = {f"acceptance:{key}": value for key, value in self._config.items()}
        path = self._folder / "Pulumi.acceptance.yaml"
        lines = path.read_text().splitlines() if path.exists() else []
        kept = [line for line in lines if line.startswith("encryptionsalt:")]
        # JSON is YAML.
        configuration = f"config: {json.dumps({**settings, 'aws:region': self._account.region})}"
        path.write_text("\n".join([*kept, configuration]) + "\n")


def _end(cli: subprocess.Popen[str]) -> None:
    """End a running command. What it has created is found by its name, so nothing need be recorded."""
    while cli.poll() is None:
        cli.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            cli.wait(INTERRUPT_EVERY)


def programs(top: Path) -> list[Path]:
    """Return the folders that must come first on PATH."""
    return [Path(sys.executable).parent, top / ".tools/bin"]
