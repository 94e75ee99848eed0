"""The acceptance suite, run as `make test-aws` runs it, against a local Bedrock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine.conftest import cli_environment, local, model, other_model, witness
from pulumi_bedrock.local import LocalBedrock
from scenarios.processes import descendants

from acceptance.model_probes import Artifacts

__all__ = ["cli_environment", "local", "model", "other_model", "witness"]

TOP = Path(__file__).parents[2]
WITHOUT_MAIN_JOB = """
import sys
from acceptance import __main__, main_job
main_job.MainJob.run = lambda job, other_model: job.steps.append(main_job.Step("nothing", True, 0.0, ""))
sys.exit(__main__.main())
"""


@dataclass(frozen=True)
class Suite:
    """The suite, with a folder of its own for ledgers and reports."""

    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """Return a command of the suite."""
        return [sys.executable, "-m", "acceptance", "--folder", str(self.folder), *arguments]

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the suite to its end."""
        return self._run(self.command(*arguments), **variables)

    def make(self, target: str, *settings: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a target of the Makefile, which sets nothing up: all is there."""
        places = (
            f"ACCEPTANCE={self.folder}",
            f"BIN={Path(sys.executable).parent}",
            "PULUMI_HOME=" + self.environment["PULUMI_HOME"],
        )
        return self._run(["make", "--no-print-directory", "-o", "setup", target, *places, *settings], **variables)

    def run_without_main_job(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the suite with a main job that does nothing and works: it is most of the time of a run."""
        return self._run(
            [sys.executable, "-c", WITHOUT_MAIN_JOB, "--folder", str(self.folder), "run", *arguments], **variables
        )

    def _run(self, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=TOP,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    @contextmanager
    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, **variables: str
    ) -> Iterator[subprocess.Popen[str]]:
        """Start a command of the suite. A failure in the block ends it, with all that it has started."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=TOP,
            env={**self.environment, **variables},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            try:
                yield run
            except BaseException:
                kill(run)
                raise

    @property
    def ledgers(self) -> list[Path]:
        """The ledgers of runs that may have left something."""
        return sorted(self.folder.glob("*.ledger.jsonl"))

    @property
    def report(self) -> str:
        """The one report."""
        [path] = self.folder.glob("*.report.md")
        return path.read_text()


def kill(run: subprocess.Popen[str]) -> None:
    """Kill a command, with the CLI and the hosts that it has started."""
    started = descendants(run.pid)
    run.kill()
    for process in started:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def suite(tmp_path: Path, cli_environment: dict[str, str], local: LocalBedrock) -> Suite:
    """The suite, led to the local Bedrock."""
    return Suite(tmp_path / "acceptance", {**cli_environment, **local.environment()})


@pytest.fixture
def artifacts(local: LocalBedrock) -> Artifacts:
    """Artifacts in S3, and a role with which Bedrock may read them."""
    s3, iam = local.client("s3"), local.client("iam")
    s3.create_bucket(Bucket="customer-escrow-123456789012")
    s3.put_object(Bucket="customer-escrow-123456789012", Key="job/weights", Body=b"weights")
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="import", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    s3.close()
    iam.close()
    return Artifacts("s3://customer-escrow-123456789012/job/", role)


@pytest.fixture
def verdicts(suite: Suite) -> Callable[[], dict[str, str]]:
    """Return the verdicts of the report by identifier."""

    def read() -> dict[str, str]:
        rows = [line.split(" | ") for line in suite.report.splitlines() if line.startswith("| `")]
        return {row[0].strip("| `"): row[3].strip("*") for row in rows}

    return read
