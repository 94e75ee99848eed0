"""The ledger of one run: the name of each deployment and custom model before its create, and then its ARN.

The answer of a create can be lost. Therefore clean-up also looks for the names whose create has no known end.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TAG", "Ledger", "MalformedLedger"]

TAG = "pulumi-bedrock-acceptance"
"""The key of the tag that every deployment and custom model of a run has. Its value is the run's ID."""


_DEPLOYMENT = "deployment"
"""The kind of a line that names none, as in the ledgers of earlier versions."""


class MalformedLedger(Exception):
    """A file that isn't the ledger of a run."""


@dataclass(frozen=True)
class Ledger:
    """A file of JSON lines: the run first, then two lines for each create, before and after it.

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
        """Read the ledger of an earlier run.

        :raises MalformedLedger: when it doesn't say which run it is of.
        """
        first, *_ = *_read(path), {}
        if not {"run", "region", "account"} <= first.keys():
            raise MalformedLedger("its first line doesn't say which run, Region and account it is of")
        return cls(path, str(first["run"]), str(first["region"]))

    @property
    def torn(self) -> int:
        """The number of lines that can't be read, as after a power failure."""
        return len(self.path.read_text(errors="replace").splitlines()) - len(self._lines())

    @property
    def account(self) -> str:
        """The account of everything in the ledger."""
        return str(self._lines()[0]["account"])

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything that this run creates."""
        return {TAG: self.run}

    def name(self, purpose: str) -> str:
        """Return a name that no other run gives."""
        return f"{self.prefix}-{purpose}"

    @property
    def prefix(self) -> str:
        """How the names of this run begin."""
        return f"acceptance-{self.run}"

    def plan(self, name: str, kind: str = _DEPLOYMENT) -> None:
        """Write down a name, before a call that may create a resource with it."""
        self._append({"creating": name, **_kind(kind)})

    def settle(self, name: str, arn: str = "", kind: str = _DEPLOYMENT) -> None:
        """Write down how the create ended: with an ARN, or with a refusal."""
        self._append({"settled": name, **_kind(kind), **({"arn": arn} if arn else {})})

    def arns(self, kind: str = _DEPLOYMENT) -> list[str]:
        """Return the ARNs of a kind, oldest first."""
        return list(dict.fromkeys(line["arn"] for line in self._of(kind) if "arn" in line))

    def names(self, kind: str = _DEPLOYMENT) -> set[str]:
        """Return the names that this run gives to resources of a kind."""
        return {line["creating"] for line in self._of(kind) if "creating" in line}

    def unsettled(self, kind: str = _DEPLOYMENT) -> list[str]:
        """Return the names with which a resource may exist whose ARN isn't in the ledger."""
        found: dict[str, bool] = {}
        for line in self._of(kind):
            found.update({line[key]: key == "creating" for key in ("creating", "settled") if key in line})
        return [name for name, unsettled in found.items() if unsettled]

    def close(self) -> None:
        """Mark the ledger as clean: nothing of the run is left."""
        self.path.rename(self.path.with_name(f"{self.run}.clean.jsonl"))

    def _lines(self) -> list[dict[str, str]]:
        return _read(self.path)

    def _of(self, kind: str) -> list[dict[str, str]]:
        return [line for line in self._lines() if line.get("kind", _DEPLOYMENT) == kind]

    def _append(self, entry: dict[str, str]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()


def _kind(kind: str) -> dict[str, str]:
    return {} if kind == _DEPLOYMENT else {"kind": kind}


def _read(path: Path) -> list[dict[str, str]]:
    """Return the lines of a ledger that can be read. A torn one was the last before the machine stopped."""
    found = []
    for line in path.read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found
