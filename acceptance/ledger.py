"""The ledger of one run: what it creates, written down before it is used.

Clean-up deletes only what a ledger names, and only while the live name and tag still match.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TAG", "Ledger"]

TAG = "pulumi-bedrock-acceptance"
"""The key of the tag that every deployment of a run has. Its value is the run's ID."""


@dataclass(frozen=True)
class Ledger:
    """A file of JSON lines: the run first, then an ARN a line.

    :param run: The run's random ID, which its names and tags contain.
    :param region: The AWS Region of everything in the ledger.
    """

    path: Path
    run: str
    region: str

    @classmethod
    def start(cls, folder: Path, *, region: str, account: str) -> Ledger:
        """Write the ledger of a new run."""
        run = secrets.token_hex(4)
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(folder / f"{run}.ledger.jsonl", run, region)
        made._append({"run": run, "region": region, "account": account})
        return made

    @classmethod
    def load(cls, path: Path) -> Ledger:
        """Read the ledger of an earlier run."""
        first = json.loads(path.read_text().splitlines()[0])
        return cls(path, first["run"], first["region"])

    @property
    def account(self) -> str:
        """The account of everything in the ledger."""
        return str(self._lines()[0]["account"])

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every deployment of this run."""
        return {TAG: self.run}

    def name(self, purpose: str) -> str:
        """Return a name that no other run gives to a deployment."""
        return f"{self.prefix}-{purpose}"

    @property
    def prefix(self) -> str:
        """How the names of this run's deployments begin."""
        return f"acceptance-{self.run}"

    def add(self, arn: str) -> None:
        """Write down a deployment, unless it is in the ledger already."""
        if arn not in self.arns():
            self._append({"arn": arn})

    def arns(self) -> list[str]:
        """Return the ARNs in the ledger, oldest first."""
        return [line["arn"] for line in self._lines() if "arn" in line]

    def close(self) -> None:
        """Mark the ledger as clean: nothing of the run is left."""
        self.path.rename(self.path.with_name(f"{self.run}.clean.jsonl"))

    def _lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def _append(self, entry: dict[str, str]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
