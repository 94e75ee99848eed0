"""The contenders, and how each one runs: as a Pulumi stack or as a plain program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pulumi_bedrock.local import LocalBedrock

from tools.stack import pulumi_variables

from .observed import Observed, observe

__all__ = ["CONTENDERS", "PARALLEL", "Bench"]

HERE = Path(__file__).parent
AWS_STAND_IN = HERE.parent / "tests/examples/aws_stand_in/bin"
"""A plugin for `aws.Provider`s: they are configured, and nothing else uses them."""
CONTENDERS = ("ours", "usual", "script", "trivial")
PARALLEL = 256
"""The value of `--parallel`, the same for all."""

HOST = "pulumi.dynamic"
"""The command-line argument that identifies the dynamic host's process."""


class Bench:
    """Runs contenders against one account.

    :param folder: A temporary folder for projects and state.
    """

    def __init__(self, folder: Path, local: LocalBedrock) -> None:
        self.folder, self.local, self.model_arn = folder, local, ""
        theirs = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
        cli = os.environ.get("PULUMI_BEDROCK_CLI_BIN") or str(HERE.parent / ".tools/bin")
        path = os.pathsep.join([str(Path(sys.executable).parent), cli, str(AWS_STAND_IN), theirs["PATH"]])
        self.environment = {**theirs, "PATH": path, **pulumi_variables(folder), **local.environment()}

    def deploy(self, contender: str, deployments: int, stack: str = "", *, providers: int = 0) -> Observed:
        """Create that many deployments.

        :param providers: The number of `aws.Provider`s that they use in turn; 0 is the stack's configuration.
        :param stack: The stack's name, for a stack that is used again.
        """
        self.model_arn = self.local.create_custom_model("bench")
        environment = self._environment(deployments) | {"PROVIDERS": str(providers)}
        if contender == "script":
            return observe([sys.executable, "."], folder=HERE / "script", environment=environment)
        project = self._project(contender, stack or f"{contender}-{os.urandom(3).hex()}")
        return self._pulumi(project, "up", "--yes", "--skip-preview", environment=environment)

    def change(self, contender: str, deployments: int, *, activation: float, in_place: bool) -> Observed:
        """Deploy that many, and then measure how their model is changed; only that is among the requests.

        :param activation: Seconds until a deployment is Active, but not one of those that are there before.
        :param in_place: Whether they are updated in place, and not replaced.
        """
        self.local.set_activation(seconds=0)
        self.model_arn = self.local.create_custom_model("bench")
        project = self._project(contender, f"{contender}-{os.urandom(3).hex()}")

        def up() -> Observed:
            environment = self._environment(deployments) | ({"UPDATED": "1"} if in_place else {})
            return self._pulumi(project, "up", "--yes", "--skip-preview", environment=environment)

        seen = up()
        if seen.failure:
            return seen
        self.model_arn = self.local.create_custom_model("bench-2")
        self.local.clear_requests()
        self.local.set_activation(seconds=activation)
        return up()

    def preview(self, stack: str, deployments: int) -> Observed:
        """Preview a deployed stack without changes."""
        environment = self._environment(deployments)
        return self._pulumi(self.folder / stack, "preview", "--expect-no-changes", environment=environment)

    def _environment(self, deployments: int) -> dict[str, str]:
        return {**self.environment, "DEPLOYMENTS": str(deployments), "PROVIDERS": "0", "MODEL_ARN": self.model_arn}

    def _project(self, contender: str, stack: str) -> Path:
        project = self.folder / stack
        shutil.copytree(HERE / contender, project)
        project.joinpath("Pulumi.yaml").write_text(f"name: bench\nruntime: python\nmain: {project}\n")
        command = ["pulumi", "stack", "init", stack, "--non-interactive"]
        subprocess.run(command, cwd=project, env=self.environment, check=True, capture_output=True)
        return project

    def _pulumi(self, project: Path, *arguments: str, environment: dict[str, str]) -> Observed:
        command = ["pulumi", *arguments, f"--stack={project.name}", f"--parallel={PARALLEL}", "--non-interactive"]
        return observe([*command, "--color=never"], folder=project, environment=environment, worker=HOST)
